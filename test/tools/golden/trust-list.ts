/** Golden vectors of the trust list: three versions that follow one another, and lists that must be refused. */

import { federationOf, signTrustList } from '@holdfast/keys';
import { type AcceptedTrustList, acceptTrustList, sha256 } from '@holdfast/keys/verify';
import {
  encodeTrustList,
  type FederationId,
  fromUtf8,
  type GeneralJws,
  type Member,
  MS_PER_DAY,
  type TrustList,
  toBase64url,
} from '@holdfast/protocol';
import { AGENCIES, ISSUED_AT_MS, ORIGIN, signingKeyOf } from './fixtures.js';

const publicKeyOf = (name: string): string => toBase64url(signingKeyOf(name).publicKey);
const OLD_ROOT = ['federation/root-1', 'federation/root-2', 'federation/root-3'];
const NEW_ROOT = ['federation/root-2', 'federation/root-4'];

const members: readonly Member[] = AGENCIES.map(({ agency, name, rootNames, threshold }) => ({
  agency,
  name,
  root: { threshold, keys: rootNames.map(publicKeyOf) },
  status: 'active',
  admittedAtMs: ISSUED_AT_MS,
}));

const first: TrustList = {
  v: 1,
  use: 'sandbox',
  name: 'Golden federation',
  version: 1,
  prev: null,
  issuedAtMs: ISSUED_AT_MS,
  expiresAtMs: ISSUED_AT_MS + 365 * MS_PER_DAY,
  root: { threshold: 2, keys: OLD_ROOT.map(publicKeyOf) },
  relay: { origin: ORIGIN, key: publicKeyOf('relay') },
  members: [],
  witnessPolicy: '',
};

const sign = async (list: TrustList, names: readonly string[]): Promise<GeneralJws> =>
  await signTrustList(list, names.map(signingKeyOf));

/** The accepted lists, oldest first; the last two have the members. */
export async function acceptedTrustLists(): Promise<
  readonly [AcceptedTrustList, AcceptedTrustList, AcceptedTrustList]
> {
  const one = acceptTrustList(undefined, await sign(first, OLD_ROOT.slice(0, 2)), federationOf(first));
  const second: TrustList = {
    ...first,
    version: 2,
    prev: one.hash,
    issuedAtMs: ISSUED_AT_MS + 1000,
    members: [...members],
  };
  const two = acceptTrustList(one, await sign(second, OLD_ROOT.slice(1)), one.fed);
  const third: TrustList = {
    ...second,
    version: 3,
    prev: two.hash,
    issuedAtMs: ISSUED_AT_MS + 2000,
    root: { threshold: 2, keys: NEW_ROOT.map(publicKeyOf) },
  };
  const three = acceptTrustList(two, await sign(third, ['federation/root-1', ...NEW_ROOT]), one.fed);
  return [one, two, three];
}

export const goldenFederation = (): FederationId => federationOf(first);

export async function trustListVector(): Promise<object> {
  const [one, two, three] = await acceptedTrustLists();
  const third = three.list;
  const refused = [
    { why: 'signed by one key of the old root; two are the threshold', after: 2, jws: await sign(third, NEW_ROOT) },
    { why: 'signed by one key of its own root; two are the threshold', after: 2, jws: await sign(third, OLD_ROOT) },
    {
      why: 'version 4 after version 2',
      after: 2,
      jws: await sign({ ...third, version: 4 }, ['federation/root-1', ...NEW_ROOT]),
    },
    {
      why: 'names another predecessor',
      after: 2,
      jws: await sign({ ...third, prev: one.hash }, ['federation/root-1', ...NEW_ROOT]),
    },
    {
      why: 'turns a sandbox into a live federation',
      after: 2,
      jws: await sign({ ...third, use: 'live' }, ['federation/root-1', ...NEW_ROOT]),
    },
    {
      why: 'dated before the list that it follows',
      after: 2,
      jws: await sign({ ...third, issuedAtMs: two.list.issuedAtMs - 1 }, ['federation/root-1', ...NEW_ROOT]),
    },
    {
      why: 'leaves a member out',
      after: 2,
      jws: await sign({ ...third, members: third.members.slice(1) }, ['federation/root-1', ...NEW_ROOT]),
    },
    { why: 'a signature is that of another list', after: 2, jws: { ...three.jws, signatures: two.jws.signatures } },
    {
      why: 'the first list, of another federation',
      after: 0,
      jws: await sign({ ...first, name: 'Another federation' }, OLD_ROOT),
    },
  ];
  return {
    about:
      'Trust lists (spec 21). Accept `lists` in order, the first under `fed`. Each of `refused` is refused after the list of version `after` (0: as the first).',
    fed: goldenFederation(),
    lists: [one, two, three].map(({ jws, list, hash }) => ({
      version: list.version,
      hash,
      payload: fromUtf8(encodeTrustList(list)),
      jws,
    })),
    sha256OfPayloads: [one, two, three].map(({ list }) => toBase64url(sha256(encodeTrustList(list)))),
    refused,
  };
}
