/** Signing and publishing one statement of the agency's chain. */
import { type SigningKey, type StatementContent, signStatement } from '@holdfast/keys';
import type { AgencyChain } from '@holdfast/keys/verify';
import { type AppendStatement, OPERATIONS, type SaltedDocument } from '@holdfast/protocol';
import type { OpenSession } from '../session/open-session.js';

/** Signs and publishes one statement (with the document it names); returns the chain after it. */
export async function publishStatement(
  session: OpenSession,
  chain: AgencyChain,
  content: StatementContent,
  keys: readonly SigningKey[],
  nowMs: number,
  document: SaltedDocument | null = null,
): Promise<AgencyChain> {
  const signed = await signStatement(chain, content, nowMs, keys);
  const body: AppendStatement = { statement: signed.jws, document };
  await session.openCall(OPERATIONS.appendStatement, { params: { agency: chain.agency }, body });
  return signed.chain;
}
