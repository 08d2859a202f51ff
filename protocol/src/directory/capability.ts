/**
 * The capability record: can this agency freeze it, by which act, for how long, from when, and what if it stays silent? Signed by
 * the agency and self-declared; unconfirmed figures are shown as such, expired ones are not relied on.
 */
import { type Static, Type } from 'typebox';
import { CalendarSchema, checkCalendar, checkDuration, DurationSchema } from '../duration/index.js';
import { parserOf } from '../encoding/schema.js';
import { AgencyIdSchema, TimeMsSchema } from '../ids.js';
import { AmountSchema, checkAmount } from '../subjects/amount.js';
import { ASSET_KINDS } from '../subjects/asset.js';
import { assertChecked } from '../subjects/checked.js';
import { checkLanguage, LanguageSchema } from '../subjects/codes.js';
import { MeasureActionSchema } from '../subjects/measure.js';
import { type Check, checkEach, checkUnique } from '../subjects/report.js';
import { choice, closed, line } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { AnswerTimesSchema } from './answer-times.js';

/** One act that the agency can order, or have ordered. */
export const PowerMeasureSchema = Type.Object(
  {
    action: MeasureActionSchema,
    /** The instrument: "suspension order", "instruction to the obliged entity". */
    instrument: line(200),
    assetTypes: Type.Array(choice(ASSET_KINDS), { minItems: 1, uniqueItems: true }),
    /** Holds extensions, the effect of silence and what lifts it by itself. */
    duration: DurationSchema,
  },
  closed,
);

export const CapabilityRecordSchema = Type.Object(
  {
    agency: AgencyIdSchema,
    power: choice(['none', 'indirect', 'direct']),
    /** Who decides where the power is indirect; whom to turn to where there is none. */
    through: Type.Optional(line(300)),
    actsForForeignFiu: Type.Boolean(),
    actsForForeignAca: Type.Boolean(),
    thresholds: Type.Array(AmountSchema, { maxItems: 20 }),
    measures: Type.Array(PowerMeasureSchema, { maxItems: 20 }),
    clientNotification: choice(['no', 'after-the-measure', 'on-request', 'at-once', 'not-stated']),
    appeal: ProseSchema,
    languages: Type.Array(LanguageSchema, { minItems: 1, maxItems: 40, uniqueItems: true }),
    /** Office hours and days, by which its answers are due. */
    hours: line(200),
    calendar: CalendarSchema,
    /** Stands over the defaults of spec 55-clocks. */
    answerTimes: Type.Optional(AnswerTimesSchema),
    /** May be absent only where `source` says where the figures come from instead. */
    law: Type.Optional(
      Type.Object(
        {
          url: Type.String({ pattern: '^https://[^\\s]+$', maxLength: 500, description: 'https address' }),
          quotation: ProseSchema,
        },
        closed,
      ),
    ),
    /** Where the figures come from, if not from the agency itself: what has it is a sample and is published by nobody. */
    source: Type.Optional(line(500)),
    selfDeclaredAtMs: TimeMsSchema,
    expiresAtMs: TimeMsSchema,
    /** False for samples and for figures that the agency has not stated itself. */
    confirmed: Type.Boolean(),
  },
  closed,
);
export type CapabilityRecord = Static<typeof CapabilityRecordSchema>;
export type PowerMeasure = CapabilityRecord['measures'][number];

const parseShape = parserOf('capability record', CapabilityRecordSchema, 'message.invalid');

const check: Check<CapabilityRecord> = (record, _at, report) => {
  if (record.power !== 'direct' && record.through === undefined)
    report('through', `is missing: the power is ${record.power}`);
  if (record.power === 'none' && record.measures.length > 0)
    report('measures', 'must be empty where there is no power');
  if (record.power !== 'none' && record.measures.length === 0)
    report('measures', `is empty, though the power is ${record.power}`);
  checkEach(record.thresholds, 'thresholds', report, checkAmount);
  checkUnique(record.thresholds, 'thresholds', report, 'currency', ({ currency }) => currency);
  const pairs = record.measures.flatMap(({ action, assetTypes }, index) =>
    assetTypes.map((type) => ({ key: `${action} of ${type}`, index })),
  );
  pairs.forEach(({ key, index }, position) => {
    if (pairs.findIndex((pair) => pair.key === key) !== position)
      report(`measures.${index}.assetTypes`, `${key} stands in an earlier measure already`);
  });
  record.measures.forEach(({ duration }, index) => {
    checkDuration(duration, `measures.${index}.duration`, report);
  });
  checkProse(record.appeal, 'appeal', report);
  checkEach(record.languages, 'languages', report, checkLanguage);
  checkCalendar(record.calendar, 'calendar', report);
  if (record.law !== undefined) checkProse(record.law.quotation, 'law.quotation', report);
  else if (record.source === undefined) report('law', 'is missing: say which law gives the power');
  if (record.source !== undefined && record.confirmed)
    report(
      'source',
      'stands only beside figures that the agency has not stated itself: leave it out of a confirmed record',
    );
  if (record.expiresAtMs <= record.selfDeclaredAtMs) report('expiresAtMs', 'is not after selfDeclaredAtMs');
};

/** Reads a capability record. Whether it has expired is asked when it is used. @throws ProtocolError `message.invalid` with the issues */
export function parseCapabilityRecord(value: unknown): CapabilityRecord {
  const record = parseShape(value);
  assertChecked('capability record', 'message.invalid', record, check);
  return record;
}

/** Made by others from public sources, to try the software on; never published, never silently used. */
export const isSample = ({ source }: CapabilityRecord): boolean => source !== undefined;

/** The act of the record that does `action` to an asset of this type, if any. */
export const measureFor = (
  record: CapabilityRecord,
  action: PowerMeasure['action'],
  assetType: PowerMeasure['assetTypes'][number],
): PowerMeasure | undefined =>
  record.measures.find((measure) => measure.action === action && measure.assetTypes.includes(assetType));
