/** What a fake agency has published unless a test gives its own: an entry that says little, and every power for five days. */
import { type AgencyId, ASSET_KINDS, type CapabilityRecord, type DirectoryEntry, MS_PER_DAY } from '@holdfast/protocol';

const stateOf = (agency: AgencyId): string => agency.slice(0, 2).toUpperCase();
const inEnglish = (text: string): { language: string; text: string } => ({ language: 'en', text });
const calendar = { timeZone: 'UTC', weekend: [6, 7], holidays: [] };

/** An entry without standing terms. @param nowMs when it is said to have been verified */
export const exampleEntry = (agency: AgencyId, nowMs: number): DirectoryEntry => ({
  agency,
  state: stateOf(agency),
  authorityTypes: ['fiu'],
  names: { original: `Example agency ${agency}`, language: 'en', english: `Example agency ${agency}` },
  competences: inEnglish('An agency of a test.'),
  channels: [{ type: 'holdfast' }],
  languages: ['en'],
  uncacAsBasis: { accepted: true },
  diplomaticChannelRule: 'not-needed',
  directContactRule: 'allowed',
  networks: [],
  agreements: [],
  dutyRoster: {
    hours: 'day and night',
    schedule: {
      timeZone: 'UTC',
      shifts: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', until: '24:00' }],
      holidays: [],
    },
    contacts: [{ role: 'duty officer', phone: '+999 20 5550 100', languages: ['en'], hours: 'day and night' }],
  },
  delegates: [],
  requirements: [],
  acceptedTerms: [],
  verifiedOnMs: nowMs,
  expiresAtMs: nowMs + 180 * MS_PER_DAY,
});

/** A record that advises against nothing but relying on it: it is not confirmed. */
export const exampleCapability = (agency: AgencyId, nowMs: number): CapabilityRecord => ({
  agency,
  power: 'direct',
  actsForForeignFiu: true,
  actsForForeignAca: true,
  thresholds: [],
  measures: [
    measure('account', ['account']),
    measure('wallet', ['virtual-asset']),
    measure('monitor', [...ASSET_KINDS]),
  ],
  clientNotification: 'no',
  appeal: inEnglish('None: this is a test.'),
  languages: ['en'],
  hours: 'day and night',
  calendar,
  law: { url: 'https://law.example/test', quotation: inEnglish('The agency may freeze for five days.') },
  selfDeclaredAtMs: nowMs,
  expiresAtMs: nowMs + 180 * MS_PER_DAY,
  confirmed: false,
});

type Measure = CapabilityRecord['measures'][number];
const measure = (action: Measure['action'], assetTypes: Measure['assetTypes']): Measure => ({
  action,
  instrument: 'freezing order',
  assetTypes,
  duration: {
    number: 5,
    unit: 'calendar-days',
    calendar,
    startEvent: 'issue',
    firstDay: 'not-counted',
    dayEnd: { kind: 'midnight' },
    lastDay: 'as-it-falls',
    extensions: { count: 0 },
    silence: 'no-effect',
    automaticLift: [],
  },
});
