/** The trust lists in the federation's home: public files, verified in order each time they are read. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { federationOf } from '@holdfast/keys';
import { type AcceptedTrustList, acceptTrustList } from '@holdfast/keys/verify';
import {
  type FederationId,
  fromBase64url,
  fromUtf8,
  type GeneralJws,
  GeneralJwsSchema,
  parserOf,
  parseStrict,
  parseTrustList,
} from '@holdfast/protocol';
import { SdkError } from '../errors.js';

const parseJws = parserOf('trust list', GeneralJwsSchema, 'trust-list.invalid');
const MAX_LIST_BYTES = 1_600_000;

/** Every trust list of the federation's home, verified in order. */
export async function readTrustLists(home: string): Promise<AcceptedTrustList[]> {
  const names = await readdir(listFolder(home)).catch((cause: unknown) => {
    throw new SdkError('home.not-found', `There is no federation at ${home}; run \`holdfast federation init\` first.`, {
      cause,
    });
  });
  const accepted: AcceptedTrustList[] = [];
  for (let version = 1; names.includes(`${version}.json`); version++) {
    const jws = await readTrustListFile(join(listFolder(home), `${version}.json`));
    accepted.push(acceptTrustList(accepted.at(-1), jws, accepted[0]?.fed ?? federationIdOf(jws)));
  }
  return accepted;
}

/** The newest list of the federation's home. @throws SdkError `home.not-found` */
export async function latestTrustList(home: string): Promise<AcceptedTrustList> {
  const latest = (await readTrustLists(home)).at(-1);
  if (latest === undefined)
    throw new SdkError('home.not-found', `There is no federation at ${home}; run \`holdfast federation init\` first.`);
  return latest;
}

/** A trust list's file, read but not verified. @throws ProtocolError `encoding.*`, `trust-list.invalid` */
export async function readTrustListFile(path: string): Promise<GeneralJws> {
  const bytes = await readFile(path);
  if (bytes.length > MAX_LIST_BYTES) throw new SdkError('message.refused', `${path} is too large to be a trust list.`);
  return parseJws(parseStrict(fromUtf8(bytes), { depth: 8, members: 100_000 }));
}

/** The id that a first list stands for: trust in it comes from comparing this, by phone. */
export function federationIdOf(first: GeneralJws): FederationId {
  return federationOf(parseTrustList(fromBase64url(first.payload)));
}

export const listFolder = (home: string): string => join(home, 'trust-lists');
/** Where a version lies in the federation's home. */
export const trustListPath = (home: string, version: number): string => join(listFolder(home), `${version}.json`);

/** Keeps a list that has been accepted. @throws the system's EEXIST where there is another of that version */
export async function writeList(home: string, { list, jws }: AcceptedTrustList): Promise<void> {
  await writeFile(trustListPath(home, list.version), `${JSON.stringify(jws)}\n`, { flag: 'wx', flush: true });
}
