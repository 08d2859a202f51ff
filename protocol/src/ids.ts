/**
 * Identifiers as they stand in JSON: branded strings, so that a device id cannot be passed for a conversation id.
 * Random ids are 16 random bytes in unpadded base64url (22 characters). Agency ids are short slugs that begin with the
 * State's ISO 3166 code, chosen at admission (spec 20-identifiers).
 */
import { type Static, type TSchema, type TUnsafe, Type } from 'typebox';
import { toBase64url } from './encoding/base64url.js';
import { ProtocolError } from './errors.js';

declare const brand: unique symbol;
/** A string (or number) that only its own parser or maker hands out. */
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

export type AgencyId = Branded<string, 'AgencyId'>;
export type DeviceId = Branded<string, 'DeviceId'>;
export type EnvelopeId = Branded<string, 'EnvelopeId'>;
export type ConversationId = Branded<string, 'ConversationId'>;
export type BlobId = Branded<string, 'BlobId'>;
export type OfficerId = Branded<string, 'OfficerId'>;
/** One consent or one exculpatory matter within a case, chosen by whoever opens it. */
export type DutyRef = Branded<string, 'DutyRef'>;
/** SHA-256 values in base64url. */
export type Hash = Branded<string, 'Hash'>;
/** The federation: SHA-256 over its first trust list (decisions, "Bytes"). */
export type FederationId = Branded<string, 'FederationId'>;
/** day ‖ SHA-256(key), 36 bytes in base64url: names one device's epoch key. */
export type EpochKeyName = Branded<string, 'EpochKeyName'>;

/** Base64url of exactly `bytes` bytes; the last character must have no stray bits, so each value has one spelling. */
function exactBase64url(bytes: number): string {
  const full = Math.floor(bytes / 3) * 4;
  const rest = bytes % 3;
  if (rest === 0) return `^[A-Za-z0-9_-]{${full}}$`;
  return rest === 1 ? `^[A-Za-z0-9_-]{${full + 1}}[AQgw]$` : `^[A-Za-z0-9_-]{${full + 2}}[AEIMQUYcgkosw048]$`;
}

/** Schema of `bytes` bytes in canonical unpadded base64url, typed as `T`. */
export function base64urlSchema<T extends string>(bytes: number, description: string): TUnsafe<T> {
  return Type.Unsafe<T>({ type: 'string', pattern: exactBase64url(bytes), description });
}

export const AgencyIdSchema = Type.Unsafe<AgencyId>({
  type: 'string',
  pattern: '^[a-z]{2}-[a-z0-9]{2,24}$',
  description: 'Agency id: ISO 3166 alpha-2 code of the State in lower case, a hyphen, a slug',
});
export const DeviceIdSchema = base64urlSchema<DeviceId>(16, 'Device id, 16 random bytes');
export const EnvelopeIdSchema = base64urlSchema<EnvelopeId>(16, 'Envelope id, 16 random bytes');
export const ConversationIdSchema = base64urlSchema<ConversationId>(16, 'Conversation id, 16 random bytes');
export const BlobIdSchema = base64urlSchema<BlobId>(16, 'Attachment id, 16 random bytes');
export const OfficerIdSchema = base64urlSchema<OfficerId>(16, 'Officer number, 16 random bytes');
export const DutyRefSchema = base64urlSchema<DutyRef>(
  16,
  'Consent or exculpatory matter within a case, 16 random bytes',
);
export const HashSchema = base64urlSchema<Hash>(32, 'SHA-256 value');
export const FederationIdSchema = base64urlSchema<FederationId>(32, 'Federation id, SHA-256 over the first trust list');
export const EpochKeyNameSchema = base64urlSchema<EpochKeyName>(36, 'u32be day and SHA-256 of an epoch key');
export const PublicKeySchema = base64urlSchema<string>(32, 'Ed25519 public key');
export const SignatureSchema = base64urlSchema<string>(64, 'Ed25519 signature');

/** Makes the text of a fixed-length id from its bytes: the only way to a branded id but its schema. */
function minter<T extends string>(length: number): (bytes: Uint8Array) => T {
  const isMinted = (text: string, bytes: Uint8Array): text is T => bytes.length === length && text.length > 0;
  return (bytes) => {
    const text = toBase64url(bytes);
    if (!isMinted(text, bytes))
      throw new ProtocolError('encoding.malformed', `${length} bytes are needed here, not ${bytes.length}.`);
    return text;
  };
}

/** @throws ProtocolError `encoding.malformed` where the bytes have another length */
export const toHash = minter<Hash>(32);
export const toFederationId = minter<FederationId>(32);
export const toEpochKeyName = minter<EpochKeyName>(36);
export const toDeviceId = minter<DeviceId>(16);
export const toEnvelopeId = minter<EnvelopeId>(16);
export const toConversationId = minter<ConversationId>(16);
export const toBlobId = minter<BlobId>(16);
export const toOfficerId = minter<OfficerId>(16);
export const toDutyRef = minter<DutyRef>(16);

/** Milliseconds since 1970-01-01T00:00Z, up to the year 9999. */
export const TimeMsSchema = Type.Integer({ minimum: 0, maximum: 253402300799999, description: 'Milliseconds, UTC' });
/** Whole UTC days since 1970-01-01. */
export const DaySchema = Type.Integer({ minimum: 0, maximum: 2932896, description: 'UTC days since 1970-01-01' });
export const SequenceSchema = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const MS_PER_DAY = 86_400_000;
/** The UTC day in which the instant `atMs` lies. */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / MS_PER_DAY);
}

/** A map whose names are all ids of one kind; any other name is refused. */
export function mapSchema<K extends string, V extends TSchema>(
  name: TUnsafe<K>,
  value: V,
  options: { readonly maxProperties?: number } = {},
): TUnsafe<Record<K, Static<V>>> {
  const pattern = 'pattern' in name && typeof name.pattern === 'string' ? name.pattern : undefined;
  return Type.Unsafe<Record<K, Static<V>>>({
    type: 'object',
    patternProperties: { [pattern ?? '^(?!)']: value },
    additionalProperties: false,
    ...options,
  });
}

/** The entries of such a map, its names as the ids that the schema has checked. */
export function mapEntries<K extends string, V>(map: Readonly<Record<K, V>>): readonly (readonly [K, V])[] {
  const entries: [K, V][] = [];
  // `for in` over a generic map keeps the names' type; parsed JSON has no inherited members.
  for (const name in map) entries.push([name, map[name]]);
  return entries;
}
