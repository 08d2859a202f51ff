/** `freeze.extension-decision`: R extends (a new expiry) or denies (the old one stands), asset by asset. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { AssetRefSchema } from '../subjects/asset.js';
import { ProvisionSchema } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed, tagged } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { checkOutcomes, ExpirySchema, instant, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeExtensionDecisionSchema = Type.Object(
  {
    ...written,
    outcomes: Type.Array(
      tagged('outcome', {
        extended: Type.Object(
          {
            outcome: Type.Literal('extended'),
            assetRef: AssetRefSchema,
            expiry: ExpirySchema,
            legalBasis: ProvisionSchema,
          },
          closed,
        ),
        denied: Type.Object({ outcome: Type.Literal('denied'), assetRef: AssetRefSchema, reason: ProseSchema }, closed),
      }),
      { minItems: 1, maxItems: 200 },
    ),
  },
  closed,
);
export type FreezeExtensionDecision = Static<typeof FreezeExtensionDecisionSchema>;

const check: Check<FreezeExtensionDecision> = (body, _at, report) => {
  checkOutcomes(body.outcomes, 'outcomes', report);
  body.outcomes.forEach((outcome, index) => {
    if (outcome.outcome === 'denied') checkProse(outcome.reason, `outcomes.${index}.reason`, report);
    else if (outcome.expiry.atMs <= body.writtenAtMs) {
      report(`outcomes.${index}.expiry.atMs`, `${instant(outcome.expiry.atMs)} is not after this was written`);
    }
  });
};

export const freezeExtensionDecision = defineKind(
  'freeze.extension-decision',
  'decision on an extension',
  FreezeExtensionDecisionSchema,
  check,
);
