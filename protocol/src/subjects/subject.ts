/**
 * Subjects: the people and organisations that a freeze is about, by `subjectRef` within the message, and who owns whom.
 */
import { type Static, Type } from 'typebox';
import { DecimalSchema } from './amount.js';
import { checkDate, checkOrder, DateSchema, PartialDateSchema } from './calendar-date.js';
import { CountrySchema, checkCountry } from './codes.js';
import { checkLei } from './identifiers.js';
import { checkNames, NameSchema } from './person-name.js';
import { type Check, checkEach } from './report.js';
import { choice, closed, line, shortId, tagged } from './shape.js';

export const SubjectRefSchema = shortId('reference to a subject within this message');

export const IDENTIFIER_TYPES = [
  'passport',
  'national-id',
  'tax',
  'social-security',
  'company-register',
  'lei',
  'vat',
  'imo',
  'other',
] as const;
export const IdentifierSchema = Type.Object(
  {
    type: choice(IDENTIFIER_TYPES),
    value: line(100),
    country: Type.Optional(CountrySchema),
    issuedOn: Type.Optional(DateSchema),
    expiresOn: Type.Optional(DateSchema),
  },
  closed,
);
export type Identifier = Static<typeof IdentifierSchema>;

export const AddressSchema = Type.Object({ full: line(500), country: Type.Optional(CountrySchema) }, closed);

export const SUBJECT_ROLES = [
  'suspect',
  'accused',
  'convicted',
  'beneficial-owner',
  'account-holder',
  'facilitator',
  'family-or-associate',
  'victim',
  'third-party',
] as const;

/** Politically exposed: by own office, or as family or close associate (article 52(1)). */
export const PepSchema = Type.Object(
  {
    relation: choice(['self', 'family', 'associate']),
    office: line(300),
    country: CountrySchema,
    from: Type.Optional(PartialDateSchema),
    to: Type.Optional(PartialDateSchema),
  },
  closed,
);

const common = {
  subjectRef: SubjectRefSchema,
  names: Type.Array(NameSchema, { minItems: 1, maxItems: 40 }),
  role: choice(SUBJECT_ROLES),
  identifiers: Type.Optional(Type.Array(IdentifierSchema, { maxItems: 40 })),
  addresses: Type.Optional(Type.Array(AddressSchema, { maxItems: 20 })),
};

export const PersonSchema = Type.Object(
  {
    kind: Type.Literal('person'),
    ...common,
    bornOn: Type.Optional(PartialDateSchema),
    birthPlace: Type.Optional(line(200)),
    diedOn: Type.Optional(PartialDateSchema),
    nationalities: Type.Optional(Type.Array(CountrySchema, { maxItems: 10 })),
    pep: Type.Optional(PepSchema),
  },
  closed,
);
export const OrganisationSchema = Type.Object(
  {
    kind: Type.Literal('organisation'),
    ...common,
    legalForm: Type.Optional(line(100)),
    registeredIn: CountrySchema,
    registeredOn: Type.Optional(PartialDateSchema),
    dissolvedOn: Type.Optional(PartialDateSchema),
  },
  closed,
);
export const SubjectSchema = tagged('kind', { person: PersonSchema, organisation: OrganisationSchema });
export type Subject = Static<typeof SubjectSchema>;

export const checkSubject: Check<Subject> = (subject, at, report) => {
  checkNames(subject.names, `${at}.names`, report);
  checkEach(subject.identifiers, `${at}.identifiers`, report, checkIdentifier);
  subject.addresses?.forEach(({ country }, index) => {
    if (country !== undefined) checkCountry(country, `${at}.addresses.${index}.country`, report);
  });
  if (subject.kind === 'organisation') {
    checkCountry(subject.registeredIn, `${at}.registeredIn`, report);
    checkSpan(subject.registeredOn, subject.dissolvedOn, `${at}.registeredOn`, `${at}.dissolvedOn`, report);
    return;
  }
  checkSpan(subject.bornOn, subject.diedOn, `${at}.bornOn`, `${at}.diedOn`, report);
  checkEach(subject.nationalities, `${at}.nationalities`, report, checkCountry);
  if (subject.pep !== undefined) {
    checkCountry(subject.pep.country, `${at}.pep.country`, report);
    checkSpan(subject.pep.from, subject.pep.to, `${at}.pep.from`, `${at}.pep.to`, report);
  }
};

const checkIdentifier: Check<Identifier> = (identifier, at, report) => {
  if (identifier.type === 'lei') checkLei(identifier.value, `${at}.value`, report);
  if (identifier.country !== undefined) checkCountry(identifier.country, `${at}.country`, report);
  checkSpan(identifier.issuedOn, identifier.expiresOn, `${at}.issuedOn`, `${at}.expiresOn`, report);
};

function checkSpan(
  from: string | undefined,
  to: string | undefined,
  fromAt: string,
  toAt: string,
  report: Parameters<typeof checkDate>[2],
): void {
  if (from !== undefined) checkDate(from, fromAt, report);
  if (to !== undefined) checkDate(to, toAt, report);
  // Partial dates are compared only as far as both are known.
  const known = Math.min(from?.length ?? 0, to?.length ?? 0);
  checkOrder(from?.slice(0, known), to?.slice(0, known), toAt, report);
}

/** Who holds or controls which organisation among the subjects. */
export const OwnershipSchema = Type.Object(
  {
    owner: SubjectRefSchema,
    owned: SubjectRefSchema,
    by: choice(['shares', 'votes', 'beneficial-ownership', 'control', 'nominee', 'trust']),
    percent: Type.Optional(DecimalSchema),
    asAt: Type.Optional(DateSchema),
  },
  closed,
);
export type Ownership = Static<typeof OwnershipSchema>;

export const checkOwnership: Check<Ownership> = (ownership, at, report) => {
  if (ownership.owner === ownership.owned) report(`${at}.owned`, 'is its own owner');
  if (ownership.percent !== undefined && Number(ownership.percent) > 100) report(`${at}.percent`, 'is more than 100');
  if (ownership.asAt !== undefined) checkDate(ownership.asAt, `${at}.asAt`, report);
};
