/** `freeze.withdraw`: Q takes the request back before R has decided. After that it asks for release instead. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeWithdrawSchema = Type.Object({ ...written, reason: ProseSchema }, closed);
export type FreezeWithdraw = Static<typeof FreezeWithdrawSchema>;

const check: Check<FreezeWithdraw> = (body, _at, report) => {
  checkProse(body.reason, 'reason', report);
};

export const freezeWithdraw = defineKind(
  'freeze.withdraw',
  'withdrawal of a freeze request',
  FreezeWithdrawSchema,
  check,
);
