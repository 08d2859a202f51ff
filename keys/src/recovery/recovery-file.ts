/**
 * `recovery.json` (spec 42-recovery): who the custodians are, by number and public key, and the archive key sealed to each pair of
 * them. Public: one custodian alone, or nobody's key at all, opens nothing of it.
 */
import {
  AgencyIdSchema,
  base64urlSchema,
  canonicalBytes,
  FederationIdSchema,
  isProtocolError,
  OfficerIdSchema,
  parseCanonical,
  parserOf,
} from '@holdfast/protocol';
import { type Static, Type } from 'typebox';
import { KeysError } from '../errors.js';
import { AEAD_TAG_BYTES } from '../primitives/chacha20-poly1305.js';
import { XWING } from '../primitives/xwing.js';

export const CUSTODIANS_MIN = 2;
export const CUSTODIANS_MAX = 16;
/** The key, sealed twice: each time an encapsulation and a tag more. */
const SEALED_PAIR_BYTES = XWING.secretKeyBytes + 2 * (XWING.ciphertextBytes + AEAD_TAG_BYTES);
const PAIRS_MAX = (CUSTODIANS_MAX * (CUSTODIANS_MAX - 1)) / 2;
export const RECOVERY_FILE_MAX_BYTES = 1_048_576;

const closed = { additionalProperties: false } as const;
const XwingKeySchema = base64urlSchema<string>(XWING.publicKeyBytes, 'X-Wing public key');

export const RecoveryFileSchema = Type.Object(
  {
    v: Type.Literal(1),
    fed: FederationIdSchema,
    agency: AgencyIdSchema,
    archiveKey: XwingKeySchema,
    /** Sorted by number. */
    custodians: Type.Array(Type.Object({ number: OfficerIdSchema, key: XwingKeySchema }, closed), {
      minItems: CUSTODIANS_MIN,
      maxItems: CUSTODIANS_MAX,
    }),
    /** Every two custodians, `first` before `second`, sorted. */
    pairs: Type.Array(
      Type.Object(
        {
          first: OfficerIdSchema,
          second: OfficerIdSchema,
          sealed: base64urlSchema<string>(SEALED_PAIR_BYTES, 'The archive key, sealed to both'),
        },
        closed,
      ),
      { minItems: 1, maxItems: PAIRS_MAX },
    ),
  },
  closed,
);
export type RecoveryFile = Static<typeof RecoveryFileSchema>;

const check = parserOf('recovery.json', RecoveryFileSchema, 'encoding.malformed');

/** The bytes of the file. */
export const encodeRecoveryFile = (file: RecoveryFile): Uint8Array => canonicalBytes(file);

/** @throws KeysError `recovery.file-invalid` */
export function parseRecoveryFile(bytes: Uint8Array): RecoveryFile {
  if (bytes.length > RECOVERY_FILE_MAX_BYTES) throw new KeysError('recovery.file-invalid');
  let file: RecoveryFile;
  try {
    file = check(parseCanonical(bytes));
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new KeysError('recovery.file-invalid', undefined, { cause });
  }
  const numbers = file.custodians.map(({ number }) => number);
  const expected = pairsOf(numbers).map(([first, second]) => `${first} ${second}`);
  const given = file.pairs.map(({ first, second }) => `${first} ${second}`);
  if (!isSortedSet(numbers) || given.join() !== expected.join()) throw new KeysError('recovery.file-invalid');
  return file;
}

/** Every two of `items`, in order. */
export function pairsOf<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((first, index) => items.slice(index + 1).map((second) => [first, second] as const));
}

const isSortedSet = (items: readonly string[]): boolean =>
  items.every((item, index) => index === 0 || (items[index - 1] ?? '') < item);
