/**
 * Custodians: any two open the archive key, none alone (spec 42-recovery, ADR 0022). For each pair the key is sealed to the second and
 * that again to the first, so that both must unlock, one after the other. No secret sharing; HPKE does all of it.
 */
import { canonicalBytes, concat, context, fromBase64url, type OfficerId, toBase64url } from '@holdfast/protocol';
import { isKeysError, KeysError } from '../errors.js';
import { equalBytes } from '../primitives/compare.js';
import { xwingKeyPairFromSeed } from '../primitives/xwing.js';
import { zeroize } from '../primitives/zeroize.js';
import { hpkeOpen, hpkeSeal } from '../suite/hpke.js';
import { type ArchiveKeyPair, archiveKeyHash, type RecoveryScope } from './archive-key.js';
import { CUSTODIANS_MAX, CUSTODIANS_MIN, pairsOf, type RecoveryFile } from './recovery-file.js';

export interface Custodian {
  /** An officer's number; the name stays with the agency. */
  readonly number: OfficerId;
  /** X-Wing, 1216 bytes. */
  readonly publicKey: Uint8Array;
}

export interface UnlockedCustodian {
  readonly number: OfficerId;
  /** X-Wing secret key: the 32-byte seed. */
  readonly secretKey: Uint8Array;
}

/** Seals the archive key to every pair. @throws KeysError `recovery.custodians`, `keys.input-invalid` */
export async function sealToCustodians(
  { fed, agency }: RecoveryScope,
  archive: ArchiveKeyPair,
  custodians: readonly Custodian[],
): Promise<RecoveryFile> {
  const sorted = [...custodians].sort((a, b) => (a.number < b.number ? -1 : 1));
  const distinct = (values: readonly string[]): boolean => new Set(values).size === sorted.length;
  if (
    sorted.length < CUSTODIANS_MIN ||
    sorted.length > CUSTODIANS_MAX ||
    !distinct(sorted.map(({ number }) => number)) ||
    !distinct(sorted.map(({ publicKey }) => toBase64url(publicKey)))
  )
    throw new KeysError('recovery.custodians');
  const pairs: RecoveryFile['pairs'] = [];
  for (const [first, second] of pairsOf(sorted)) {
    const binding = bindingOf({ fed, agency }, archive.publicKey, first.number, second.number);
    const inner = await hpkeSeal({
      publicKey: second.publicKey,
      info: concat(context('archive-custody-inner'), binding),
      plaintext: archive.secretKey,
    });
    const outer = await hpkeSeal({
      publicKey: first.publicKey,
      info: concat(context('archive-custody-outer'), binding),
      plaintext: inner,
    });
    pairs.push({ first: first.number, second: second.number, sealed: toBase64url(outer) });
  }
  return {
    v: 1,
    fed,
    agency,
    archiveKey: toBase64url(archive.publicKey),
    custodians: sorted.map(({ number, publicKey }) => ({ number, key: toBase64url(publicKey) })),
    pairs,
  };
}

/**
 * The archive key, by two custodians who are both present, in either order. The caller zeroizes it.
 * @throws KeysError `recovery.two-custodians` where it is one person twice, `recovery.not-custodian`,
 * `recovery.other-agency`, `recovery.custody-damaged`
 */
export async function openByCustodians(
  file: RecoveryFile,
  scope: RecoveryScope,
  one: UnlockedCustodian,
  other: UnlockedCustodian,
): Promise<ArchiveKeyPair> {
  if (file.fed !== scope.fed || file.agency !== scope.agency) throw new KeysError('recovery.other-agency');
  if (one.number === other.number) throw new KeysError('recovery.two-custodians');
  for (const custodian of [one, other]) assertCustodian(file, custodian);
  const [first, second] = one.number < other.number ? [one, other] : [other, one];
  const pair = file.pairs.find((found) => found.first === first.number && found.second === second.number);
  if (pair === undefined) throw new KeysError('recovery.not-custodian');
  const publicKey = fromBase64url(file.archiveKey);
  const binding = bindingOf(scope, publicKey, first.number, second.number);
  try {
    const inner = await hpkeOpen({
      secretKey: first.secretKey,
      info: concat(context('archive-custody-outer'), binding),
      sealed: fromBase64url(pair.sealed),
    });
    const secretKey = await hpkeOpen({
      secretKey: second.secretKey,
      info: concat(context('archive-custody-inner'), binding),
      sealed: inner,
    });
    if (equalBytes(xwingKeyPairFromSeed(secretKey).publicKey, publicKey)) return { publicKey, secretKey };
    zeroize(secretKey);
  } catch (cause) {
    if (!isKeysError(cause)) throw cause;
    throw new KeysError('recovery.custody-damaged', undefined, { cause });
  }
  throw new KeysError('recovery.custody-damaged');
}

/**
 * Seals an opened archive key anew, with one custodian more (or another key for one that is there).
 * @throws KeysError `recovery.wrong-archive-key`, `recovery.custodians`
 */
export async function addCustodian(
  file: RecoveryFile,
  archive: ArchiveKeyPair,
  added: Custodian,
): Promise<RecoveryFile> {
  assertSameArchive(file, archive);
  const others = custodiansOf(file).filter(({ number }) => number !== added.number);
  return await sealToCustodians(file, archive, [...others, added]);
}

/**
 * Seals an opened archive key anew, without one custodian. Whoever kept the former file and the former key can still use both, with
 * another custodian: where one is distrusted, a new archive key is needed.
 * @throws KeysError `recovery.wrong-archive-key`, `recovery.not-custodian`, `recovery.custodians`
 */
export async function removeCustodian(
  file: RecoveryFile,
  archive: ArchiveKeyPair,
  removed: OfficerId,
): Promise<RecoveryFile> {
  assertSameArchive(file, archive);
  const all = custodiansOf(file);
  const others = all.filter(({ number }) => number !== removed);
  if (others.length === all.length) throw new KeysError('recovery.not-custodian');
  return await sealToCustodians(file, archive, others);
}

const custodiansOf = (file: RecoveryFile): Custodian[] =>
  file.custodians.map(({ number, key }) => ({ number, publicKey: fromBase64url(key) }));

/** The number is in the file, and the key is that number's. */
function assertCustodian(file: RecoveryFile, { number, secretKey }: UnlockedCustodian): void {
  const found = file.custodians.find((custodian) => custodian.number === number);
  if (found === undefined || toBase64url(xwingKeyPairFromSeed(secretKey).publicKey) !== found.key)
    throw new KeysError('recovery.not-custodian');
}

function assertSameArchive(file: RecoveryFile, { publicKey, secretKey }: ArchiveKeyPair): void {
  const own = xwingKeyPairFromSeed(secretKey).publicKey;
  if (!equalBytes(own, publicKey) || toBase64url(own) !== file.archiveKey)
    throw new KeysError('recovery.wrong-archive-key');
}

function bindingOf(
  { fed, agency }: RecoveryScope,
  archiveKey: Uint8Array,
  first: OfficerId,
  second: OfficerId,
): Uint8Array {
  return canonicalBytes({ agency, archive: archiveKeyHash(archiveKey), custodians: [first, second], fed });
}
