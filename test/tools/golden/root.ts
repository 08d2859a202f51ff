/**
 * Golden vectors of a change of root keys, and of the archive key: trust lists that go on from trust-list.json, the chains of
 * chain.json continued, the state that follows, and what must be refused.
 */
import { nextStatement, type SigningKey, type StatementContent, signGeneralJws, signTrustList } from '@holdfast/keys';
import { type AcceptedTrustList, type AgencyChain, acceptTrustList, extendChain, rootsOf } from '@holdfast/keys/verify';
import {
  type AgencyId,
  encodeStatement,
  encodeTrustList,
  fromUtf8,
  type GeneralJws,
  type KeySet,
  MS_PER_DAY,
  STATEMENT_TYP,
  type Statement,
  toBase64url,
} from '@holdfast/protocol';
import { goldenChains } from './chain.js';
import { epochKeyOf, FIRST_DAY, ISSUED_AT_MS, signingKeyOf } from './fixtures.js';
import { acceptedTrustLists } from './trust-list.js';

const setOf = (threshold: number, ...names: readonly string[]): KeySet => ({
  threshold,
  keys: names.map((name) => toBase64url(signingKeyOf(name).publicKey)),
});
/** One holder of xa-fiu is lost and replaced by another. */
const XA_NEXT = setOf(2, 'xa-fiu/root-2', 'xa-fiu/root-3', 'xa-fiu/root-4');
/** xb-fiu has lost its only root key; the federation names a new one, twice. */
const XB_FIRST_NAMED = setOf(1, 'xb-fiu/root-2');
const XB_SECOND_NAMED = setOf(1, 'xb-fiu/root-3');
const FEDERATION = ['federation/root-2', 'federation/root-4'];
const AT_MS = ISSUED_AT_MS + 60_000;

/** The newest list of trust-list.json, and two more that name other root keys for xb-fiu. */
async function lists(): Promise<readonly AcceptedTrustList[]> {
  const [, , base] = await acceptedTrustLists();
  const accepted: AcceptedTrustList[] = [];
  let before = base;
  for (const root of [XB_FIRST_NAMED, XB_SECOND_NAMED]) {
    const list = {
      ...before.list,
      version: before.list.version + 1,
      prev: before.hash,
      issuedAtMs: before.list.issuedAtMs + 1000,
      members: before.list.members.map((member) => (member.agency === 'xb-fiu' ? { ...member, root } : member)),
    };
    before = acceptTrustList(before, await signTrustList(list, FEDERATION.map(signingKeyOf)), before.fed);
    accepted.push(before);
  }
  return accepted;
}

interface Signed {
  readonly statement: Statement;
  readonly jws: GeneralJws;
}

async function sign(chain: AgencyChain, content: StatementContent, ...names: readonly string[]): Promise<Signed> {
  const statement = nextStatement(chain, content, AT_MS);
  const keys: readonly SigningKey[] = names.map(signingKeyOf);
  return { statement, jws: await signGeneralJws(encodeStatement(statement), STATEMENT_TYP, keys) };
}

const rootOf = (root: KeySet): StatementContent => ({ kind: 'root', root });
const revokeOf = (name: string): StatementContent => ({
  kind: 'revoke',
  target: toBase64url(signingKeyOf(name).publicKey),
  reason: 'superseded',
});
const archiveOf = (days: number): StatementContent => ({
  kind: 'archive',
  archiveKey: toBase64url(epochKeyOf('xa-fiu/archive', FIRST_DAY).key),
  notBeforeMs: ISSUED_AT_MS,
  notAfterMs: ISSUED_AT_MS + days * MS_PER_DAY,
});

interface Continued {
  readonly chain: AgencyChain;
  readonly statements: readonly (Signed & { readonly head: string | null })[];
}

async function continued(
  start: AgencyChain,
  vouched: readonly KeySet[],
  steps: readonly (readonly [StatementContent, ...string[]])[],
): Promise<Continued> {
  let chain = start;
  const statements: Continued['statements'][number][] = [];
  for (const [content, ...names] of steps) {
    const signed = await sign(chain, content, ...names);
    chain = extendChain(chain, signed.jws, vouched).chain;
    statements.push({ ...signed, head: chain.head });
  }
  return { chain, statements };
}

