/** `receipt.acted`: the recipient has answered the message; `event` names the envelope that is the answer. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { HashSchema } from '../ids.js';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const ReceiptActedSchema = Type.Object({ ...written, eh: HashSchema, event: HashSchema }, closed);
export type ReceiptActed = Static<typeof ReceiptActedSchema>;

const check: Check<ReceiptActed> = (body, _at, report) => {
  if (body.event === body.eh) report('event', 'names the same envelope as eh; it must name the answer');
};

export const receiptActed = defineKind('receipt.acted', 'receipt: acted', ReceiptActedSchema, check);
