/**
 * The directory entry: what an agency says of itself, signed by it, published through its chain. It expires unless confirmed
 * again (CAC/COSP/EG.1/2020 ¶91). Self-declared: the signature proves who said it, not that it is so.
 */
import { type Static, Type } from 'typebox';
import { parserOf } from '../encoding/schema.js';
import { AgencyIdSchema, HashSchema, TimeMsSchema } from '../ids.js';
import { checkDate, DateSchema } from '../subjects/calendar-date.js';
import { assertChecked } from '../subjects/checked.js';
import { CountrySchema, checkCountry, checkLanguage, LanguageSchema } from '../subjects/codes.js';
import { type Check, checkEach } from '../subjects/report.js';
import { choice, closed, line } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { checkDutyRoster, DutyRosterSchema } from './duty-roster.js';
import { REQUIREMENTS } from './requirements.js';

/** The five authority types of the Convention (¶76-77), then those that work with them. */
export const AUTHORITY_TYPES = [
  'mla-central-authority',
  'prevention',
  'asset-recovery',
  'extradition',
  'civil-administrative',
  'fiu',
  'aca',
  'prosecutor',
  'liaison',
] as const;
export type AuthorityType = (typeof AUTHORITY_TYPES)[number];

const languages = Type.Array(LanguageSchema, { minItems: 1, maxItems: 40, uniqueItems: true });

export const DirectoryEntrySchema = Type.Object(
  {
    agency: AgencyIdSchema,
    state: CountrySchema,
    authorityTypes: Type.Array(choice(AUTHORITY_TYPES), { minItems: 1, uniqueItems: true }),
    /** The official name in its own language, and in English. */
    names: Type.Object({ original: line(300), language: LanguageSchema, english: line(300) }, closed),
    competences: ProseSchema,
    channels: Type.Array(
      Type.Object(
        {
          type: choice([
            'holdfast',
            'egmont',
            'interpol-i247',
            'siena',
            'arin',
            'globe',
            'fiu-net',
            'e-codex',
            'diplomatic',
            'email',
            'post',
            'other',
          ]),
          detail: Type.Optional(line(300)),
        },
        closed,
      ),
      { minItems: 1, maxItems: 30 },
    ),
    languages,
    uncacAsBasis: Type.Object({ accepted: Type.Boolean(), note: Type.Optional(ProseSchema) }, closed),
    diplomaticChannelRule: choice(['not-needed', 'original-follows', 'always']),
    directContactRule: choice(['allowed', 'urgent-only', 'not-allowed']),
    networks: Type.Array(line(100), { maxItems: 40, uniqueItems: true }),
    agreements: Type.Array(
      Type.Object({ title: line(300), with: Type.Array(CountrySchema, { maxItems: 200, uniqueItems: true }) }, closed),
      { maxItems: 100 },
    ),
    dutyRoster: DutyRosterSchema,
    delegates: Type.Array(Type.Object({ role: line(200), scope: line(500), until: DateSchema }, closed), {
      maxItems: 50,
    }),
    /** Approvers besides the drafter that the agency asks of itself; one where nothing is said. */
    approvals: Type.Optional(Type.Object({ required: Type.Union([Type.Literal(1), Type.Literal(2)]) }, closed)),
    /** What an incoming request must have; checked at the sender, before sending (¶63). */
    requirements: Type.Array(
      Type.Object({ requires: choice(REQUIREMENTS), note: Type.Optional(ProseSchema) }, closed),
      { maxItems: REQUIREMENTS.length },
    ),
    /** Hashes of restrictions accepted in advance (spec 40, "Terms"). */
    acceptedTerms: Type.Array(HashSchema, { maxItems: 100, uniqueItems: true }),
    verifiedOnMs: TimeMsSchema,
    expiresAtMs: TimeMsSchema,
  },
  closed,
);
export type DirectoryEntry = Static<typeof DirectoryEntrySchema>;

const parseShape = parserOf('directory entry', DirectoryEntrySchema, 'message.invalid');

const check: Check<DirectoryEntry> = (entry, _at, report) => {
  checkCountry(entry.state, 'state', report);
  if (!entry.agency.startsWith(`${entry.state.toLowerCase()}-`))
    report('agency', `${entry.agency} does not begin with the code of ${entry.state}`);
  checkLanguage(entry.names.language, 'names.language', report);
  checkProse(entry.competences, 'competences', report);
  checkEach(entry.languages, 'languages', report, checkLanguage);
  if (entry.uncacAsBasis.note !== undefined) checkProse(entry.uncacAsBasis.note, 'uncacAsBasis.note', report);
  entry.agreements.forEach((agreement, index) => {
    checkEach(agreement.with, `agreements.${index}.with`, report, checkCountry);
  });
  checkDutyRoster(entry.dutyRoster, 'dutyRoster', report);
  entry.delegates.forEach(({ until }, index) => {
    checkDate(until, `delegates.${index}.until`, report);
  });
  entry.requirements.forEach(({ note }, index) => {
    if (note !== undefined) checkProse(note, `requirements.${index}.note`, report);
  });
  if (entry.expiresAtMs <= entry.verifiedOnMs) report('expiresAtMs', 'is not after verifiedOnMs');
};

/** Reads a directory entry. Whether it has expired is asked when it is used. @throws ProtocolError `message.invalid` with the issues */
export function parseDirectoryEntry(value: unknown): DirectoryEntry {
  const entry = parseShape(value);
  assertChecked('directory entry', 'message.invalid', entry, check);
  return entry;
}
