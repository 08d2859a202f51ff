/** `freeze.extension-request`: Q asks for more time and says how far the MLA request is. It stops no clock. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import { checkDate, DateSchema } from '../subjects/calendar-date.js';
import type { Check } from '../subjects/report.js';
import { choice, closed, line } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { AssetRefsSchema, checkRefs, instant, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeExtensionRequestSchema = Type.Object(
  {
    ...written,
    assets: AssetRefsSchema,
    untilMs: TimeMsSchema,
    reason: ProseSchema,
    mlaProgress: Type.Object(
      {
        status: choice(['drafting', 'translating', 'with-central-authority', 'sent', 'received']),
        reference: Type.Optional(line(128)),
        expectedOn: Type.Optional(DateSchema),
        remark: Type.Optional(ProseSchema),
      },
      closed,
    ),
  },
  closed,
);
export type FreezeExtensionRequest = Static<typeof FreezeExtensionRequestSchema>;

const check: Check<FreezeExtensionRequest> = (body, _at, report) => {
  checkRefs(body.assets, 'assets', report);
  if (body.untilMs <= body.writtenAtMs) report('untilMs', `${instant(body.untilMs)} is not after this was written`);
  checkProse(body.reason, 'reason', report);
  const { expectedOn, remark } = body.mlaProgress;
  if (expectedOn !== undefined) checkDate(expectedOn, 'mlaProgress.expectedOn', report);
  if (remark !== undefined) checkProse(remark, 'mlaProgress.remark', report);
};

export const freezeExtensionRequest = defineKind(
  'freeze.extension-request',
  'request to extend a freeze',
  FreezeExtensionRequestSchema,
  check,
);
