/** Golden vectors of an agency's chain: one of each kind of statement, and statements that must be refused. */
import { type SigningKey, type StatementContent, signGeneralJws, signStatement } from '@holdfast/keys';
import { type AgencyChain, memberOf, sha256, startChain } from '@holdfast/keys/verify';
import {
  canonicalBytes,
  documentHash,
  encodeStatement,
  fromUtf8,
  type GeneralJws,
  type Hash,
  MS_PER_DAY,
  type OfficerId,
  STATEMENT_TYP,
  type Statement,
  toBase64url,
} from '@holdfast/protocol';
import { AGENCIES, deviceIdOf, type GoldenAgency, ISSUED_AT_MS, idOf, seedOf, signingKeyOf } from './fixtures.js';
import { acceptedTrustLists } from './trust-list.js';

const DIRECTORY_DAYS = 365;
const DEVICE_DAYS = 180;
const DOCUMENT = { note: 'Any JSON; this one is no directory entry.' };

interface Step {
  readonly content: StatementContent;
  readonly signers: readonly SigningKey[];
}

function stepsOf({ agency, rootNames, threshold, devices }: GoldenAgency): Step[] {
  const directory = signingKeyOf(`${agency}/directory`);
  const validity = (key: SigningKey, days: number) => ({
    key: toBase64url(key.publicKey),
    notBeforeMs: ISSUED_AT_MS,
    notAfterMs: ISSUED_AT_MS + days * MS_PER_DAY,
  });
  const officer = signingKeyOf(`${agency}/officer-1`);
  const hash = toBase64url(documentHash(sha256, seedOf(`${agency}/salt`), DOCUMENT)) as Hash;
  const document = { documentHash: hash, expiresAtMs: ISSUED_AT_MS + 90 * MS_PER_DAY };
  const roots = rootNames.slice(0, threshold).map(signingKeyOf);
  return [
    { content: { kind: 'directory-key', ...validity(directory, DIRECTORY_DAYS) }, signers: [...roots, directory] },
    {
      content: {
        kind: 'officer',
        officer: idOf(`${agency}/officer-1`) as OfficerId,
        roles: ['analyst'],
        ...validity(officer, DIRECTORY_DAYS),
      },
      signers: [directory, officer],
    },
    ...devices.map((name): Step => {
      const key = signingKeyOf(name);
      return {
        content: { kind: 'device', device: deviceIdOf(name), ...validity(key, DEVICE_DAYS) },
        signers: [directory, key],
      };
    }),
    { content: { kind: 'entry', ...document }, signers: [directory] },
    { content: { kind: 'capability', ...document }, signers: [directory] },
    {
      content: { kind: 'revoke', target: toBase64url(officer.publicKey), reason: 'left-service' },
      signers: [directory],
    },
  ];
}

export interface GoldenChain {
  readonly chain: AgencyChain;
  readonly statements: readonly { readonly statement: Statement; readonly jws: GeneralJws; readonly head: Hash }[];
}

/** The whole chain of each agency, in the order of `AGENCIES`. */
export async function goldenChains(): Promise<GoldenChain[]> {
  const [, , trust] = await acceptedTrustLists();
  const chains: GoldenChain[] = [];
  for (const golden of AGENCIES) {
    const member = memberOf(trust, golden.agency);
    if (member === undefined) throw new Error(`${golden.agency} is not in the golden trust list`);
    let chain = startChain(golden.agency, member.root, trust.fed);
    const statements: GoldenChain['statements'][number][] = [];
    for (const [index, { content, signers }] of stepsOf(golden).entries()) {
      const signed = await signStatement(chain, content, ISSUED_AT_MS + index * 1000, signers);
      chain = signed.chain;
      if (chain.head !== null) statements.push({ statement: signed.statement, jws: signed.jws, head: chain.head });
    }
    chains.push({ chain, statements });
  }
  return chains;
}

