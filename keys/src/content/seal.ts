/**
 * The content of an offered disclosure, encrypted under a key of its own and bound by its context to one case and one set of terms
 * (spec 53-disclosure). The header commits to the key: nobody can make a second key that opens the same bytes to something else.
 */
import {
  type ConversationId,
  concat,
  contentContext,
  type DisclosureContent,
  type Hash,
  packContent,
  toHash,
} from '@holdfast/protocol';
import { randomBytes } from '../primitives/random.js';
import { sha256 } from '../primitives/sha256.js';
import { zeroize } from '../primitives/zeroize.js';
import { CHUNKED_SALT_BYTES, encryptChunked } from '../suite/chunked.js';
import { padmeLength } from '../suite/padding.js';

export interface SealedContent {
  /** 32 bytes, to be released only after the terms are accepted. */
  readonly key: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly ctHash: Hash;
}

/** Seals under a fresh key. @throws ProtocolError `message.invalid`, `encoding.too-large` */
export function sealContent(content: DisclosureContent, conversation: ConversationId, termsHash: Hash): SealedContent {
  const packed = packContent(content);
  const plaintext = concat(packed, new Uint8Array(padmeLength(packed.length) - packed.length));
  const key = randomBytes(32);
  const context = contentContext(conversation, termsHash);
  const ciphertext = encryptChunked({ key, context, plaintext, salt: randomBytes(CHUNKED_SALT_BYTES) });
  zeroize(packed);
  zeroize(plaintext);
  return { key, ciphertext, ctHash: toHash(sha256(ciphertext)) };
}
