/** `feedback.report`: what came of an alert or a disclosure, so that whoever sent it learns whether it helped. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { AmountSchema, checkAmount } from '../subjects/amount.js';
import { AssetRefSchema } from '../subjects/asset.js';
import { checkDate, checkNotLater, DateSchema } from '../subjects/calendar-date.js';
import type { Check } from '../subjects/report.js';
import { choice, closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { instant, written } from './common.js';
import { defineKind } from './kind.js';

/** What can come of it, in codes: statistics count them (¶75). */
export const FEEDBACK_OUTCOMES = [
  'no-use',
  'intelligence',
  'investigation',
  'mla-sent',
  'restrained',
  'charged',
  'convicted',
  'confiscated',
  'returned',
  'exonerated',
] as const;
export type FeedbackOutcome = (typeof FEEDBACK_OUTCOMES)[number];

/** More is to come, nothing more is to come, or the law does not let it be told yet. */
export const FEEDBACK_STAGES = ['interim', 'final', 'barred'] as const;
export type FeedbackStage = (typeof FEEDBACK_STAGES)[number];

export const FeedbackReportSchema = Type.Object(
  {
    ...written,
    stage: choice(FEEDBACK_STAGES),
    outcomes: Type.Array(
      Type.Object(
        {
          outcome: choice(FEEDBACK_OUTCOMES),
          on: Type.Optional(DateSchema),
          /** With `restrained`, `confiscated` and `returned`. */
          amount: Type.Optional(AmountSchema),
          assetRef: Type.Optional(AssetRefSchema),
        },
        closed,
      ),
      { maxItems: 200 },
    ),
    text: Type.Optional(ProseSchema),
    /** Why nothing may be told, with `barred`. */
    ground: Type.Optional(ProseSchema),
    /** When it is looked at again, with `barred`. */
    reviewOn: Type.Optional(DateSchema),
  },
  closed,
);
export type FeedbackReport = Static<typeof FeedbackReportSchema>;

const WITH_AMOUNT: readonly FeedbackOutcome[] = ['restrained', 'confiscated', 'returned'];

const check: Check<FeedbackReport> = (body, _at, report) => {
  body.outcomes.forEach(({ outcome, on, amount, assetRef }, index) => {
    const at = `outcomes.${index}`;
    if (on !== undefined) {
      checkDate(on, `${at}.on`, report);
      checkNotLater(on, body.writtenAtMs, `${at}.on`, report);
    }
    if (amount !== undefined) {
      checkAmount(amount, `${at}.amount`, report);
      if (!WITH_AMOUNT.includes(outcome)) report(`${at}.amount`, `does not go with ${outcome}`);
    }
    const earlier = body.outcomes.findIndex(
      (other) => other.outcome === outcome && other.assetRef === assetRef && other.on === on,
    );
    if (earlier !== index) report(at, `${outcome} stands twice, first at outcomes.${earlier}`);
  });
  if (body.outcomes.length > 1 && body.outcomes.some(({ outcome }) => outcome === 'no-use'))
    report('outcomes', 'holds no-use beside a use');
  if (body.text !== undefined) checkProse(body.text, 'text', report);
  checkBar(body, report);
};

function checkBar(
  { stage, outcomes, ground, reviewOn, writtenAtMs }: FeedbackReport,
  report: Parameters<typeof check>[2],
): void {
  if (stage === 'barred') {
    if (outcomes.length > 0) report('outcomes', 'must be empty: it is barred to tell them');
    if (ground === undefined) report('ground', 'is missing: say why nothing may be told');
    else checkProse(ground, 'ground', report);
    if (reviewOn === undefined) report('reviewOn', 'is missing: say when it is looked at again');
    else {
      checkDate(reviewOn, 'reviewOn', report);
      if (reviewOn <= instant(writtenAtMs).slice(0, 10))
        report('reviewOn', `${reviewOn} is not after the day on which this was written`);
    }
    return;
  }
  if (outcomes.length === 0) report('outcomes', 'is empty: no-use says that nothing came of it');
  if (ground !== undefined) report('ground', 'goes only with barred');
  if (reviewOn !== undefined) report('reviewOn', 'goes only with barred');
}

export const feedbackReport = defineKind('feedback.report', 'feedback', FeedbackReportSchema, check);
