/**
 * `freeze.request`: the temporary-freeze alert itself. Spec 40-messages, "freeze.request"; articles 46(4), 54(2), 55, 56.
 * Every asset carries the measure asked for it and the `assetRef` under which its state is kept from then on.
 */
import { type Static, Type } from 'typebox';
import { PRIORITIES } from '../envelope/core.js';
import { HashSchema, TimeMsSchema } from '../ids.js';
import { AssetSchema } from '../subjects/asset.js';
import { assetKey, checkAsset } from '../subjects/asset-check.js';
import { checkDate, checkNotLater, DateSchema } from '../subjects/calendar-date.js';
import { checkOffence, OffenceSchema } from '../subjects/offence.js';
import {
  AttachmentsSchema,
  ContactSchema,
  checkAttached,
  checkAttachments,
  checkContact,
  checkLegalBasis,
  checkOrderDate,
  checkWritingLanguage,
  LegalBasisSchema,
  OrderSchema,
  ReferencesSchema,
  WritingLanguageSchema,
} from '../subjects/reference.js';
import { type Check, checkEach, checkUnique, type Report } from '../subjects/report.js';
import { choice, closed, line, tagged } from '../subjects/shape.js';
import { checkOwnership, checkSubject, OwnershipSchema, SubjectSchema } from '../subjects/subject.js';
import { checkProse, LongProseSchema, ProseSchema } from '../subjects/text.js';
import { instant, written } from './common.js';
import { defineKind } from './kind.js';

/** The request for mutual legal assistance that is to follow; a freeze buys time for it and for nothing else. */
const MlaSchema = tagged('kind', {
  planned: Type.Object(
    {
      kind: Type.Literal('planned'),
      on: DateSchema,
      centralAuthority: line(300),
      channel: line(200),
      advanceCopyHash: Type.Optional(HashSchema),
    },
    closed,
  ),
  sent: Type.Object(
    {
      kind: Type.Literal('sent'),
      on: DateSchema,
      centralAuthority: line(300),
      channel: line(200),
      reference: line(128),
      advanceCopyHash: Type.Optional(HashSchema),
    },
    closed,
  ),
  'not-intended': Type.Object({ kind: Type.Literal('not-intended'), reason: ProseSchema }, closed),
});

const BasisSchema = Type.Object(
  {
    facts: LongProseSchema,
    /** What ties these assets to this offence. */
    link: ProseSchema,
    stage: choice(['analysis', 'inquiry', 'investigation', 'prosecution', 'trial', 'judgment']),
    /** The provision under which the requesting State could do the same itself. */
    ownPower: ProseSchema,
    existingOrder: Type.Optional(OrderSchema),
    reciprocity: choice(['assured', 'by-treaty', 'not-assured']),
  },
  closed,
);

/**
 * What its own check told the sender, and why it was sent nevertheless. The codes are those of spec 56; a list of open form, so that no
 * alert is refused over a warning that the recipient's version does not know.
 */
export const InsistedSchema = Type.Object(
  {
    codes: Type.Array(
      Type.String({ pattern: '^[a-z]+\\.[a-z-]+$', maxLength: 64, description: 'code of an advice, as in spec 56' }),
      { minItems: 1, maxItems: 50, uniqueItems: true },
    ),
    reason: ProseSchema,
  },
  closed,
);

const HandlingSchema = Type.Object(
  {
    mayTellInstitution: Type.Boolean(),
    mayTellClient: choice(['no', 'after-consent', 'as-law-requires']),
    /** Reached by telephone day and night. */
    dutyContact: ContactSchema,
    /** The same asked elsewhere: INTERPOL, Egmont, SIENA … */
    priorRequests: Type.Optional(
      Type.Array(Type.Object({ channel: line(100), reference: line(128), on: DateSchema }, closed), { maxItems: 20 }),
    ),
    /** Only where something blocked the sending and the sender insisted. */
    insisted: Type.Optional(InsistedSchema),
  },
  closed,
);

