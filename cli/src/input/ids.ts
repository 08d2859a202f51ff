/**
 * Ids as a person pastes them. One in sixty-four begins with a hyphen, and would be taken for an option: such an argument is
 * marked before the command line is parsed, and the mark is taken off here.
 */
import {
  type BlobId,
  BlobIdSchema,
  type ConversationId,
  ConversationIdSchema,
  type FederationId,
  FederationIdSchema,
  type Hash,
  HashSchema,
  PublicKeySchema,
  parserOf,
} from '@holdfast/protocol';

const MARK = 'id:';
/** 16 or 32 bytes in base64url; an option has only lower-case words. */
const HYPHENED_ID = /^-(?:[A-Za-z0-9_-]{21}|[A-Za-z0-9_-]{42})$/;
const OPTION = /^--?[a-z]+(?:-[a-z]+)*$/;

/** The arguments, in which no id looks like an option. */
export const markIds = (argv: readonly string[]): string[] =>
  argv.map((text) => (HYPHENED_ID.test(text) && !OPTION.test(text) ? `${MARK}${text}` : text));

const unmarked = (text: string): string => (text.startsWith(MARK) ? text.slice(MARK.length) : text);
/** An id, a key or a name as it was typed: the chain says whether there is such a one. */
export const anyId = unmarked;
const reader =
  <T>(parse: (value: unknown) => T): ((text: string) => T) =>
  (text) =>
    parse(unmarked(text));

/** Each @throws ProtocolError `message.invalid` */
export const conversationId: (text: string) => ConversationId = reader(
  parserOf('conversation id', ConversationIdSchema, 'message.invalid'),
);
export const blobId: (text: string) => BlobId = reader(parserOf('attachment id', BlobIdSchema, 'message.invalid'));
export const envelopeHash: (text: string) => Hash = reader(parserOf('envelope', HashSchema, 'message.invalid'));
export const federationId: (text: string) => FederationId = reader(
  parserOf('federation id', FederationIdSchema, 'message.invalid'),
);
export const publicKey: (text: string) => string = reader(parserOf('public key', PublicKeySchema, 'message.invalid'));
