/**
 * `freeze.impose`: R's decision, one outcome per asset. Only an asset that stands here as `in-force` is frozen, and only from
 * `startsAtMs` until `expiry`: silence never means frozen. Spec 40-messages.
 */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import { AmountSchema, checkAmount } from '../subjects/amount.js';
import { AssetRefSchema } from '../subjects/asset.js';
import {
  checkExtent,
  checkPermittedDebit,
  ExtentSchema,
  MeasureActionSchema,
  PermittedDebitSchema,
} from '../subjects/measure.js';
import { ProvisionSchema, ReferencesSchema } from '../subjects/reference.js';
import { type Check, checkEach, type Report } from '../subjects/report.js';
import { choice, closed, line, tagged } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { checkOutcomes, ExpirySchema, instant, written } from './common.js';
import { defineKind } from './kind.js';
import { RefusalCodeSchema } from './refusal.js';

export const ImposeOutcomeSchema = tagged('outcome', {
  'in-force': Type.Object(
    {
      outcome: Type.Literal('in-force'),
      assetRef: AssetRefSchema,
      action: MeasureActionSchema,
      extent: ExtentSchema,
      /** What was found and is held; absent while the institution has not yet said. */
      amount: Type.Optional(AmountSchema),
      startsAtMs: TimeMsSchema,
      expiry: ExpirySchema,
      orderReference: Type.Optional(line(128)),
      permittedDebits: Type.Optional(Type.Array(PermittedDebitSchema, { maxItems: 20 })),
    },
    closed,
  ),
  'not-frozen': Type.Object(
    { outcome: Type.Literal('not-frozen'), assetRef: AssetRefSchema, code: RefusalCodeSchema, reason: ProseSchema },
    closed,
  ),
});

export const FreezeImposeSchema = Type.Object(
  {
    ...written,
    references: ReferencesSchema,
    legalBasis: ProvisionSchema,
    outcomes: Type.Array(ImposeOutcomeSchema, { minItems: 1, maxItems: 200 }),
    /** What must be done, by whom, so that the measure does not fall before its expiry. */
    keepAliveSteps: Type.Array(
      Type.Object({ step: ProseSchema, by: choice(['requesting', 'requested']), dueAtMs: TimeMsSchema }, closed),
      { minItems: 1, maxItems: 20 },
    ),
    clientNotified: choice(['no', 'yes', 'will-be']),
  },
  closed,
);
export type FreezeImpose = Static<typeof FreezeImposeSchema>;
export type ImposeOutcome = FreezeImpose['outcomes'][number];

const check: Check<FreezeImpose> = (body, _at, report) => {
  checkOutcomes(body.outcomes, 'outcomes', report);
  body.outcomes.forEach((outcome, index) => {
    checkOutcome(outcome, `outcomes.${index}`, report);
  });
  if (!body.outcomes.some(({ outcome }) => outcome === 'in-force')) {
    report('outcomes', 'has no asset in force; refuse the alert or report that no assets were found');
  }
  body.keepAliveSteps.forEach(({ step }, index) => {
    checkProse(step, `keepAliveSteps.${index}.step`, report);
  });
};

function checkOutcome(outcome: ImposeOutcome, at: string, report: Report): void {
  if (outcome.outcome === 'not-frozen') {
    checkProse(outcome.reason, `${at}.reason`, report);
    return;
  }
  checkExtent(outcome.extent, `${at}.extent`, report);
  if (outcome.amount !== undefined) checkAmount(outcome.amount, `${at}.amount`, report);
  checkEach(outcome.permittedDebits, `${at}.permittedDebits`, report, checkPermittedDebit);
  if (outcome.expiry.atMs <= outcome.startsAtMs) {
    report(
      `${at}.expiry.atMs`,
      `${instant(outcome.expiry.atMs)} is not after the start, ${instant(outcome.startsAtMs)}`,
    );
  }
}

export const freezeImpose = defineKind('freeze.impose', 'freeze decision', FreezeImposeSchema, check);
