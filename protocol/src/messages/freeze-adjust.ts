/** `freeze.adjust`: R widens or narrows what is frozen, asset by asset; the expiry stays as it is. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { AssetRefSchema } from '../subjects/asset.js';
import {
  checkExtent,
  checkPermittedDebit,
  ExtentSchema,
  MeasureActionSchema,
  PermittedDebitSchema,
} from '../subjects/measure.js';
import { ProvisionSchema } from '../subjects/reference.js';
import { type Check, checkEach } from '../subjects/report.js';
import { choice, closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { checkOutcomes, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeAdjustSchema = Type.Object(
  {
    ...written,
    legalBasis: ProvisionSchema,
    changes: Type.Array(
      Type.Object(
        {
          assetRef: AssetRefSchema,
          direction: choice(['widen', 'narrow']),
          /** As it is from now on, whole. */
          action: MeasureActionSchema,
          extent: ExtentSchema,
          permittedDebits: Type.Optional(Type.Array(PermittedDebitSchema, { maxItems: 20 })),
          reason: ProseSchema,
        },
        closed,
      ),
      { minItems: 1, maxItems: 200 },
    ),
  },
  closed,
);
export type FreezeAdjust = Static<typeof FreezeAdjustSchema>;

const check: Check<FreezeAdjust> = (body, _at, report) => {
  checkOutcomes(body.changes, 'changes', report);
  body.changes.forEach(({ extent, permittedDebits, reason }, index) => {
    checkExtent(extent, `changes.${index}.extent`, report);
    checkEach(permittedDebits, `changes.${index}.permittedDebits`, report, checkPermittedDebit);
    checkProse(reason, `changes.${index}.reason`, report);
  });
};

export const freezeAdjust = defineKind('freeze.adjust', 'adjustment of a freeze', FreezeAdjustSchema, check);
