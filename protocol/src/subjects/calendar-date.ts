/** Calendar dates (ISO 8601) as strings; a date of birth may be known only in part. */
import { Temporal } from 'temporal-polyfill';
import { Type } from 'typebox';
import type { Check } from './report.js';

export const DateSchema = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'date as YYYY-MM-DD' });
export const PartialDateSchema = Type.String({
  pattern: '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$',
  description: 'date as YYYY-MM-DD, YYYY-MM or YYYY',
});

/** Reports a date that the calendar does not have, such as 30 February; partial ones too. */
export const checkDate: Check<string> = (date, at, report) => {
  const [year = '', month = '01', day = '01'] = date.split('-');
  if (!existsInCalendar(`${year}-${month}-${day}`)) report(at, `${date} is not a date of the calendar`);
};

function existsInCalendar(date: string): boolean {
  try {
    Temporal.PlainDate.from(date, { overflow: 'reject' });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Reports a date more than a day after the message was written (a day, since the earth turns). */
export function checkNotLater(
  date: string,
  writtenAtMs: number,
  at: string,
  report: Parameters<typeof checkDate>[2],
): void {
  const written = Temporal.Instant.fromEpochMilliseconds(writtenAtMs).toZonedDateTimeISO('UTC').toPlainDate();
  if (existsInCalendar(date) && Temporal.PlainDate.compare(date, written.add({ days: 1 })) > 0) {
    report(at, `${date} is later than the day on which this was written`);
  }
}

/** Reports `to` where it lies before `from`; either may be absent. */
export function checkOrder(
  from: string | undefined,
  to: string | undefined,
  at: string,
  report: Parameters<typeof checkDate>[2],
): void {
  if (from !== undefined && to !== undefined && to < from) report(at, `${to} is before ${from}`);
}
