/** Directory entry and capability record: what is refused, and what a sender is told about a request before it goes out. */
import { readFileSync } from 'node:fs';
import {
  type Advice,
  type CapabilityRecord,
  checkAgainstCapability,
  checkRequirements,
  isProtocolError,
  type MessageBody,
  measureFor,
  parseCapabilityRecord,
  parseDirectoryEntry,
  parseMessage,
  REQUIREMENTS,
  type Requirement,
} from '@holdfast/protocol';
import t from 'tap';

const NOW = Date.parse('2026-04-01T08:00:00Z');
const YEAR = 365 * 86_400_000;
const prose = (text: string) => ({ language: 'en', text });
const contact = { role: 'duty officer', phone: '+998 31 5550 077' };
const calendar = { timeZone: 'Europe/Zurich', weekend: [6, 7], holidays: ['2026-04-03', '2026-04-06'] };
const duration = {
  number: 5,
  unit: 'working-days',
  calendar,
  startEvent: 'issue',
  firstDay: 'not-counted',
  dayEnd: { kind: 'midnight' },
  lastDay: 'as-it-falls',
  extensions: { count: 0 },
  silence: 'no-effect',
  automaticLift: ['No order of a prosecutor by the end'],
};

const ENTRY = {
  agency: 'xb-fiu',
  state: 'XB',
  authorityTypes: ['fiu'],
  names: {
    original: 'Service de renseignement financier de Belmora',
    language: 'fr',
    english: 'Financial Intelligence Unit of Belmora',
  },
  competences: prose('Reports of suspicion, suspension of transactions.'),
  channels: [{ type: 'holdfast' }, { type: 'egmont', detail: 'secure web' }],
  languages: ['en', 'fr'],
  uncacAsBasis: { accepted: true },
  diplomaticChannelRule: 'original-follows',
  directContactRule: 'urgent-only',
  networks: ['Egmont Group'],
  agreements: [{ title: 'Memorandum with the FIU of Arvenia', with: ['XA'] }],
  dutyRoster: { hours: 'day and night', contacts: [contact], lastLiveTestOn: '2026-03-01' },
  delegates: [{ role: 'liaison officer', scope: 'advance copies', until: '2027-01-01' }],
  requirements: [{ requires: 'dated-amount' }],
  acceptedTerms: ['XTYmuc82eeLBmVT7sofpajbMWnf0jpY7MjttgW0Vybo'],
  verifiedOnMs: NOW - 30 * 86_400_000,
  expiresAtMs: NOW + YEAR,
};

const RECORD = {
  agency: 'xb-fiu',
  power: 'direct',
  actsForForeignFiu: true,
  actsForForeignAca: false,
  thresholds: [{ value: '10000', currency: 'EUR' }],
  measures: [{ action: 'account', instrument: 'suspension order', assetTypes: ['account', 'securities'], duration }],
  clientNotification: 'no',
  appeal: prose('To the administrative court within 10 days.'),
  languages: ['en'],
  hours: 'Monday to Friday 08:00 to 17:00, duty desk day and night',
  calendar,
  law: { url: 'https://law.xb.example/aml/31', quotation: prose('The unit may suspend a transaction.') },
  selfDeclaredAtMs: NOW - 30 * 86_400_000,
  expiresAtMs: NOW + YEAR,
  confirmed: true,
};

function issuesOf(parse: (value: unknown) => unknown, value: unknown): string[] {
  try {
    parse(value);
  } catch (error) {
    if (!isProtocolError(error, 'message.invalid')) throw error;
    return error.issues.map(({ field, reason }) => `${field} ${reason}`);
  }
  return [];
}

