/** `freeze.acknowledge`: R's duty officer has taken the alert on; from here R's decision clock runs. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import { ContactSchema, checkContact, ReferencesSchema } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { instant, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeAcknowledgeSchema = Type.Object(
  {
    ...written,
    references: ReferencesSchema,
    /** Who is on the case, to be telephoned. */
    contact: ContactSchema,
    decisionExpectedByMs: Type.Optional(TimeMsSchema),
  },
  closed,
);
export type FreezeAcknowledge = Static<typeof FreezeAcknowledgeSchema>;

const check: Check<FreezeAcknowledge> = (body, _at, report) => {
  checkContact(body.contact, 'contact', report);
  const { decisionExpectedByMs, writtenAtMs } = body;
  if (decisionExpectedByMs !== undefined && decisionExpectedByMs < writtenAtMs) {
    report('decisionExpectedByMs', `${instant(decisionExpectedByMs)} is before this was written`);
  }
};

export const freezeAcknowledge = defineKind(
  'freeze.acknowledge',
  'acknowledgement of a freeze request',
  FreezeAcknowledgeSchema,
  check,
);
