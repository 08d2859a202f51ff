/** `exculpatory.notice`: what came from the sender exculpates an accused and will be disclosed; told before. Spec 40-messages, 54. */
import { type Static, Type } from 'typebox';
import { DutyRefSchema } from '../ids.js';
import { checkDate, DateSchema } from '../subjects/calendar-date.js';
import { checkProceedings, ProceedingsSchema } from '../subjects/proceedings.js';
import { ContactSchema, checkContact } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { checkItems, SharedItemsSchema } from '../subjects/shared-item.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const ExculpatoryNoticeSchema = Type.Object(
  {
    ...written,
    ref: DutyRefSchema,
    items: SharedItemsSchema,
    proceedings: ProceedingsSchema,
    /** Why it is exculpatory. */
    reason: ProseSchema,
    /** When it will be disclosed, where that is known. The law fixes no number of hours. */
    intendedOn: Type.Optional(DateSchema),
    /** With whom the sender may consult. */
    contact: ContactSchema,
  },
  closed,
);
export type ExculpatoryNotice = Static<typeof ExculpatoryNoticeSchema>;

const check: Check<ExculpatoryNotice> = (body, _at, report) => {
  checkItems(body.items, 'items', report);
  checkProceedings(body.proceedings, 'proceedings', report);
  checkProse(body.reason, 'reason', report);
  if (body.intendedOn !== undefined) checkDate(body.intendedOn, 'intendedOn', report);
  checkContact(body.contact, 'contact', report);
};

export const exculpatoryNotice = defineKind(
  'exculpatory.notice',
  'notice of an exculpatory disclosure',
  ExculpatoryNoticeSchema,
  check,
);
