/**
 * `disclosure.offer`: the nature of a disclosure and the terms on which it can be had; not the content (article 46(5)). Spec
 * 40-messages, 53-disclosure. Nobody is named in it: what it says is all that a recipient learns who does not accept.
 */
import { type Static, Type } from 'typebox';
import { PRIORITIES } from '../envelope/core.js';
import { checkDate, checkOrder, DateSchema } from '../subjects/calendar-date.js';
import {
  ContactSchema,
  checkContact,
  checkLegalBasis,
  checkWritingLanguage,
  LegalBasisSchema,
  ReferencesSchema,
  WritingLanguageSchema,
} from '../subjects/reference.js';
import { type Check, checkEach } from '../subjects/report.js';
import { choice, closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';
import { checkOffered, OfferedSchema } from './offered-content.js';

export const DisclosureOfferSchema = Type.Object(
  {
    ...written,
    references: ReferencesSchema,
    legalBasis: Type.Array(LegalBasisSchema, { minItems: 1, maxItems: 10 }),
    nature: ProseSchema,
    urgency: choice(PRIORITIES),
    language: WritingLanguageSchema,
    ...OfferedSchema,
    /** How long the content may be kept: a recipient must know before it accepts. */
    retention: Type.Object({ reviewOn: DateSchema, eraseOn: DateSchema }, closed),
    contacts: Type.Array(ContactSchema, { minItems: 1, maxItems: 10 }),
  },
  closed,
);
export type DisclosureOffer = Static<typeof DisclosureOfferSchema>;

const check: Check<DisclosureOffer> = (body, _at, report) => {
  checkEach(body.legalBasis, 'legalBasis', report, checkLegalBasis);
  checkProse(body.nature, 'nature', report);
  checkWritingLanguage(body.language, 'language', report);
  checkOffered(body, report);
  checkDate(body.retention.reviewOn, 'retention.reviewOn', report);
  checkDate(body.retention.eraseOn, 'retention.eraseOn', report);
  checkOrder(body.retention.reviewOn, body.retention.eraseOn, 'retention.eraseOn', report);
  checkEach(body.contacts, 'contacts', report, checkContact);
};

export const disclosureOffer = defineKind('disclosure.offer', 'offer of a disclosure', DisclosureOfferSchema, check);
