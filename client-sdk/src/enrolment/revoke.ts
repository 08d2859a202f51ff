/** Revoking a key: whichever way a person names it, by the directory key, or by the root where that is lost or stolen. */
import { type AgencyChain, isRootKey } from '@holdfast/keys/verify';
import type { StatementOf } from '@holdfast/protocol';
import { loneRootKey } from '../ceremony/holders.js';
import { SdkError } from '../errors.js';
import { agencyPaths, readDeviceId } from '../home/home.js';
import { readSigningKey } from '../home/signing-key.js';
import type { DirectoryWork } from './directory-key.js';
import { deviceNames, officerNames, readOfficer } from './officer.js';
import { publishStatement } from './publish.js';
import { draftStatement } from './root.js';

export type RevocationReason = StatementOf<'revoke'>['reason'];

/** A key that the agency's chain has certified. */
export interface CertifiedKey {
  readonly what: 'directory-key' | 'officer' | 'device';
  readonly key: string;
  /** Device id or officer number; null for a directory key, whose only name is the key itself. */
  readonly id: string | null;
  /** What it is called here; null where its folder is not here. */
  readonly name: string | null;
  readonly notAfterMs: number;
  /** An officer's roles. */
  readonly roles: readonly string[];
}

/** Every directory key, officer and device of the chain, with the names that they have in this home. */
export async function certifiedKeys(home: string, chain: AgencyChain): Promise<readonly CertifiedKey[]> {
  const names = new Map<string, string>();
  for (const name of await deviceNames(home)) names.set(await readDeviceId(home, name), name);
  for (const name of await officerNames(home)) names.set((await readOfficer(home, name)).officer, name);
  const named = (id: string): { readonly id: string; readonly name: string | null } => ({
    id,
    name: names.get(id) ?? null,
  });
  return [
    ...[...chain.directoryKeys.values()].map(({ key, notAfterMs }) => ({
      ...({ what: 'directory-key', key, id: null, name: null, notAfterMs, roles: [] } as const),
    })),
    ...[...chain.officers.values()].map(({ officer, key, notAfterMs, roles }) => ({
      ...({ what: 'officer', key, notAfterMs, roles } as const),
      ...named(officer),
    })),
    ...[...chain.devices.values()].map(({ device, key, notAfterMs }) => ({
      ...({ what: 'device', key, notAfterMs, roles: [] } as const),
      ...named(device),
    })),
  ];
}

/**
 * The key that a person means by a public key, a device id, an officer number or a name in this home.
 * @throws SdkError `key.unknown`, `message.refused` where a device and an officer have that name
 */
export async function findKey(
  home: string,
  chain: AgencyChain,
  text: string,
  kinds: readonly CertifiedKey['what'][] = ['directory-key', 'officer', 'device'],
): Promise<CertifiedKey> {
  const all = (await certifiedKeys(home, chain)).filter(({ what }) => kinds.includes(what));
  const found = all.filter(({ key, id, name }) => key === text || id === text || name === text);
  const [only, another] = found;
  if (another !== undefined)
    throw new SdkError(
      'message.refused',
      `A device and an officer are called "${text}": give the id of the one you mean.`,
    );
  if (only !== undefined) return only;
  if (isRootKey(chain, text))
    throw new SdkError(
      'key.unknown',
      'That is a root key: root keys are not revoked but replaced, with `holdfast agency root replace`.',
    );
  throw new SdkError('key.unknown', `The chain of ${chain.agency} knows no "${text}".`);
}

export type Revoked =
  | { readonly chain: AgencyChain; readonly draft: null }
  | { readonly chain: null; readonly draft: string };

/**
 * Revokes a key. By the root, several holders sign a draft, whose path is returned.
 * @throws SdkError `relay.*`; KeysError `chain.refused` where it is revoked already, `keystore.*`
 */
export async function revokeKey(
  work: DirectoryWork,
  target: string,
  reason: RevocationReason,
  by: 'directory' | 'root' = 'directory',
): Promise<Revoked> {
  const { home, unlock, session, chain, nowMs } = work;
  const paths = agencyPaths(home);
  const content = { kind: 'revoke', target, reason } as const;
  const signer =
    by === 'directory'
      ? await readSigningKey(paths.directory, unlock)
      : await loneRootKey(paths.root, chain.root, unlock);
  if (signer === undefined) return { chain: null, draft: await draftStatement(work, content) };
  return { chain: await publishStatement(session, chain, content, [signer], nowMs), draft: null };
}
