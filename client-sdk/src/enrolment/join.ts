/** The administrator's two steps against a relay: joining a federation, and enrolling a device that can receive at once. */
import type { Argon2idParams, Unlock } from '@holdfast/keys';
import type { AgencyId, DeviceId, FederationId } from '@holdfast/protocol';
import { readAgencyFile, readJoinedAgency, writeAgencyFile } from '../home/home.js';
import { Runtime } from '../runtime.js';
import { openSession } from '../session/open-session.js';
import { registerAgency } from './agency.js';
import { enrolDevice } from './device.js';
import { fetchChain } from './own-chain.js';

export interface JoinRequest {
  readonly home: string;
  readonly unlock: Unlock;
  readonly relayUrl: string;
  /** The federation's id, as compared by phone. */
  readonly fed: FederationId;
  readonly entry: unknown;
  readonly capability: unknown;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Publishes the agency's chain, entry and capability record; may be run again with newer documents. */
export async function joinFederation(
  request: JoinRequest,
): Promise<{ readonly agency: AgencyId; readonly seq: number }> {
  const { home, unlock, relayUrl, fed, entry, capability, nowMs, signal } = request;
  const file = await readAgencyFile(home);
  const session = openSession(relayUrl, signal);
  const { chain } = await fetchChain(session, file.agency, fed);
  const registered = await registerAgency(home, unlock, session, chain, { entry, capability }, nowMs);
  await writeAgencyFile(home, { ...file, federation: { fed, relayUrl } });
  return { agency: file.agency, seq: registered.seq };
}

export interface EnrolRequest {
  readonly home: string;
  readonly name: string;
  readonly unlock: Unlock;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly params?: Argon2idParams;
}

/** Makes and certifies a device, then publishes its first day keys, so that it can be written to. */
export async function enrol(request: EnrolRequest): Promise<{ readonly agency: AgencyId; readonly device: DeviceId }> {
  const { home, name, unlock, nowMs, signal, params } = request;
  const { agency, federation } = await readJoinedAgency(home);
  const session = openSession(federation.relayUrl, signal);
  const { chain } = await fetchChain(session, agency, federation.fed);
  const { device } = await enrolDevice(home, name, unlock, session, chain, nowMs, params);
  const runtime = await Runtime.start({ home, device: name, unlock });
  try {
    await runtime.online(signal);
  } finally {
    await runtime.stop();
  }
  return { agency, device };
}
