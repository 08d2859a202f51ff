/**
 * The duty roster of a directory entry: who is reached by telephone, when, and when that was last tried. Hours stand in words for
 * people and, where the agency gives them, as shifts that a machine can reckon with (spec 52-directory, "Duty roster").
 */
import { type Static, Type } from 'typebox';
import { CalendarSchema, checkCalendar } from '../duration/index.js';
import { checkDate, DateSchema } from '../subjects/calendar-date.js';
import { ContactSchema, checkContact } from '../subjects/reference.js';
import { type Check, checkEach } from '../subjects/report.js';
import { closed, line } from '../subjects/shape.js';

const timeOfDay = (pattern: string) => Type.String({ pattern, description: 'time of day as HH:MM' });

/** On the listed ISO weekdays, from a time of day until a later one, or until one of the next day where it is not later. */
export const ShiftSchema = Type.Object(
  {
    days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7, uniqueItems: true }),
    from: timeOfDay('^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    /** 24:00 is the end of the day. */
    until: timeOfDay('^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'),
  },
  closed,
);
export type Shift = Static<typeof ShiftSchema>;

export const DutyRosterSchema = Type.Object(
  {
    hours: line(200),
    schedule: Type.Optional(
      Type.Object(
        {
          timeZone: CalendarSchema.properties.timeZone,
          shifts: Type.Array(ShiftSchema, { minItems: 1, maxItems: 20 }),
          /** Dates on which no shift begins. */
          holidays: CalendarSchema.properties.holidays,
        },
        closed,
      ),
    ),
    contacts: Type.Array(ContactSchema, { minItems: 1, maxItems: 20 }),
    /** When somebody last rang the duty contact and was answered. */
    lastLiveTestOn: Type.Optional(DateSchema),
  },
  closed,
);
export type DutyRoster = Static<typeof DutyRosterSchema>;

export const checkDutyRoster: Check<DutyRoster> = ({ schedule, contacts, lastLiveTestOn }, at, report) => {
  checkEach(contacts, `${at}.contacts`, report, checkContact);
  if (!contacts.some(({ phone }) => phone !== undefined)) report(`${at}.contacts`, 'has no telephone number');
  if (lastLiveTestOn !== undefined) checkDate(lastLiveTestOn, `${at}.lastLiveTestOn`, report);
  if (schedule === undefined) return;
  checkCalendar({ ...schedule, weekend: [] }, `${at}.schedule`, report);
};
