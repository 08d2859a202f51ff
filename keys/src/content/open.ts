/**
 * Opening released content: the very bytes that were offered, the one key that they commit to, this case, these terms, and a body
 * whose own restrictions are the accepted ones. Anything else is refused, whoever signed the release.
 */
import {
  type ConversationId,
  contentContext,
  type DisclosureContent,
  fromBase64url,
  type Hash,
  termsHash as hashOfTerms,
  toHash,
  unpackContent,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { equalBytes } from '../primitives/compare.js';
import { sha256 } from '../primitives/sha256.js';
import { decryptChunked } from '../suite/chunked.js';

export interface ReleasedContent {
  readonly ciphertext: Uint8Array;
  /** As offered. */
  readonly ctHash: Hash;
  readonly key: Uint8Array;
  readonly conversation: ConversationId;
  /** As accepted. */
  readonly termsHash: Hash;
}

/**
 * @throws KeysError `content.altered` where the bytes are not those offered, `content.other-terms`, `keys.decryption-failed` where
 * the key is not the one committed to; ProtocolError where the content is none
 */
export function openContent(released: ReleasedContent): DisclosureContent {
  const { ciphertext, ctHash, key, conversation, termsHash } = released;
  if (!equalBytes(sha256(ciphertext), fromBase64url(ctHash))) throw new KeysError('content.altered');
  const context = contentContext(conversation, termsHash);
  const content = unpackContent(decryptChunked({ key, context, ciphertext }));
  if (toHash(hashOfTerms(sha256, content.disclosure.restrictions)) !== termsHash)
    throw new KeysError('content.other-terms');
  return content;
}