/** Statements that do not count at a position of the first agency's chain. */
async function refusedStatements({
  statements,
}: GoldenChain): Promise<{ why: string; after: number; jws: GeneralJws }[]> {
  const [directory, device, officer] = ['xa-fiu/directory', 'xa-fiu/device-1', 'xa-fiu/officer-1'].map(signingKeyOf);
  const root = ['xa-fiu/root-1', 'xa-fiu/root-2'].map(signingKeyOf);
  const at = (seq: number): Statement => {
    const found = statements[seq]?.statement;
    if (found === undefined) throw new Error(`the golden chain has no position ${seq}`);
    return found;
  };
  const sign = async (statement: object, keys: readonly (SigningKey | undefined)[]): Promise<GeneralJws> =>
    await signGeneralJws(
      canonicalBytes(statement),
      STATEMENT_TYP,
      keys.filter((key) => key !== undefined),
    );
  return [
    {
      why: 'a directory key under one root key; two are the threshold',
      after: -1,
      jws: await sign(at(0), [root[0], directory]),
    },
    { why: 'a directory key that has not signed itself', after: -1, jws: await sign(at(0), root) },
    { why: 'a device that has not signed itself', after: 1, jws: await sign(at(2), [directory]) },
    { why: 'a device certified by an officer', after: 1, jws: await sign(at(2), [officer, device]) },
    {
      why: 'a device certified by the root, which only appoints and revokes',
      after: 1,
      jws: await sign(at(2), [...root, device]),
    },
    {
      why: 'a device key that would live 211 days',
      after: 1,
      jws: await sign({ ...at(2), notAfterMs: ISSUED_AT_MS + 211 * MS_PER_DAY }, [directory, device]),
    },
    { why: 'position 3 after position 1', after: 1, jws: await sign({ ...at(2), seq: 3 }, [directory, device]) },
    {
      why: 'another predecessor',
      after: 2,
      jws: await sign({ ...at(3), prev: at(2).prev }, [directory, signingKeyOf('xa-fiu/device-2')]),
    },
    {
      why: 'dated before its predecessor',
      after: 1,
      jws: await sign({ ...at(2), atMs: ISSUED_AT_MS }, [directory, device]),
    },
    { why: 'another federation', after: 1, jws: await sign({ ...at(2), fed: at(1).prev }, [directory, device]) },
    {
      why: 'a member that the kind does not have',
      after: 1,
      jws: await sign({ ...at(2), name: 'x' }, [directory, device]),
    },
    {
      why: 'revokes a key that the chain does not know',
      after: 6,
      jws: await sign(revocation(at(6), 'xb-fiu/device-1'), [directory]),
    },
    {
      why: 'revokes what is revoked already',
      after: 6,
      jws: await sign(revocation(at(6), 'xa-fiu/officer-1'), [directory]),
    },
  ];

  function revocation(last: Statement, name: string): object {
    const prev = statements.at(-1)?.head;
    return { ...last, seq: last.seq + 1, prev, target: toBase64url(signingKeyOf(name).publicKey) };
  }
}

export async function chainVector(): Promise<object> {
  const chains = await goldenChains();
  const [own] = chains;
  if (own === undefined) throw new Error('there is no golden chain');
  return {
    about:
      'Agency chains (spec 22) under the newest list of trust-list.json. Accept `statements` in order. Each of `refused` is refused in the first chain, after its position `after` (-1: as the first).',
    document: { salt: toBase64url(seedOf('xa-fiu/salt')), document: DOCUMENT, hash: own.chain.entry?.documentHash },
    chains: chains.map(({ chain, statements }) => ({
      agency: chain.agency,
      root: chain.root,
      statements: statements.map(({ statement, jws, head }) => ({
        seq: statement.seq,
        kind: statement.kind,
        head,
        payload: fromUtf8(encodeStatement(statement)),
        jws,
      })),
    })),
    refused: await refusedStatements(own),
  };
}
