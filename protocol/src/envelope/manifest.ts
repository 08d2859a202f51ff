/**
 * The manifest: what the sender swears to, signed as a JWS inside the ciphertext, so that a court can check it and the
 * relay never sees it (spec 33-manifest). `actor`, `actorSig` and `approvals` are empty until officers sign.
 */
import { type Static, Type } from 'typebox';
import { fromBase64url } from '../encoding/base64url.js';
import { concat, context } from '../encoding/bytes.js';
import { canonicalBytes, parseCanonical } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import {
  type AgencyId,
  type BlobId,
  BlobIdSchema,
  base64urlSchema,
  ConversationIdSchema,
  DeviceIdSchema,
  HashSchema,
  mapSchema,
  OfficerIdSchema,
  SequenceSchema,
  SignatureSchema,
} from '../ids.js';
import { LIMITS } from '../limits.js';
import type { Sha256 } from './core.js';

const closed = { additionalProperties: false } as const;
const nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()]);

export const AttachmentRefSchema = Type.Object(
  {
    id: BlobIdSchema,
    key: base64urlSchema<string>(32, 'The attachment key'),
    /** Ciphertext bytes. */
    size: Type.Integer({ minimum: 1, maximum: LIMITS.attachmentBytes }),
    /** SHA-256 of the whole ciphertext. */
    sha256: HashSchema,
  },
  closed,
);
export type AttachmentRef = Static<typeof AttachmentRefSchema>;

/** One approver's signature over the approval bytes (spec 38-approvals). */
export const ApprovalSchema = Type.Object(
  { officer: OfficerIdSchema, role: Type.String({ maxLength: 32 }), sig: SignatureSchema },
  closed,
);
export type Approval = Static<typeof ApprovalSchema>;

export const ManifestSchema = Type.Object(
  {
    ch: HashSchema,
    conversation: ConversationIdSchema,
    rosterHash: HashSchema,
    sq: SequenceSchema,
    prev: nullable(HashSchema),
    seen: mapSchema(DeviceIdSchema, Type.Tuple([SequenceSchema, HashSchema]), { maxProperties: LIMITS.seenHeads }),
    on: Type.Array(HashSchema, { maxItems: 64 }),
    kind: Type.String({ pattern: '^[a-z]+(?:[.-][a-z]+)*$', maxLength: 64 }),
    caseRef: nullable(Type.String({ minLength: 1, maxLength: 128 })),
    bodyHash: HashSchema,
    salt: base64urlSchema<string>(32, 'Salt of the body hash'),
    termsHash: nullable(HashSchema),
    attachments: Type.Array(AttachmentRefSchema, { maxItems: LIMITS.attachmentsPerEnvelope }),
    actor: nullable(HashSchema),
    actorSig: nullable(SignatureSchema),
    approvals: Type.Array(ApprovalSchema, { maxItems: 8 }),
    checkpoints: Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 2 }),
  },
  closed,
);
export type Manifest = Static<typeof ManifestSchema>;

const check = parserOf('manifest', ManifestSchema, 'envelope.malformed');

export const encodeManifest = (manifest: Manifest): Uint8Array => canonicalBytes(manifest);

/** Reads the payload of J after its signature has verified. @throws ProtocolError `encoding.json`, `envelope.malformed` */
export const parseManifest = (bytes: Uint8Array): Manifest => check(parseCanonical(bytes));

/** bodyHash = SHA-256("holdfast/body/v1\0" ‖ salt[32] ‖ body): erasable, since the salt can be forgotten. */
export const bodyHash = (sha256: Sha256, salt: Uint8Array, body: Uint8Array): Uint8Array =>
  sha256(concat(context('body'), salt, body));

/** rosterHash = SHA-256("holdfast/roster/v1\0" ‖ JCS(sorted agency ids)): who is in the conversation, by agency. */
export const rosterHash = (sha256: Sha256, agencies: Iterable<AgencyId>): Uint8Array =>
  sha256(concat(context('roster'), canonicalBytes([...new Set(agencies)].sort())));

/** The chunked-encryption context of an attachment: "holdfast/attachment/v1\0" ‖ id[16] (spec 34-plaintext). */
export const attachmentContext = (id: BlobId): Uint8Array => concat(context('attachment'), fromBase64url(id));
