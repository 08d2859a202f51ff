/** `freeze.redirect`: R is not competent and names who is; passing the request on needs Q's consent. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { AgencyIdSchema, TimeMsSchema } from '../ids.js';
import { CountrySchema, checkCountry } from '../subjects/codes.js';
import { ContactSchema, checkContact } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed, line, tagged } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeRedirectSchema = Type.Object(
  {
    ...written,
    competentBody: Type.Object(
      {
        name: line(300),
        country: CountrySchema,
        agency: Type.Optional(AgencyIdSchema),
        contact: Type.Optional(ContactSchema),
      },
      closed,
    ),
    /** Onward sharing needs the originator's consent; without it Q must turn to the body itself. */
    onward: tagged('kind', {
      forwarded: Type.Object({ kind: Type.Literal('forwarded'), consent: line(300), atMs: TimeMsSchema }, closed),
      'not-forwarded': Type.Object({ kind: Type.Literal('not-forwarded') }, closed),
    }),
    reason: ProseSchema,
  },
  closed,
);
export type FreezeRedirect = Static<typeof FreezeRedirectSchema>;

const check: Check<FreezeRedirect> = (body, _at, report) => {
  checkCountry(body.competentBody.country, 'competentBody.country', report);
  if (body.competentBody.contact !== undefined)
    checkContact(body.competentBody.contact, 'competentBody.contact', report);
  checkProse(body.reason, 'reason', report);
};

export const freezeRedirect = defineKind(
  'freeze.redirect',
  'redirection of a freeze request',
  FreezeRedirectSchema,
  check,
);
