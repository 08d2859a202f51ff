/**
 * The federation's trust list: who is a member, with which root keys, through which relay (spec 21-trust-list; TUF's rules for
 * roots). Signed by m of n federation root keys; versions only grow; a new root is signed by the old threshold and the new.
 */
import { type Static, Type } from 'typebox';
import { concat, context } from '../encoding/bytes.js';
import { canonicalBytes, parseCanonical } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import type { Sha256 } from '../envelope/core.js';
import { ProtocolError } from '../errors.js';
import { AgencyIdSchema, HashSchema, PublicKeySchema, TimeMsSchema } from '../ids.js';
import { LIMITS } from '../limits.js';
import { OriginSchema } from '../relay/receipt.js';
import { isKeySet, KeySetSchema } from './key-set.js';

export const TRUST_LIST_TYP = 'holdfast.trust-list.v1+jws';
const closed = { additionalProperties: false } as const;

export const MemberSchema = Type.Object(
  {
    agency: AgencyIdSchema,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    root: KeySetSchema,
    status: Type.Union([Type.Literal('active'), Type.Literal('suspended')]),
    admittedAtMs: TimeMsSchema,
  },
  closed,
);
export type Member = Static<typeof MemberSchema>;

export const TrustListSchema = Type.Object(
  {
    v: Type.Literal(1),
    /** A sandbox never bleeds into a real network: weaker settings open only under `sandbox`. */
    use: Type.Union([Type.Literal('sandbox'), Type.Literal('live')]),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    prev: Type.Union([HashSchema, Type.Null()]),
    issuedAtMs: TimeMsSchema,
    expiresAtMs: TimeMsSchema,
    root: KeySetSchema,
    relay: Type.Object({ origin: OriginSchema, key: PublicKeySchema }, closed),
    members: Type.Array(MemberSchema, { maxItems: 2000 }),
    /** The witnesses as a C2SP tlog-policy; empty until there are witnesses. */
    witnessPolicy: Type.String({ maxLength: 65_536 }),
  },
  closed,
);
export type TrustList = Static<typeof TrustListSchema>;

/** 2,000 members with their names and up to 16 root keys each. */
const TRUST_LIST_BOUNDS = { depth: 8, members: 50_000 } as const;
const check = parserOf('trust list', TrustListSchema, 'trust-list.invalid');

export const encodeTrustList = (list: TrustList): Uint8Array => canonicalBytes(list);

/** Reads a payload whose signatures have verified. @throws ProtocolError `encoding.json`, `trust-list.invalid` */
export function parseTrustList(bytes: Uint8Array): TrustList {
  if (bytes.length > LIMITS.trustListBytes)
    throw new ProtocolError('encoding.too-large', 'The trust list is too large.');
  const list = check(parseCanonical(bytes, TRUST_LIST_BOUNDS));
  const refuse = (why: string): never => {
    throw new ProtocolError('trust-list.invalid', why);
  };
  if (!isKeySet(list.root)) refuse('The root threshold is higher than the number of keys.');
  if (list.expiresAtMs <= list.issuedAtMs) refuse('The trust list expires before it is issued.');
  if ((list.version === 1) !== (list.prev === null)) refuse('Only version 1 has no predecessor.');
  let previous = '';
  for (const member of list.members) {
    if (member.agency <= previous) refuse('The members are not sorted, or one is named twice.');
    if (!isKeySet(member.root)) refuse(`The root threshold of ${member.agency} is higher than its number of keys.`);
    previous = member.agency;
  }
  return list;
}

/** fed = SHA-256("holdfast/fed/v1\0" ‖ JCS(first payload)): in every core, token and keystore record. */
export const federationHash = (sha256: Sha256, firstPayload: Uint8Array): Uint8Array =>
  sha256(concat(context('fed'), firstPayload));

/** Names one version in the next one's `prev`. */
export const trustListHash = (sha256: Sha256, payload: Uint8Array): Uint8Array =>
  sha256(concat(context('trust-list'), payload));
