/** `own.content-key`: the key of an offered content, to the sender's own other devices and to nobody else. Spec 40-messages, 53-disclosure. */
import { type Static, Type } from 'typebox';
import { BlobIdSchema, base64urlSchema, ConversationIdSchema, HashSchema } from '../ids.js';
import { closed } from '../subjects/shape.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const OwnContentKeySchema = Type.Object(
  {
    ...written,
    /** The case in which the content is offered; this message travels in a conversation of its own. */
    conversation: ConversationIdSchema,
    blobId: BlobIdSchema,
    termsHash: HashSchema,
    key: base64urlSchema<string>(32, 'The content key'),
  },
  closed,
);
export type OwnContentKey = Static<typeof OwnContentKeySchema>;

export const ownContentKey = defineKind('own.content-key', 'content key for our own devices', OwnContentKeySchema);