t.test('directory entry', async (t) => {
  t.equal(parseDirectoryEntry(ENTRY), ENTRY);
  for (const name of Object.keys(ENTRY))
    t.match(
      issuesOf(parseDirectoryEntry, { ...ENTRY, [name]: undefined }).join(),
      new RegExp(`^${name} |,${name} `),
      name,
    );
  const entry = (edit: object): string[] => issuesOf(parseDirectoryEntry, { ...ENTRY, ...edit });
  t.match(entry({ state: 'XA' }), ['agency xb-fiu does not begin with the code of XA']);
  t.match(entry({ authorityTypes: ['police'] }), [/^authorityTypes\.0 must be one of: mla-central-authority/]);
  t.match(entry({ acceptedTerms: ['short'] }), [/^acceptedTerms\.0 does not have the form of: SHA-256 value/]);
  t.match(entry({ expiresAtMs: NOW - 30 * 86_400_000 }), ['expiresAtMs is not after verifiedOnMs']);
  t.match(
    entry({ dutyRoster: { hours: 'office hours', contacts: [{ role: 'desk', email: 'desk@fiu.xb.example' }] } }),
    ['dutyRoster.contacts has no telephone number'],
  );
  const schedule = (edit: object): string[] =>
    entry({
      dutyRoster: {
        ...ENTRY.dutyRoster,
        schedule: {
          timeZone: 'Europe/Zurich',
          shifts: [{ days: [1], from: '08:00', until: '24:00' }],
          holidays: [],
          ...edit,
        },
      },
    });
  t.same(schedule({}), []);
  t.match(schedule({ timeZone: 'Europe/Belmora' }), ['dutyRoster.schedule.timeZone Europe/Belmora is not a time zone']);
  t.match(schedule({ holidays: ['2026-02-30'] }), [/^dutyRoster\.schedule\.holidays\.0 2026-02-30 is not a date/]);
  t.match(schedule({ shifts: [{ days: [1], from: '24:00', until: '08:00' }] }), [
    /^dutyRoster\.schedule\.shifts\.0\.from /,
  ]);
  t.match(schedule({ shifts: [{ days: [8], from: '08:00', until: '09:00' }] }), [
    /^dutyRoster\.schedule\.shifts\.0\.days/,
  ]);
  t.match(schedule({ shifts: [] }), [/^dutyRoster\.schedule\.shifts /]);
  t.match(entry({ languages: ['xq'] }), [/^languages\.0 xq is not a language code/]);
  t.match(entry({ agreements: [{ title: 'M', with: ['UK'] }] }), [/^agreements\.0\.with\.0 UK is not a country/]);
});

t.test('capability record', async (t) => {
  t.equal(parseCapabilityRecord(RECORD), RECORD);
  for (const name of Object.keys(RECORD))
    t.match(
      issuesOf(parseCapabilityRecord, { ...RECORD, [name]: undefined }).join(),
      new RegExp(`^${name} |,${name} `),
      name,
    );
  const record = (edit: object): string[] => issuesOf(parseCapabilityRecord, { ...RECORD, ...edit });
  t.match(record({ power: 'indirect' }), ['through is missing: the power is indirect']);
  t.match(record({ power: 'none', through: 'the prosecutor' }), ['measures must be empty where there is no power']);
  t.match(record({ measures: [] }), ['measures is empty, though the power is direct']);
  t.match(record({ measures: [...RECORD.measures, ...RECORD.measures] }), [
    /^measures\.1\.assetTypes account of account stands/,
    /securities/,
  ]);
  t.match(record({ measures: [{ ...RECORD.measures[0], duration: 5 }] }), [/^measures\.0\.duration must be object/]);
  t.match(record({ calendar: { ...calendar, timeZone: 'Europe/Belmora' } }), [
    'calendar.timeZone Europe/Belmora is not a time zone',
  ]);
  t.match(record({ thresholds: [{ value: '1', currency: 'EUX' }] }), [/^thresholds\.0\.currency EUX/]);
  t.same(
    record({ law: undefined, confirmed: false, source: 'Domain brief, not verified' }),
    [],
    'a sample may cite none',
  );
  t.match(record({ source: 'Domain brief, not verified' }), [/^source stands only beside figures/]);
  const hour = { number: 1, unit: 'hours' };
  t.same(record({ answerTimes: { acknowledge: { flash: hour } } }), []);
  t.match(record({ answerTimes: { decide: { flash: { number: 1 } } } }), [
    /^answerTimes\.decide\.flash\.unit is missing/,
  ]);
  t.match(record({ law: { ...RECORD.law, url: 'http://law.xb.example' } }), [
    /^law\.url does not have the form of: https address/,
  ]);
});

const REQUEST = parseMessage(
  'freeze.request',
  (JSON.parse(readFileSync('protocol/vectors/messages/freeze.request.json', 'utf8')) as { body: unknown }).body,
).body;
const account = REQUEST.assets.filter(({ assetRef }) => assetRef === 'a1');
const simple: MessageBody<'freeze.request'> = { ...REQUEST, assets: account };

const adviceOf = (edit: Partial<CapabilityRecord> | object, request = simple, nowMs = NOW): readonly Advice[] =>
  checkAgainstCapability(request, parseCapabilityRecord({ ...RECORD, ...edit }), nowMs);
const codes = (advice: readonly Advice[]): string[] => advice.map(({ code }) => code);