export const FreezeRequestSchema = Type.Object(
  {
    ...written,
    urgency: choice(PRIORITIES),
    references: ReferencesSchema,
    legalBasis: Type.Array(LegalBasisSchema, { minItems: 1, maxItems: 10 }),
    language: WritingLanguageSchema,
    subjects: Type.Array(SubjectSchema, { minItems: 1, maxItems: 100 }),
    ownership: Type.Optional(Type.Array(OwnershipSchema, { maxItems: 200 })),
    assets: Type.Array(AssetSchema, { minItems: 1, maxItems: 200 }),
    risk: Type.Object({ evidence: ProseSchema, transferExpectedAtMs: Type.Optional(TimeMsSchema) }, closed),
    offences: Type.Array(OffenceSchema, { minItems: 1, maxItems: 20 }),
    basis: BasisSchema,
    mla: MlaSchema,
    handling: HandlingSchema,
    attachments: Type.Optional(AttachmentsSchema),
  },
  closed,
);
export type FreezeRequest = Static<typeof FreezeRequestSchema>;

const check: Check<FreezeRequest> = (body, _at, report) => {
  checkEach(body.legalBasis, 'legalBasis', report, checkLegalBasis);
  checkWritingLanguage(body.language, 'language', report);
  const subjects = checkSubjects(body, report);
  checkUnique(body.assets, 'assets', report, 'assetRef', ({ assetRef }) => assetRef);
  checkUnique(body.assets, 'assets', report, 'kind', assetKey);
  body.assets.forEach((asset, index) => {
    checkAsset(asset, `assets.${index}`, report, subjects);
    if (asset.amount !== undefined)
      checkNotLater(asset.amount.asAt, body.writtenAtMs, `assets.${index}.amount.asAt`, report);
  });
  checkProse(body.risk.evidence, 'risk.evidence', report);
  checkEach(body.offences, 'offences', report, checkOffence);
  checkBasis(body, report);
  checkMla(body, report);
  checkContact(body.handling.dutyContact, 'handling.dutyContact', report);
  if (body.handling.dutyContact.phone === undefined)
    report('handling.dutyContact.phone', 'is missing: the duty contact is reached by telephone');
  body.handling.priorRequests?.forEach(({ on }, index) => {
    checkDate(on, `handling.priorRequests.${index}.on`, report);
    checkNotLater(on, body.writtenAtMs, `handling.priorRequests.${index}.on`, report);
  });
  if (body.handling.insisted !== undefined)
    checkProse(body.handling.insisted.reason, 'handling.insisted.reason', report);
  checkAttachments(body.attachments, 'attachments', report);
};

function checkSubjects(body: FreezeRequest, report: Report): ReadonlySet<string> {
  const refs = new Set(body.subjects.map(({ subjectRef }) => subjectRef));
  checkUnique(body.subjects, 'subjects', report, 'subjectRef', ({ subjectRef }) => subjectRef);
  checkEach(body.subjects, 'subjects', report, checkSubject);
  checkEach(body.ownership, 'ownership', report, checkOwnership);
  body.ownership?.forEach(({ owner, owned }, index) => {
    if (!refs.has(owner)) report(`ownership.${index}.owner`, `${owner} is not among the subjects`);
    if (!refs.has(owned)) report(`ownership.${index}.owned`, `${owned} is not among the subjects`);
  });
  return refs;
}

function checkBasis({ basis, attachments }: FreezeRequest, report: Report): void {
  checkProse(basis.facts, 'basis.facts', report);
  checkProse(basis.link, 'basis.link', report);
  checkProse(basis.ownPower, 'basis.ownPower', report);
  if (basis.existingOrder === undefined) return;
  checkOrderDate(basis.existingOrder, 'basis.existingOrder', report);
  checkAttached(basis.existingOrder.attachment, attachments, 'basis.existingOrder.attachment', report);
}

function checkMla({ mla, writtenAtMs }: FreezeRequest, report: Report): void {
  if (mla.kind === 'not-intended') {
    checkProse(mla.reason, 'mla.reason', report);
    return;
  }
  checkDate(mla.on, 'mla.on', report);
  if (mla.kind === 'sent') checkNotLater(mla.on, writtenAtMs, 'mla.on', report);
  else if (mla.on < instant(writtenAtMs - 86_400_000).slice(0, 10))
    report('mla.on', `${mla.on} is planned for a day before this was written`);
}

export const freezeRequest = defineKind('freeze.request', 'freeze request', FreezeRequestSchema, check);
