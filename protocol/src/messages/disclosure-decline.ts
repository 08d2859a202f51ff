/** `disclosure.decline`: the recipient cannot comply with the terms, and says which and why, before it has the content. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { HashSchema } from '../ids.js';
import { RESTRICTION_AXES } from '../subjects/relaxation.js';
import { type Check, checkUnique } from '../subjects/report.js';
import { choice, closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const DisclosureDeclineSchema = Type.Object(
  {
    ...written,
    offer: HashSchema,
    terms: Type.Array(Type.Object({ term: choice(RESTRICTION_AXES), reason: ProseSchema }, closed), {
      minItems: 1,
      maxItems: RESTRICTION_AXES.length,
    }),
  },
  closed,
);
export type DisclosureDecline = Static<typeof DisclosureDeclineSchema>;

const check: Check<DisclosureDecline> = (body, _at, report) => {
  checkUnique(body.terms, 'terms', report, 'term', ({ term }) => term);
  body.terms.forEach(({ reason }, index) => {
    checkProse(reason, `terms.${index}.reason`, report);
  });
};

export const disclosureDecline = defineKind('disclosure.decline', 'refusal of terms', DisclosureDeclineSchema, check);
