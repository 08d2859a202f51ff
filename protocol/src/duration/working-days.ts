/** Counting days of a calendar, and saying an instant in its zone. */
import type { Calendar } from './duration.js';
import { dayText, timeText } from './explain.js';
import { works, zoned } from './term.js';

/** Working days after the day of `fromMs`, up to and with the day of `toMs`. @throws ProtocolError `duration.invalid` */
export function workingDaysBetween(calendar: Calendar, fromMs: number, toMs: number): number {
  const last = zoned(toMs, calendar.timeZone).toPlainDate();
  let count = 0;
  for (let day = zoned(fromMs, calendar.timeZone).toPlainDate(); !day.equals(last) && day.until(last).sign > 0; ) {
    day = day.add({ days: 1 });
    if (works(calendar, day)) count++;
  }
  return count;
}

/** "Friday 10 April 2026 17:00 Europe/Zurich" @throws ProtocolError `duration.invalid` */
export function instantText(atMs: number, { timeZone }: Pick<Calendar, 'timeZone'>): string {
  const at = zoned(atMs, timeZone);
  return `${dayText(at.toPlainDate())} ${timeText(at)} ${timeZone}`;
}
