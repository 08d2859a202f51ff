/** `consent.revoke`: the originator takes a grant back, for the future only. Spec 40-messages, 54. */
import { type Static, Type } from 'typebox';
import { DutyRefSchema } from '../ids.js';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const ConsentRevokeSchema = Type.Object({ ...written, ref: DutyRefSchema, reason: ProseSchema }, closed);
export type ConsentRevoke = Static<typeof ConsentRevokeSchema>;

const check: Check<ConsentRevoke> = (body, _at, report) => {
  checkProse(body.reason, 'reason', report);
};

export const consentRevoke = defineKind('consent.revoke', 'revocation of consent', ConsentRevokeSchema, check);
