/** `freeze.lift-decision`: after a proposal, R maintains or lifts, and records how Q was heard (article 55(8)). Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { HashSchema, TimeMsSchema } from '../ids.js';
import { AssetRefSchema } from '../subjects/asset.js';
import type { Check } from '../subjects/report.js';
import { closed, tagged } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { checkOutcomes, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeLiftDecisionSchema = Type.Object(
  {
    ...written,
    hearing: tagged('kind', {
      /** `eh` is the envelope in which Q gave its view, or asked for release itself. */
      heard: Type.Object({ kind: Type.Literal('heard'), eh: HashSchema }, closed),
      'no-answer': Type.Object({ kind: Type.Literal('no-answer') }, closed),
      'not-possible': Type.Object({ kind: Type.Literal('not-possible'), reason: ProseSchema }, closed),
    }),
    outcomes: Type.Array(
      tagged('outcome', {
        maintained: Type.Object(
          { outcome: Type.Literal('maintained'), assetRef: AssetRefSchema, reason: ProseSchema },
          closed,
        ),
        lifted: Type.Object(
          { outcome: Type.Literal('lifted'), assetRef: AssetRefSchema, liftedAtMs: TimeMsSchema, reason: ProseSchema },
          closed,
        ),
      }),
      { minItems: 1, maxItems: 200 },
    ),
  },
  closed,
);
export type FreezeLiftDecision = Static<typeof FreezeLiftDecisionSchema>;

const check: Check<FreezeLiftDecision> = (body, _at, report) => {
  if (body.hearing.kind === 'not-possible') checkProse(body.hearing.reason, 'hearing.reason', report);
  checkOutcomes(body.outcomes, 'outcomes', report);
  body.outcomes.forEach(({ reason }, index) => {
    checkProse(reason, `outcomes.${index}.reason`, report);
  });
};

export const freezeLiftDecision = defineKind(
  'freeze.lift-decision',
  'decision on lifting',
  FreezeLiftDecisionSchema,
  check,
);
