/** When an answer on consent is owed, and when silence after an exculpatory disclosure becomes an alarm (spec 54-duties). */
import { type Calendar, type Deadline, deadline } from '../duration/index.js';
import type { ConsentUrgency } from '../messages/consent-request.js';

/** In working days of the originator. */
export const CONSENT_WITHIN: Readonly<Record<ConsentUrgency, number>> = { urgent: 1, routine: 5 };
/** After a disclosure without notice. The law says "without delay"; it is an alarm, not a time allowed. */
export const INFORM_ALARM_MS = 24 * 3_600_000;

/** Where the originator has published none. */
const PLAIN_CALENDAR: Calendar = { timeZone: 'UTC', weekend: [6, 7], holidays: [] };

/**
 * By when the originator should have answered: the end of the last working day, the day of the request not counted.
 * @param calendar the originator's own, null where it has published none
 * @throws ProtocolError `duration.invalid` where the calendar has no working day
 */
export function consentDue(urgency: ConsentUrgency, askedAtMs: number, calendar: Calendar | null): Deadline {
  const { expiresAtMs, explanation } = deadline(
    {
      number: CONSENT_WITHIN[urgency],
      unit: 'working-days',
      calendar: calendar ?? PLAIN_CALENDAR,
      startEvent: 'receipt-of-request',
      firstDay: 'not-counted',
      dayEnd: { kind: 'midnight' },
      lastDay: 'as-it-falls',
      extensions: { count: 0 },
      silence: 'no-effect',
      automaticLift: [],
    },
    askedAtMs,
  );
  const reckoned =
    calendar === null
      ? `${explanation}; Monday to Friday, since the originator has published no calendar`
      : explanation;
  return { expiresAtMs, explanation: reckoned };
}
