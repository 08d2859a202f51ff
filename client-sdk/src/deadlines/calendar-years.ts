/** Does a deadline run into a year for which the calendar lists no holiday? Then it may end too early. */
import { type Calendar, type Duration, instantText } from '@holdfast/protocol';

/** "the record lists no holidays for 2027, and the deadline runs into it: …"; undefined where days off do not matter or are listed */
export function unlistedYearAdvice(
  { calendar, unit, lastDay }: Pick<Duration, 'calendar' | 'unit' | 'lastDay'>,
  startAtMs: number,
  expiresAtMs: number,
): string | undefined {
  if (unit !== 'working-days' && (unit === 'hours' || lastDay === 'as-it-falls')) return undefined;
  const [first, last] = [startAtMs, expiresAtMs - 1].map((atMs) => yearIn(calendar, atMs));
  if (first === undefined || last === undefined) return undefined;
  for (let year = first; year <= last; year++) {
    if (calendar.holidays.some((day) => day.startsWith(`${year}-`))) continue;
    return `the record lists no holidays for ${year}, and the deadline runs into it: ${instantText(expiresAtMs, calendar)}`;
  }
  return undefined;
}

const yearIn = ({ timeZone }: Calendar, atMs: number): number =>
  Number(new Intl.DateTimeFormat('en-GB-u-ca-gregory-nu-latn', { timeZone, year: 'numeric' }).format(atMs));
