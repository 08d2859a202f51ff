/**
 * Replaying an agency's chain, statement by statement (spec 22-agency-chain). A chain is a value; `extendChain` gives the next
 * one or throws. Holds no secret; part of `@holdfast/keys/verify`.
 */
import {
  type GeneralJws,
  type Hash,
  type KeySet,
  parseStatement,
  STATEMENT_TYP,
  type Statement,
  statementHash,
  toHash,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { verifyGeneralJws } from '../jws/verify.js';
import { sha256 } from '../primitives/sha256.js';
import { authorise } from './authorise.js';
import { type RootChange, rootChange } from './root.js';
import type { AgencyChain, DocumentReference, KeyCertificate } from './state.js';

export interface Extension {
  readonly chain: AgencyChain;
  readonly statement: Statement;
}

/**
 * Verifies the next statement and applies it.
 * @param vouched every root set that the trust lists have named for the agency, in order (`rootsOf`)
 * @throws KeysError `jws.invalid`, `chain.out-of-order` (another position or predecessor), `chain.refused`; ProtocolError `statement.invalid`
 */
export function extendChain(chain: AgencyChain, jws: GeneralJws, vouched: readonly KeySet[]): Extension {
  const { payload, signers } = verifyGeneralJws(jws, { typ: STATEMENT_TYP });
  const statement = parseStatement(payload);
  if (statement.fed !== chain.fed || statement.agency !== chain.agency) {
    throw new KeysError('chain.refused', 'The statement belongs to another agency or federation.');
  }
  if (statement.seq !== chain.seq + 1 || statement.prev !== chain.head) {
    throw new KeysError('chain.out-of-order', `Position ${chain.seq + 1} is next, after the head that the chain has.`);
  }
  if (statement.atMs < chain.atMs)
    throw new KeysError('chain.refused', 'The statement is dated before the one it follows.');
  const head = toHash(statementHash(sha256, payload));
  const next = {
    ...chain,
    seq: statement.seq,
    head,
    atMs: statement.atMs,
  };
  if (statement.kind === 'root')
    return { chain: withRoot(next, rootChange(chain, statement.root, signers, vouched)), statement };
  authorise(chain, statement, signers);
  return { chain: apply(next, statement, head), statement };
}

function withRoot(chain: AgencyChain, { root, trust, vouchedIndex }: RootChange): AgencyChain {
  const { seq } = chain;
  // A set that only the federation vouches for taints what it signs, until a person has compared it.
  const isTainted = trust === 'succeeded' && chain.rootTrust === 'vouched';
  return {
    ...chain,
    root,
    rootTrust: isTainted ? 'vouched' : trust,
    rootSeq: isTainted ? chain.rootSeq : seq,
    roots: [...chain.roots, { root, trust, seq }],
    vouchedIndex,
  };
}

function apply(chain: AgencyChain, statement: Exclude<Statement, { kind: 'root' }>, head: Hash): AgencyChain {
  switch (statement.kind) {
    case 'directory-key':
      return { ...chain, directoryKeys: new Map(chain.directoryKeys).set(statement.key, certificate(statement)) };
    case 'officer': {
      const { officer, roles, delegation } = statement;
      const bounds = delegation === undefined ? {} : { delegation };
      return {
        ...chain,
        officers: new Map(chain.officers).set(officer, {
          ...certificate(statement),
          officer,
          roles,
          ...bounds,
          statement: head,
        }),
      };
    }
    case 'device': {
      const { device } = statement;
      return { ...chain, devices: new Map(chain.devices).set(device, { ...certificate(statement), device }) };
    }
    case 'entry':
      return { ...chain, entry: reference(statement) };
    case 'capability':
      return { ...chain, capability: reference(statement) };
    case 'archive': {
      const { archiveKey: key, notBeforeMs, notAfterMs, seq } = statement;
      return { ...chain, archive: { key, notBeforeMs, notAfterMs, seq } };
    }
    case 'revoke': {
      const { target, seq, atMs, reason } = statement;
      return { ...chain, revoked: new Map(chain.revoked).set(target, { seq, atMs, reason }) };
    }
  }
}

const certificate = ({ key, notBeforeMs, notAfterMs, seq }: KeyCertificate): KeyCertificate => ({
  key,
  notBeforeMs,
  notAfterMs,
  seq,
});
const reference = ({ documentHash, expiresAtMs, seq }: DocumentReference): DocumentReference => ({
  documentHash,
  expiresAtMs,
  seq,
});
