/**
 * The content of an offered disclosure: the same body that a direct one has, and the keys of its files; encrypted under a key that is
 * released only after the terms are accepted (spec 53-disclosure). Bound by its context to one case and one set of terms.
 */
import { type Static, Type } from 'typebox';
import { fromBase64url } from '../encoding/base64url.js';
import { ByteReader, concat, context, prefixed } from '../encoding/bytes.js';
import { canonicalBytes, parseCanonical } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import { ProtocolError } from '../errors.js';
import type { ConversationId, Hash } from '../ids.js';
import { LIMITS } from '../limits.js';
import { DisclosureSchema, disclosure } from '../messages/disclosure.js';
import { AttachmentRefSchema } from './manifest.js';

export const ContentSchema = Type.Object(
  {
    disclosure: DisclosureSchema,
    /** The files that the body names: nothing of them is in the offer. */
    attachments: Type.Array(AttachmentRefSchema, { maxItems: LIMITS.attachmentsPerEnvelope }),
  },
  { additionalProperties: false },
);
export type DisclosureContent = Static<typeof ContentSchema>;

const parseShape = parserOf('content', ContentSchema, 'message.invalid');

/** The chunked-encryption context: "holdfast/content/v1\0" ‖ conversation[16] ‖ termsHash[32]. */
export const contentContext = (conversation: ConversationId, termsHash: Hash): Uint8Array =>
  concat(context('content'), fromBase64url(conversation), fromBase64url(termsHash));

/** u32be|content| ‖ content, before padding. @throws ProtocolError `message.invalid`, `encoding.too-large` */
export function packContent(content: DisclosureContent): Uint8Array {
  const bytes = canonicalBytes(checked(content));
  if (bytes.length > LIMITS.bodyBytes)
    throw new ProtocolError('encoding.too-large', `The content has ${bytes.length} bytes; ${LIMITS.bodyBytes} fit.`);
  return prefixed(bytes);
}

/** Reads decrypted content, its padding checked. @throws ProtocolError `encoding.*`, `message.invalid`, `envelope.malformed` */
export function unpackContent(padded: Uint8Array): DisclosureContent {
  const reader = new ByteReader(padded);
  const bytes = reader.prefixed(LIMITS.bodyBytes);
  let stray = 0;
  for (const byte of reader.rest()) stray |= byte;
  if (stray !== 0) throw new ProtocolError('envelope.malformed', 'The padding is not zero.');
  return parseContent(bytes);
}

/** Reads canonical content without padding, as an archive keeps it. @throws ProtocolError `encoding.json`, `message.invalid` */
export const parseContent = (bytes: Uint8Array): DisclosureContent => checked(parseCanonical(bytes));

/** The body as any `disclosure`, and exactly its files. */
function checked(value: unknown): DisclosureContent {
  const content = parseShape(value);
  disclosure.parse(content.disclosure);
  const named = content.disclosure.attachments.map(({ id }) => id).sort();
  const given = content.attachments.map(({ id }) => id).sort();
  if (named.join() !== given.join())
    throw new ProtocolError('message.invalid', 'The content has other files than its body names.', {
      issues: [{ field: 'attachments', reason: 'are not those that the body names' }],
    });
  return content;
}
