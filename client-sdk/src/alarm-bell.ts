/** Raising what concerns the whole client: stored first, then told to whoever listens. */
import type { AgencyId } from '@holdfast/protocol';
import { alarmEvent, errorEvent, type Finding } from './alarms.js';
import type { Archive } from './archive/archive.js';
import { markCloned } from './clone.js';
import { publishedCalendar } from './directory/calendar.js';
import type { Directory } from './directory/directory.js';
import { DutyWatch } from './duties/overdue-duties.js';
import type { EventHub } from './events.js';
import { unconfirmed } from './outbox/unconfirmed.js';

export class AlarmBell {
  readonly #archive: Archive;
  readonly #events: EventHub;
  readonly #now: () => number;
  readonly #duties: DutyWatch;

  /** @param directory asked when it is needed: its own alarms are raised here */
  constructor(
    archive: Archive,
    events: EventHub,
    now: () => number,
    self: AgencyId,
    directory: () => Pick<Directory, 'chainOf'>,
  ) {
    this.#archive = archive;
    this.#events = events;
    this.#now = now;
    const chainOf: Directory['chainOf'] = (agency) => directory().chainOf(agency);
    this.#duties = new DutyWatch(archive, self, publishedCalendar({ chainOf }, archive, now));
  }

  raise({ code, detail }: Finding): void {
    this.#archive.arrivals.alarm(code, detail, this.#now());
    this.#events.emit(alarmEvent(code, detail));
  }

  /** An error of work in the background, which has no caller to throw to. */
  readonly report = (error: unknown): void => this.#events.emit(errorEvent(error));

  /** This device was restored or copied: it stops sending. Told once. */
  cloned(detail: Finding['detail']): void {
    if (markCloned(this.#archive, this.#now())) this.raise({ code: 'device.cloned', detail });
  }

  /** What the other side has not confirmed in time, and duties that nobody has met in time. */
  tellUnconfirmed(): void {
    const nowMs = this.#now();
    const overdue = this.#archive.atomically(() => [
      ...unconfirmed(this.#archive, nowMs),
      ...this.#duties.overdue(nowMs),
    ]);
    for (const { code, detail } of overdue) this.#events.emit(alarmEvent(code, detail));
  }
}
