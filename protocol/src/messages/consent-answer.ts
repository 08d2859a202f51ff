/** `consent.answer`: the originator grants, grants with conditions, or refuses with a stated ground. Spec 40-messages, 54. */
import { type Static, Type } from 'typebox';
import { DutyRefSchema } from '../ids.js';
import { checkDate, DateSchema } from '../subjects/calendar-date.js';
import { type Check, checkEach } from '../subjects/report.js';
import { choice, closed, tagged } from '../subjects/shape.js';
import { checkItems, SharedItemsSchema } from '../subjects/shared-item.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { instant, written } from './common.js';
import { defineKind } from './kind.js';

/** The grounds on which consent may be refused (FATF Recommendation 40; EU AMLD6 art. 34), and two from practice. */
export const CONSENT_REFUSAL_CODES = [
  'out-of-scope',
  'prejudices-own-case',
  'disproportionate',
  'fundamental-principles',
  'sovereignty-security-public-order',
  'third-party-origin',
  'source-at-risk',
] as const;
export type ConsentRefusalCode = (typeof CONSENT_REFUSAL_CODES)[number];

/** The last day on which it may be shared. */
const until = Type.Optional(DateSchema);

export const ConsentAnswerSchema = Type.Object(
  {
    ...written,
    ref: DutyRefSchema,
    decision: tagged('answer', {
      granted: Type.Object({ answer: Type.Literal('granted'), until }, closed),
      conditional: Type.Object(
        {
          answer: Type.Literal('conditional'),
          conditions: Type.Array(ProseSchema, { minItems: 1, maxItems: 20 }),
          /** Fewer items than were asked for. */
          items: Type.Optional(SharedItemsSchema),
          until,
        },
        closed,
      ),
      refused: Type.Object(
        { answer: Type.Literal('refused'), code: choice(CONSENT_REFUSAL_CODES), reason: ProseSchema },
        closed,
      ),
    }),
  },
  closed,
);
export type ConsentAnswer = Static<typeof ConsentAnswerSchema>;
export type ConsentDecision = ConsentAnswer['decision'];

const check: Check<ConsentAnswer> = ({ decision, writtenAtMs }, _at, report) => {
  if (decision.answer === 'refused') {
    checkProse(decision.reason, 'decision.reason', report);
    return;
  }
  if (decision.until !== undefined) {
    checkDate(decision.until, 'decision.until', report);
    if (decision.until < instant(writtenAtMs).slice(0, 10))
      report('decision.until', `${decision.until} is before the day on which this was written`);
  }
  if (decision.answer === 'granted') return;
  checkEach(decision.conditions, 'decision.conditions', report, checkProse);
  if (decision.items !== undefined) checkItems(decision.items, 'decision.items', report);
};

export const consentAnswer = defineKind('consent.answer', 'answer on sharing onward', ConsentAnswerSchema, check);
