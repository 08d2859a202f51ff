/** `freeze.release-request`: Q no longer needs the measure and asks R to lift it. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { AssetRefsSchema, checkRefs, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeReleaseRequestSchema = Type.Object(
  { ...written, assets: AssetRefsSchema, reason: ProseSchema },
  closed,
);
export type FreezeReleaseRequest = Static<typeof FreezeReleaseRequestSchema>;

const check: Check<FreezeReleaseRequest> = (body, _at, report) => {
  checkRefs(body.assets, 'assets', report);
  checkProse(body.reason, 'reason', report);
};

export const freezeReleaseRequest = defineKind(
  'freeze.release-request',
  'request to release',
  FreezeReleaseRequestSchema,
  check,
);
