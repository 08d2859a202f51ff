/**
 * An agency's own signed calendar beside the holidays that `date-holidays` knows of its country: advice to a person before the
 * calendar is published or relied on, and nothing else. No deadline is ever reckoned with it (ADR 0033).
 */
import type { Calendar } from '@holdfast/protocol';
import { SdkError } from '../errors.js';

export interface HolidayRequest {
  /** The agency's own, as in its capability record. */
  readonly calendar: Calendar;
  /** ISO 3166-1, such as `FR`. */
  readonly country: string;
  /** ISO 3166-2 without the country, such as `BE` for Berlin. */
  readonly region?: string;
  readonly years: readonly number[];
}

export interface HolidayAdvice {
  /** `year-not-listed`: the record has no holiday of that year at all. */
  readonly code: 'country-unknown' | 'year-not-listed' | 'holiday-not-listed' | 'holiday-not-known';
  /** `2027-07-14`, or the year; null where it is neither. */
  readonly on: string | null;
  readonly text: string;
}

/**
 * What a person should look at; the record stands whatever it says.
 * @throws SdkError `advice.unavailable` where the package was not installed with the SDK
 */
export async function adviseHolidays(request: HolidayRequest): Promise<readonly HolidayAdvice[]> {
  const { calendar, country, region, years } = request;
  const known = await holidaysOf(country, region);
  if (known === undefined) {
    const text = `date-holidays knows no holidays of ${country}${region === undefined ? '' : `, ${region}`}: look at the calendar yourself`;
    return [{ code: 'country-unknown', on: null, text }];
  }
  return years.flatMap((year) => [...unlistedYear(calendar, year), ...compared(calendar, known(year), year)]);
}

function unlistedYear(calendar: Calendar, year: number): readonly HolidayAdvice[] {
  if (calendar.holidays.some((day) => day.startsWith(`${year}-`))) return [];
  return [{ code: 'year-not-listed', on: String(year), text: `the record lists no holidays for ${year}` }];
}

function compared({ holidays, weekend }: Calendar, known: ReadonlyMap<string, string>, year: number): HolidayAdvice[] {
  const ours = new Set(holidays.filter((day) => day.startsWith(`${year}-`)));
  const missing = [...known].filter(
    ([day]) => day.startsWith(`${year}-`) && !ours.has(day) && !weekend.includes(weekday(day)),
  );
  const extra = [...ours].filter((day) => !known.has(day));
  return [
    ...missing.map(([on, name]): HolidayAdvice => {
      const text = `date-holidays has ${on} a holiday (${name}) that the record does not list`;
      return { code: 'holiday-not-listed', on, text };
    }),
    ...extra.map((on): HolidayAdvice => {
      const text = `the record lists ${on}, which date-holidays does not have as a holiday`;
      return { code: 'holiday-not-known', on, text };
    }),
  ].sort((a, b) => ((a.on ?? '') < (b.on ?? '') ? -1 : 1));
}

const weekday = (day: string): number => ((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;

const DAY_MS = 86_400_000;

/** Public holidays of a year by date, each day of those that last several; undefined where the country is not known. */
async function holidaysOf(
  country: string,
  region: string | undefined,
): Promise<((year: number) => ReadonlyMap<string, string>) | undefined> {
  // Loaded when it is asked for: with what it needs it is the heaviest thing that an agency would install.
  const { default: Holidays } = await import('date-holidays').catch((cause: unknown) => {
    throw new SdkError('advice.unavailable', undefined, { cause });
  });
  const all =
    region === undefined
      ? new Holidays(country, { types: ['public'] })
      : new Holidays(country, region, { types: ['public'] });
  const isKnown = country in all.getCountries() && (region === undefined || region in (all.getStates(country) ?? {}));
  if (!isKnown) return undefined;
  return (year) =>
    new Map(
      all.getHolidays(year, 'en').flatMap(({ date, name, start, end }) => {
        const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
        const firstMs = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
        return Array.from({ length: days }, (_, index): [string, string] => [
          new Date(firstMs + index * DAY_MS).toISOString().slice(0, 10),
          name,
        ]);
      }),
    );
}
