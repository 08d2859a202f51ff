/** Making the next statement of an agency's chain. */
import {
  encodeStatement,
  type GeneralJws,
  type KeySet,
  STATEMENT_TYP,
  type Statement,
  type StatementKind,
  type StatementOf,
} from '@holdfast/protocol';
import { signGeneralJws } from '../jws/sign.js';
import type { SigningKey } from '../primitives/ed25519.js';
import { type Extension, extendChain } from './chain.js';
import type { AgencyChain } from './state.js';

type Header = 'v' | 'fed' | 'agency' | 'seq' | 'prev' | 'atMs';
/** What a statement says, without its place in the chain. */
export type StatementContent = { [K in StatementKind]: Omit<StatementOf<K>, Header> }[StatementKind];

export interface SignedStatement extends Extension {
  readonly jws: GeneralJws;
}

/**
 * Signs `content` as the next statement and checks it as any reader would.
 * @param keys whoever must sign: the authority and, for a new key, that key
 * @param vouched as in `extendChain`; matters for a new root only
 * @throws KeysError `chain.refused` where the keys are not the ones the rule asks for
 */
export async function signStatement(
  chain: AgencyChain,
  content: StatementContent,
  atMs: number,
  keys: readonly SigningKey[],
  vouched: readonly KeySet[] = [],
): Promise<SignedStatement> {
  const payload = encodeStatement(nextStatement(chain, content, atMs));
  const jws = await signGeneralJws(payload, STATEMENT_TYP, keys);
  return { jws, ...extendChain(chain, jws, vouched) };
}

/** `content` at its place in the chain, unsigned: what several holders sign one after the other. */
export function nextStatement(chain: AgencyChain, content: StatementContent, atMs: number): Statement {
  return {
    v: 1,
    fed: chain.fed,
    agency: chain.agency,
    seq: chain.seq + 1,
    prev: chain.head,
    atMs: Math.max(atMs, chain.atMs),
    ...content,
  };
}
