/** The agency's own chain, fetched from the relay and verified, for the commands that read it or write to it. */
import { type DirectoryWork, fetchChain, openSession, readJoinedAgency } from '@holdfast/client-sdk';
import type { AcceptedTrustList, AgencyChain } from '@holdfast/keys/verify';
import type { Context } from './context.js';

export interface ReadChain {
  readonly home: string;
  readonly session: DirectoryWork['session'];
  readonly chain: AgencyChain;
  readonly trust: AcceptedTrustList;
  readonly nowMs: number;
}

/** @throws SdkError `home.not-found`, `relay.*` */
export async function readChain(context: Context): Promise<ReadChain> {
  const home = await context.agencyHome();
  const { agency, federation } = await readJoinedAgency(home);
  const session = openSession(context.options.relay ?? federation.relayUrl, context.deadline());
  return { home, session, ...(await fetchChain(session, agency, federation.fed)), nowMs: Date.now() };
}

/** As `readChain`, with what opens the directory key. */
export async function openChain(context: Context): Promise<ReadChain & DirectoryWork> {
  const unlock = await context.unlock();
  return { ...(await readChain(context)), unlock };
}
