/** `disclosure.withdraw`: the sender takes its offer back, and destroys the content key. Spec 40-messages, 53-disclosure. */
import { type Static, Type } from 'typebox';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const DisclosureWithdrawSchema = Type.Object({ ...written, reason: ProseSchema }, closed);
export type DisclosureWithdraw = Static<typeof DisclosureWithdrawSchema>;

const check: Check<DisclosureWithdraw> = (body, _at, report) => {
  checkProse(body.reason, 'reason', report);
};

export const disclosureWithdraw = defineKind(
  'disclosure.withdraw',
  'withdrawal of an offer',
  DisclosureWithdrawSchema,
  check,
);
