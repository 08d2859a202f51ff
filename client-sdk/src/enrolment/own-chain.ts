/** An agency's chain as the relay has it, verified from the federation's id on: what an administrator's next statement follows. */
import {
  type AcceptedTrustList,
  type AgencyChain,
  extendChain,
  rootsOf,
  startMemberChain,
} from '@holdfast/keys/verify';
import { type AgencyId, type FederationId, type GeneralJws, OPERATIONS } from '@holdfast/protocol';
import { replayTrustLists } from '../directory/replay.js';
import { SdkError } from '../errors.js';
import type { OpenSession } from '../session/open-session.js';

export interface OwnChain {
  readonly chain: AgencyChain;
  readonly trust: AcceptedTrustList;
}

/** @throws SdkError `directory.unknown-agency`, `relay.*`; KeysError where something does not verify */
export async function fetchChain(session: OpenSession, agency: AgencyId, fed: FederationId): Promise<OwnChain> {
  const lists: GeneralJws[] = [];
  for (;;) {
    const page = await session.openCall(OPERATIONS.getTrustLists, { query: { from: String(lists.length + 1) } });
    if (page.lists.length === 0) break;
    lists.push(...page.lists);
  }
  const trust = replayTrustLists(undefined, lists, fed);
  const start = trust === undefined ? undefined : startMemberChain(trust, agency);
  if (trust === undefined || start === undefined)
    throw new SdkError('directory.unknown-agency', `The federation has not admitted ${agency} yet.`);
  let chain: AgencyChain = start;
  for (;;) {
    const page = await session.openCall(OPERATIONS.getStatements, {
      params: { agency },
      query: { from: String(chain.seq + 1) },
    });
    for (const jws of page.statements) chain = extendChain(chain, jws, rootsOf(trust, agency)).chain;
    if (page.next === null || page.statements.length === 0) return { chain, trust };
  }
}