t.test('a request against a capability record', async (t) => {
  t.same(adviceOf({}), [], 'nothing to say');
  t.match(adviceOf({}, simple, RECORD.expiresAtMs), [
    { code: 'capability.expired', blocks: true, text: /expired at 2027-04-01/ },
  ]);
  t.same(
    codes(adviceOf({}, simple, RECORD.expiresAtMs - 1)),
    ['capability.old'],
    'relied on to the last, and said to be old',
  );
  t.match(adviceOf({ power: 'none', through: 'the Prosecutor General', measures: [] }), [
    { code: 'capability.no-power', blocks: true, text: /turn to the Prosecutor General/ },
  ]);
  t.match(adviceOf({ power: 'indirect', through: 'the Prosecutor General' }), [
    { code: 'capability.indirect', blocks: false },
  ]);
  t.match(adviceOf({ actsForForeignFiu: false }), [{ code: 'capability.not-for-foreign', blocks: true }]);
  t.match(adviceOf({ confirmed: false }), [{ code: 'capability.unconfirmed', blocks: false }]);
  t.match(adviceOf({ clientNotification: 'at-once' }), [{ code: 'capability.client-notified', blocks: false }]);
  t.match(adviceOf({ languages: ['es'] }), [{ code: 'capability.language', text: /reads es/ }]);
  t.match(adviceOf({ thresholds: [{ value: '2000000', currency: 'EUR' }] }), [
    { code: 'capability.threshold', field: 'assets.0.amount' },
  ]);
  t.same(codes(adviceOf({ thresholds: [{ value: '2000000', currency: 'USD' }] })), [], 'no rates are guessed');
  t.match(adviceOf({ measures: [{ ...RECORD.measures[0], action: 'monitor' }] }), [
    { code: 'capability.nothing-possible', blocks: true, field: 'assets' },
    { code: 'capability.measure', field: 'assets.0.measure.action', text: /it has: monitor/ },
  ]);
  t.match(adviceOf({ measures: [{ ...RECORD.measures[0], duration: { ...duration, number: 72, unit: 'hours' } }] }), [
    {
      code: 'capability.shorter',
      text: /72 hours, from issue on Wednesday 1 April 2026 10:00: Saturday 4 April 2026 10:00/,
    },
  ]);
  t.same(
    codes(adviceOf({ measures: [{ ...RECORD.measures[0], duration: { ...duration, number: 1, unit: 'months' } }] })),
    [],
  );
  t.match(
    adviceOf({
      measures: [{ ...RECORD.measures[0], duration: { ...duration, silence: 'consent-to-the-transaction' } }],
    }),
    [{ code: 'capability.silence-releases' }],
  );
  const all = checkAgainstCapability(REQUEST, parseCapabilityRecord(RECORD), NOW);
  t.same(
    all.filter(({ code }) => code === 'capability.asset-type').map(({ field }) => field),
    ['assets.2.kind', 'assets.3.kind', 'assets.5.kind', 'assets.6.kind'],
  );
  const bribery = {
    ...simple,
    offences: [{ ...(REQUEST.offences[0] as (typeof REQUEST.offences)[number]), uncacArticle: '20' }],
  };
  t.match(adviceOf({}, bribery), [
    { code: 'offence.dual-criminality', blocks: false, text: /article 20, Illicit enrichment/ },
  ]);
  const both = adviceOf({ confirmed: false }, simple, RECORD.expiresAtMs);
  t.same(codes(both), ['capability.expired', 'capability.unconfirmed'], 'what blocks comes first');
  t.equal(measureFor(parseCapabilityRecord(RECORD), 'account', 'securities')?.instrument, 'suspension order');
  t.equal(measureFor(parseCapabilityRecord(RECORD), 'account', 'virtual-asset'), undefined);
});

t.test('a request against published requirements', async (t) => {
  const lacking = (requires: Requirement, request = simple): string[] =>
    checkRequirements(request, [{ requires }]).map(({ field }) => field);
  const complete: Requirement[] = REQUIREMENTS.filter((requirement) => lacking(requirement).length === 0);
  t.same(complete, [...REQUIREMENTS], 'the golden request, with its full account, lacks nothing');
  const bare = structuredClone(REQUEST);
  delete bare.risk.transferExpectedAtMs;
  delete bare.basis.existingOrder;
  bare.basis.reciprocity = 'not-assured';
  bare.mla = { kind: 'not-intended', reason: prose('None.') };
  for (const subject of bare.subjects) {
    delete subject.identifiers;
    if (subject.kind === 'person') delete subject.bornOn;
  }
  const expected: Record<Requirement, string[]> = {
    'birth-date': ['subjects.0.bornOn'],
    identifier: ['subjects.0.identifiers', 'subjects.1.identifiers'],
    'dated-amount': [1, 2, 3, 4, 5, 6].map((index) => `assets.${index}.amount`),
    'institution-code': [],
    'beneficial-owner': ['assets.1.beneficialOwners'],
    'expected-transfer': ['risk.transferExpectedAtMs'],
    'existing-order': ['basis.existingOrder'],
    'mla-intention': ['mla.kind'],
    'advance-copy': ['mla.advanceCopyHash'],
    reciprocity: ['basis.reciprocity'],
  };
  for (const requirement of REQUIREMENTS) t.same(lacking(requirement, bare), expected[requirement], requirement);
  t.ok(checkRequirements(bare, [{ requires: 'identifier' }]).every(({ blocks }) => blocks));
});
