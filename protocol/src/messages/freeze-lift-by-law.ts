/** `freeze.lift-by-law`: a court or the law has ended the measure; R reports it within the hour. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import { checkOrderDate, OrderSchema, ProvisionSchema } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed, tagged } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { AssetRefsSchema, checkRefs, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeLiftByLawSchema = Type.Object(
  {
    ...written,
    assets: AssetRefsSchema,
    liftedAtMs: TimeMsSchema,
    cause: tagged('kind', {
      court: Type.Object({ kind: Type.Literal('court'), order: OrderSchema }, closed),
      law: Type.Object({ kind: Type.Literal('law'), provision: ProvisionSchema }, closed),
    }),
    reason: ProseSchema,
  },
  closed,
);
export type FreezeLiftByLaw = Static<typeof FreezeLiftByLawSchema>;

const check: Check<FreezeLiftByLaw> = (body, _at, report) => {
  checkRefs(body.assets, 'assets', report);
  if (body.cause.kind === 'court') checkOrderDate(body.cause.order, 'cause.order', report);
  checkProse(body.reason, 'reason', report);
};

export const freezeLiftByLaw = defineKind(
  'freeze.lift-by-law',
  'lifting by court or law',
  FreezeLiftByLawSchema,
  check,
);