export async function rootVector(): Promise<object> {
  const [first, second] = await lists();
  const [xa, xb] = (await goldenChains()).map(({ chain }) => chain);
  if (first === undefined || second === undefined || xa === undefined || xb === undefined)
    throw new Error('the golden world has two lists and two chains');
  const succeeded = await continued(xa, rootsOf(second, xa.agency), [
    [rootOf(XA_NEXT), 'xa-fiu/root-1', 'xa-fiu/root-2', 'xa-fiu/root-4'],
    [archiveOf(730), 'xa-fiu/directory'],
    [revokeOf('xa-fiu/directory'), 'xa-fiu/root-3', 'xa-fiu/root-4'],
  ]);
  const vouched = await continued(xb, rootsOf(second, xb.agency), [[rootOf(XB_SECOND_NAMED), 'xb-fiu/root-3']]);
  const refused = [
    [xa, 'signed by one key of the old root; two are the threshold', rootOf(XA_NEXT), 'xa-fiu/root-2', 'xa-fiu/root-4'],
    [xa, 'signed by one key of the new root; two are the threshold', rootOf(XA_NEXT), 'xa-fiu/root-1', 'xa-fiu/root-2'],
    [
      xa,
      'a new root that has the directory key in it',
      rootOf(setOf(1, 'xa-fiu/directory')),
      'xa-fiu/root-1',
      'xa-fiu/root-2',
      'xa-fiu/directory',
    ],
    [xa, 'a new root by the directory key', rootOf(setOf(1, 'xa-fiu/root-4')), 'xa-fiu/directory', 'xa-fiu/root-4'],
    [xa, 'an archive key that would live 762 days', archiveOf(762), 'xa-fiu/directory'],
    [
      xa,
      'an archive key certified by the root, which only appoints and revokes',
      archiveOf(730),
      'xa-fiu/root-1',
      'xa-fiu/root-2',
    ],
    [
      succeeded.chain,
      'a replaced root that returns',
      rootOf(xa.root),
      'xa-fiu/root-1',
      'xa-fiu/root-2',
      'xa-fiu/root-3',
    ],
    [
      succeeded.chain,
      'a revocation by the threshold of the old root',
      revokeOf('xa-fiu/device-1'),
      'xa-fiu/root-1',
      'xa-fiu/root-2',
    ],
    [
      succeeded.chain,
      'a revocation by a directory key that is revoked',
      revokeOf('xa-fiu/device-1'),
      'xa-fiu/directory',
    ],
    [
      vouched.chain,
      'a set that the federation named before the one now in force',
      rootOf(XB_FIRST_NAMED),
      'xb-fiu/root-2',
    ],
    [vouched.chain, 'a set that nobody vouches for', rootOf(setOf(1, 'xb-fiu/root-4')), 'xb-fiu/root-4'],
  ] as const;
  return {
    about:
      "Changes of root (spec 22). Accept `lists` after those of trust-list.json. Continue the chains of chain.json with `chains`; `vouched` is what the lists have named for the agency. `state` follows. Each of `refused` is refused in its agency's chain, after its position `after`.",
    lists: [first, second].map(({ jws, list, hash }) => ({
      version: list.version,
      hash,
      payload: fromUtf8(encodeTrustList(list)),
      jws,
    })),
    chains: [succeeded, vouched].map(({ chain, statements }) => ({
      agency: chain.agency,
      vouched: rootsOf(second, chain.agency),
      statements: statements.map(({ statement, jws, head }) => ({
        seq: statement.seq,
        kind: statement.kind,
        head,
        payload: fromUtf8(encodeStatement(statement)),
        jws,
      })),
      state: { root: chain.root, rootTrust: chain.rootTrust, rootSeq: chain.rootSeq, archive: chain.archive },
    })),
    refused: await Promise.all(
      refused.map(
        async ([chain, why, content, ...names]): Promise<RefusedStatement> => ({
          why,
          agency: chain.agency,
          after: chain.seq,
          jws: (await sign(chain, content, ...names)).jws,
        }),
      ),
    ),
  };
}

interface RefusedStatement {
  readonly why: string;
  readonly agency: AgencyId;
  readonly after: number;
  readonly jws: GeneralJws;
}
