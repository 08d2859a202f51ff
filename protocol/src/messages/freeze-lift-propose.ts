/** `freeze.lift-propose`: R means to lift and hears Q first, where that is possible (article 55(8)). Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { AssetRefsSchema, checkRefs, instant, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeLiftProposeSchema = Type.Object(
  {
    ...written,
    assets: AssetRefsSchema,
    reason: ProseSchema,
    /** Until when Q may give its reasons for keeping the measure. */
    answerByMs: TimeMsSchema,
  },
  closed,
);
export type FreezeLiftPropose = Static<typeof FreezeLiftProposeSchema>;

const check: Check<FreezeLiftPropose> = (body, _at, report) => {
  checkRefs(body.assets, 'assets', report);
  checkProse(body.reason, 'reason', report);
  if (body.answerByMs <= body.writtenAtMs)
    report('answerByMs', `${instant(body.answerByMs)} is not after this was written`);
};

export const freezeLiftPropose = defineKind(
  'freeze.lift-propose',
  'proposal to lift a freeze',
  FreezeLiftProposeSchema,
  check,
);
