/** `receipt.delivered`: the recipient's device has the envelope, has verified it and has stored it. Receipts get no receipts. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { HashSchema } from '../ids.js';
import { closed } from '../subjects/shape.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

/** `eh` names the envelope that the receipt is for. */
export const ReceiptDeliveredSchema = Type.Object({ ...written, eh: HashSchema }, closed);
export type ReceiptDelivered = Static<typeof ReceiptDeliveredSchema>;

export const receiptDelivered = defineKind('receipt.delivered', 'receipt: delivered', ReceiptDeliveredSchema);
