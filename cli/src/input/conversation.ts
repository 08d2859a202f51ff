/** The id of a conversation, as a person pastes it. */
import { type ConversationId, ConversationIdSchema, parserOf } from '@holdfast/protocol';

const parse = parserOf('conversation id', ConversationIdSchema, 'message.invalid');

/** @throws ProtocolError `message.invalid` */
export const conversationId = (text: string): ConversationId => parse(text);
