/** `freeze.restraint`: a restraint under the MLA request has taken the temporary measure's place for these assets. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import { checkOrderDate, OrderSchema } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { AssetRefsSchema, checkRefs, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeRestraintSchema = Type.Object(
  {
    ...written,
    /** The assets that the order covers; the others go on as they are. */
    assets: AssetRefsSchema,
    order: OrderSchema,
    effectiveAtMs: TimeMsSchema,
  },
  closed,
);
export type FreezeRestraint = Static<typeof FreezeRestraintSchema>;

const check: Check<FreezeRestraint> = (body, _at, report) => {
  checkRefs(body.assets, 'assets', report);
  checkOrderDate(body.order, 'order', report);
};

export const freezeRestraint = defineKind('freeze.restraint', 'restraint order', FreezeRestraintSchema, check);
