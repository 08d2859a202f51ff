/** The bounds of a calendar year in a time zone: what a year's statistics are counted between (spec 58-statistics). */
import { Temporal } from 'temporal-polyfill';
import { ProtocolError } from '../errors.js';

export interface CalendarYear {
  /** The first instant of 1 January, in milliseconds. */
  readonly startsAtMs: number;
  /** The first instant that is no longer in it. */
  readonly endsAtMs: number;
}

/**
 * The year as the people of a zone count it, daylight saving and changes of the zone's offset with it.
 * @param timeZone IANA name such as Europe/Zurich
 * @throws ProtocolError `duration.invalid` where the zone or the year (1970 to 9999) is none
 */
export function calendarYear(year: number, timeZone: string): CalendarYear {
  if (!Number.isInteger(year) || year < 1970 || year > 9999)
    throw new ProtocolError('duration.invalid', `${year} is not a year from 1970 to 9999.`);
  try {
    return { startsAtMs: firstInstantOf(year, timeZone), endsAtMs: firstInstantOf(year + 1, timeZone) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ProtocolError('duration.invalid', `${timeZone} is not a time zone such as Europe/Zurich.`, { cause });
  }
}

const firstInstantOf = (year: number, timeZone: string): number =>
  Temporal.PlainDate.from({ year, month: 1, day: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
