/** `exculpatory.disclosed`: it has been disclosed to the accused; without notice before only where the reason is given. Spec 40-messages, 54. */
import { type Static, Type } from 'typebox';
import { DutyRefSchema, TimeMsSchema } from '../ids.js';
import type { Check } from '../subjects/report.js';
import { closed, line } from '../subjects/shape.js';
import { checkItems, SharedItemsSchema } from '../subjects/shared-item.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { checkHappened, written } from './common.js';
import { defineKind } from './kind.js';

export const ExculpatoryDisclosedSchema = Type.Object(
  {
    ...written,
    ref: DutyRefSchema,
    items: SharedItemsSchema,
    disclosedAtMs: TimeMsSchema,
    /** Court, defence, prosecutor. */
    to: line(300),
    /** What was done to protect the sender's interests. */
    safeguards: Type.Optional(ProseSchema),
    /** Why notice before was impossible; the exceptional path of article 46(5). */
    withoutNotice: Type.Optional(ProseSchema),
  },
  closed,
);
export type ExculpatoryDisclosed = Static<typeof ExculpatoryDisclosedSchema>;

const check: Check<ExculpatoryDisclosed> = (body, _at, report) => {
  checkItems(body.items, 'items', report);
  checkHappened(body.disclosedAtMs, body.writtenAtMs, 'disclosedAtMs', report);
  if (body.safeguards !== undefined) checkProse(body.safeguards, 'safeguards', report);
  if (body.withoutNotice !== undefined) checkProse(body.withoutNotice, 'withoutNotice', report);
};

export const exculpatoryDisclosed = defineKind(
  'exculpatory.disclosed',
  'exculpatory disclosure made',
  ExculpatoryDisclosedSchema,
  check,
);
