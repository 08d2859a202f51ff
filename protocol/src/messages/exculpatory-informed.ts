/**
 * `exculpatory.informed`: what a notice would have said before, said without delay after a disclosure that had none. Spec 40-messages, 54.
 */
import { type Static, Type } from 'typebox';
import { DutyRefSchema, TimeMsSchema } from '../ids.js';
import { checkProceedings, ProceedingsSchema } from '../subjects/proceedings.js';
import { ContactSchema, checkContact } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed, line } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { checkHappened, written } from './common.js';
import { defineKind } from './kind.js';

export const ExculpatoryInformedSchema = Type.Object(
  {
    ...written,
    ref: DutyRefSchema,
    proceedings: ProceedingsSchema,
    /** Why it was exculpatory. */
    reason: ProseSchema,
    contact: ContactSchema,
    /** Where the sender was told by telephone or otherwise before this came. */
    earlier: Type.Optional(Type.Object({ channel: line(200), atMs: TimeMsSchema }, closed)),
  },
  closed,
);
export type ExculpatoryInformed = Static<typeof ExculpatoryInformedSchema>;

const check: Check<ExculpatoryInformed> = (body, _at, report) => {
  checkProceedings(body.proceedings, 'proceedings', report);
  checkProse(body.reason, 'reason', report);
  checkContact(body.contact, 'contact', report);
  if (body.earlier !== undefined) checkHappened(body.earlier.atMs, body.writtenAtMs, 'earlier.atMs', report);
};

export const exculpatoryInformed = defineKind(
  'exculpatory.informed',
  'information after an exculpatory disclosure',
  ExculpatoryInformedSchema,
  check,
);
