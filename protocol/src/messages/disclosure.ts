/**
 * `disclosure`: what one authority tells another unasked (articles 46(4), 56). Spec 40-messages, "disclosure".
 * Who and what stands in FollowTheMoney entities; what may be done with it, in `restrictions`.
 */
import { type Static, Type } from 'typebox';
import { PRIORITIES } from '../envelope/core.js';
import { checkDate, checkNotLater, checkOrder, DateSchema, PartialDateSchema } from '../subjects/calendar-date.js';
import { checkEntities, EntitySchema } from '../subjects/entity.js';
import { checkOffence, OffenceSchema } from '../subjects/offence.js';
import {
  AttachmentsSchema,
  ContactSchema,
  checkAttachments,
  checkContact,
  checkLegalBasis,
  checkWritingLanguage,
  LegalBasisSchema,
  ReferencesSchema,
  WritingLanguageSchema,
} from '../subjects/reference.js';
import { type Check, checkEach } from '../subjects/report.js';
import { checkRestrictions, RestrictionsSchema } from '../subjects/restrictions.js';
import { choice, closed, line } from '../subjects/shape.js';
import { checkProse, LongProseSchema, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

/** Europol 4x4: how reliable the source is known to be; X where it cannot be told. */
export const SOURCE_GRADES = ['A', 'B', 'C', 'X'] as const;
/** Europol 4x4: 1 known to be true, 2 known to the source itself, 3 hearsay that fits, 4 cannot be judged. */
export const INFORMATION_GRADES = ['1', '2', '3', '4'] as const;

export const DisclosureSchema = Type.Object(
  {
    ...written,
    references: ReferencesSchema,
    legalBasis: Type.Array(LegalBasisSchema, { minItems: 1, maxItems: 10 }),
    /** What it is about, without the content: all that is shown before the terms are accepted. */
    nature: ProseSchema,
    urgency: choice(PRIORITIES),
    language: WritingLanguageSchema,
    entities: Type.Array(EntitySchema, { minItems: 1, maxItems: 2000 }),
    offences: Type.Array(OffenceSchema, { minItems: 1, maxItems: 20 }),
    modusOperandi: LongProseSchema,
    period: Type.Object({ from: PartialDateSchema, to: Type.Optional(PartialDateSchema) }, closed),
    sourceGrade: choice(SOURCE_GRADES),
    informationGrade: choice(INFORMATION_GRADES),
    restrictions: RestrictionsSchema,
    personalData: Type.Object(
      {
        law: line(300),
        provision: line(100),
        purpose: ProseSchema,
        /** Whether data on health, belief, origin and the like are in it, which many laws guard more closely. */
        specialCategories: Type.Boolean(),
      },
      closed,
    ),
    retention: Type.Object({ reviewOn: DateSchema, eraseOn: DateSchema }, closed),
    attachments: AttachmentsSchema,
    feedback: Type.Object(
      {
        wanted: Type.Boolean(),
        by: Type.Optional(DateSchema),
        questions: Type.Optional(Type.Array(ProseSchema, { maxItems: 20 })),
      },
      closed,
    ),
    /** Without prejudice to the sender's own inquiries (46(5)): how careful the recipient must be. */
    ownCase: Type.Object(
      { status: choice(['none', 'analysis', 'covert', 'open', 'in-court']), care: Type.Optional(ProseSchema) },
      closed,
    ),
    contacts: Type.Array(ContactSchema, { minItems: 1, maxItems: 10 }),
  },
  closed,
);
export type Disclosure = Static<typeof DisclosureSchema>;

const check: Check<Disclosure> = (body, _at, report) => {
  checkEach(body.legalBasis, 'legalBasis', report, checkLegalBasis);
  checkProse(body.nature, 'nature', report);
  checkWritingLanguage(body.language, 'language', report);
  checkEntities(body.entities, 'entities', report);
  checkEach(body.offences, 'offences', report, checkOffence);
  checkProse(body.modusOperandi, 'modusOperandi', report);
  checkDate(body.period.from, 'period.from', report);
  checkNotLater(body.period.from, body.writtenAtMs, 'period.from', report);
  if (body.period.to !== undefined) {
    checkDate(body.period.to, 'period.to', report);
    const known = Math.min(body.period.from.length, body.period.to.length);
    checkOrder(body.period.from.slice(0, known), body.period.to.slice(0, known), 'period.to', report);
  }
  checkRestrictions(body.restrictions, 'restrictions', report);
  checkProse(body.personalData.purpose, 'personalData.purpose', report);
  checkDate(body.retention.reviewOn, 'retention.reviewOn', report);
  checkDate(body.retention.eraseOn, 'retention.eraseOn', report);
  checkOrder(body.retention.reviewOn, body.retention.eraseOn, 'retention.eraseOn', report);
  checkAttachments(body.attachments, 'attachments', report);
  if (body.feedback.by !== undefined) checkDate(body.feedback.by, 'feedback.by', report);
  checkEach(body.feedback.questions, 'feedback.questions', report, checkProse);
  if (body.ownCase.care !== undefined) checkProse(body.ownCase.care, 'ownCase.care', report);
  checkEach(body.contacts, 'contacts', report, checkContact);
};

export const disclosure = defineKind('disclosure', 'disclosure', DisclosureSchema, check);
