/** `exculpatory.consult`: the sender asks to be consulted, and the discloser answers. It stops nothing. Spec 40-messages, 54. */
import { type Static, Type } from 'typebox';
import { DutyRefSchema } from '../ids.js';
import type { Check } from '../subjects/report.js';
import { choice, closed } from '../subjects/shape.js';
import { checkProse, LongProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

/** What may be asked for: how it is disclosed, never whether. */
export const CONSULTATION_WISHES = [
  'redact-names',
  'summary-instead',
  'closed-hearing',
  'protective-order',
  'later-date',
  'talk-first',
] as const;

export const ExculpatoryConsultSchema = Type.Object(
  {
    ...written,
    ref: DutyRefSchema,
    wishes: Type.Optional(
      Type.Array(choice(CONSULTATION_WISHES), { uniqueItems: true, maxItems: CONSULTATION_WISHES.length }),
    ),
    text: LongProseSchema,
  },
  closed,
);
export type ExculpatoryConsult = Static<typeof ExculpatoryConsultSchema>;

const check: Check<ExculpatoryConsult> = (body, _at, report) => {
  checkProse(body.text, 'text', report);
};

export const exculpatoryConsult = defineKind(
  'exculpatory.consult',
  'consultation on an exculpatory disclosure',
  ExculpatoryConsultSchema,
  check,
);
