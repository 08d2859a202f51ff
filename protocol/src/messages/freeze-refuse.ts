/** `freeze.refuse`: R refuses the whole alert, with code and reason (article 46(23)). Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { ProvisionSchema, ReferencesSchema } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';
import { RefusalCodeSchema } from './refusal.js';

export const FreezeRefuseSchema = Type.Object(
  {
    ...written,
    references: ReferencesSchema,
    code: RefusalCodeSchema,
    reason: ProseSchema,
    legalBasis: Type.Optional(ProvisionSchema),
    /** What would make the same request possible: another authority, another measure, facts that are missing. */
    remedy: Type.Optional(ProseSchema),
  },
  closed,
);
export type FreezeRefuse = Static<typeof FreezeRefuseSchema>;

const check: Check<FreezeRefuse> = (body, _at, report) => {
  checkProse(body.reason, 'reason', report);
  if (body.remedy !== undefined) checkProse(body.remedy, 'remedy', report);
};

export const freezeRefuse = defineKind('freeze.refuse', 'refusal of a freeze request', FreezeRefuseSchema, check);
