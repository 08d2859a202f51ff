/** `consent.request`: may this be passed on to that body, for that purpose? No answer is not consent. Spec 40-messages, 54. */
import { type Static, Type } from 'typebox';
import { DutyRefSchema } from '../ids.js';
import type { Check } from '../subjects/report.js';
import { USES } from '../subjects/restrictions.js';
import { choice, closed } from '../subjects/shape.js';
import { checkItems, checkNamedBody, NamedBodySchema, SharedItemsSchema } from '../subjects/shared-item.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

/** How soon an answer is owed: one working day, or five. */
export const CONSENT_URGENCIES = ['urgent', 'routine'] as const;
export type ConsentUrgency = (typeof CONSENT_URGENCIES)[number];

export const ConsentRequestSchema = Type.Object(
  {
    ...written,
    ref: DutyRefSchema,
    /** Who is to have it. */
    body: NamedBodySchema,
    use: choice(USES),
    purpose: ProseSchema,
    items: SharedItemsSchema,
    urgency: choice(CONSENT_URGENCIES),
  },
  closed,
);
export type ConsentRequest = Static<typeof ConsentRequestSchema>;

const check: Check<ConsentRequest> = (body, _at, report) => {
  checkNamedBody(body.body, 'body', report);
  checkProse(body.purpose, 'purpose', report);
  checkItems(body.items, 'items', report);
};

export const consentRequest = defineKind(
  'consent.request',
  'request for consent to share onward',
  ConsentRequestSchema,
  check,
);
