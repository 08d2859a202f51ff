/**
 * How long a measure lasts, as a law says it: never an integer. The number and its unit, the calendar in which days count, the
 * event that starts it, whether that day counts, when the last day ends, what extends it, what silence means (spec 51-durations).
 */
import { Temporal } from 'temporal-polyfill';
import { type Static, Type } from 'typebox';
import { parserOf } from '../encoding/schema.js';
import { checkDate, DateSchema } from '../subjects/calendar-date.js';
import { assertChecked } from '../subjects/checked.js';
import type { Check, Report } from '../subjects/report.js';
import { choice, closed, line, tagged } from '../subjects/shape.js';

export const UNITS = ['hours', 'calendar-days', 'working-days', 'months'] as const;
export type DurationUnit = (typeof UNITS)[number];
export const SpanSchema = Type.Object(
  { number: Type.Integer({ minimum: 1, maximum: 3660 }), unit: choice(UNITS) },
  closed,
);

/** The days that do not work: ISO weekdays (1 Monday to 7 Sunday) and dates, in a zone of the IANA database. */
export const CalendarSchema = Type.Object(
  {
    timeZone: Type.String({
      pattern: '^(UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]+){1,2})$',
      maxLength: 64,
      description: 'time zone such as Europe/Zurich',
    }),
    weekend: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { uniqueItems: true, maxItems: 6 }),
    holidays: Type.Array(DateSchema, { uniqueItems: true, maxItems: 1000 }),
  },
  closed,
);
export type Calendar = Static<typeof CalendarSchema>;

export const START_EVENTS = ['issue', 'receipt-of-request', 'receipt-by-institution', 'execution', 'decision'] as const;
export type StartEvent = (typeof START_EVENTS)[number];

const TimeOfDaySchema = Type.String({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  description: 'time of day as HH:MM',
});

/** How the days of a stage are counted. */
const counting = {
  number: Type.Integer({ minimum: 1, maximum: 3660 }),
  unit: choice(UNITS),
  startEvent: choice(START_EVENTS),
  /** Whether the day of the start event is the first day; without meaning for hours. */
  firstDay: choice(['counted', 'not-counted']),
  /** When the last day ends; hours end to the minute whatever stands here. */
  dayEnd: tagged('kind', {
    midnight: Type.Object({ kind: Type.Literal('midnight') }, closed),
    'same-time': Type.Object({ kind: Type.Literal('same-time') }, closed),
    'at-time': Type.Object({ kind: Type.Literal('at-time'), time: TimeOfDaySchema }, closed),
  }),
  /** What happens where calendar days or months end on a day that does not work. */
  lastDay: choice(['as-it-falls', 'next-working-day']),
  extensions: Type.Object(
    {
      count: Type.Integer({ minimum: 0, maximum: 100 }),
      /** How long each is; absent where the law leaves it to whoever extends. */
      each: Type.Optional(SpanSchema),
      /** The longest that the measure may last in all, from its start. */
      cap: Type.Optional(SpanSchema),
    },
    closed,
  ),
  /** Who may extend: the authority itself, a prosecutor, a court. */
  extendedBy: Type.Optional(line(200)),
};

/** What may follow when the first time is over: a prosecutor's order, a moratorium after consent was refused. */
export const StageSchema = Type.Object({ ...counting, opens: line(300), by: line(200) }, closed);

export const DurationSchema = Type.Object(
  {
    ...counting,
    calendar: CalendarSchema,
    /** Where a start from this time of day on, or on a day that does not work, counts as on the next working day. */
    officeCloses: Type.Optional(TimeOfDaySchema),
    /** It never follows by itself: `opens` says what must happen. */
    afterwards: Type.Optional(StageSchema),
    /** What it means that the recipient says nothing until the time is over. */
    silence: choice(['no-effect', 'consent-to-the-transaction', 'refusal']),
    automaticLift: Type.Array(line(500), { maxItems: 20 }),
  },
  closed,
);
export type Duration = Static<typeof DurationSchema>;
export type Stage = Static<typeof StageSchema>;
export type Span = Static<typeof SpanSchema>;

export const checkCalendar: Check<Calendar> = (calendar, at, report) => {
  if (!isTimeZone(calendar.timeZone)) report(`${at}.timeZone`, `${calendar.timeZone} is not a time zone`);
  calendar.holidays.forEach((holiday, index) => {
    checkDate(holiday, `${at}.holidays.${index}`, report);
  });
};

export const checkDuration: Check<Duration> = (duration, at, report) => {
  const prefix = at === '' ? '' : `${at}.`;
  checkCalendar(duration.calendar, `${prefix}calendar`, report);
  checkCounting(duration, prefix, report);
  if (duration.afterwards !== undefined) checkCounting(duration.afterwards, `${prefix}afterwards.`, report);
  if (duration.officeCloses === undefined) return;
  if (duration.unit === 'hours') report(`${prefix}officeCloses`, 'has no meaning for hours: they run at any time');
  else if (duration.dayEnd.kind === 'same-time')
    report(`${prefix}officeCloses`, 'cannot stand where the last day ends at the time of the start');
};

function checkCounting(counted: Omit<Stage, 'opens' | 'by'>, prefix: string, report: Report): void {
  if (counted.dayEnd.kind === 'same-time' && counted.firstDay === 'counted' && counted.unit !== 'hours') {
    report(
      `${prefix}firstDay`,
      'cannot be counted where the last day ends at the time of the start: the time would be a day short',
    );
  }
  if (counted.extensions.count > 0 && counted.extendedBy === undefined)
    report(`${prefix}extendedBy`, 'is missing: there are extensions');
}

const parseShape = parserOf('duration', DurationSchema, 'duration.invalid');

/** Reads a duration. @throws ProtocolError `duration.invalid` with the issues */
export function parseDuration(value: unknown): Duration {
  const duration = parseShape(value);
  assertChecked('duration', 'duration.invalid', duration, checkDuration);
  return duration;
}

function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
