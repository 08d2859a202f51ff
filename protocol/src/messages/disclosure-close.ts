/** `disclosure.close`: the recipient has done with a disclosure, and says how long it keeps what it was told. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { checkDate, checkOrder, DateSchema } from '../subjects/calendar-date.js';
import type { Check } from '../subjects/report.js';
import { closed, line } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const DisclosureCloseSchema = Type.Object(
  {
    ...written,
    retention: Type.Object({ basis: line(300), reviewOn: DateSchema, eraseOn: DateSchema }, closed),
    note: Type.Optional(ProseSchema),
  },
  closed,
);
export type DisclosureClose = Static<typeof DisclosureCloseSchema>;

const check: Check<DisclosureClose> = (body, _at, report) => {
  checkDate(body.retention.reviewOn, 'retention.reviewOn', report);
  checkDate(body.retention.eraseOn, 'retention.eraseOn', report);
  checkOrder(body.retention.reviewOn, body.retention.eraseOn, 'retention.eraseOn', report);
  if (body.note !== undefined) checkProse(body.note, 'note', report);
};

export const disclosureClose = defineKind('disclosure.close', 'closing of a disclosure', DisclosureCloseSchema, check);
