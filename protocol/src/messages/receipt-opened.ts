/** `receipt.opened`: a person at the recipient has opened the message. Receipts get no receipts. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { HashSchema } from '../ids.js';
import { closed } from '../subjects/shape.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

/** `eh` names the envelope that the receipt is for. */
export const ReceiptOpenedSchema = Type.Object({ ...written, eh: HashSchema }, closed);
export type ReceiptOpened = Static<typeof ReceiptOpenedSchema>;

export const receiptOpened = defineKind('receipt.opened', 'receipt: opened', ReceiptOpenedSchema);
