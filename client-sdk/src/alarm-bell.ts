/** Raising what concerns the whole client: stored first, then told to whoever listens. */
import type { AgencyId } from '@holdfast/protocol';
import { alarmEvent, errorEvent, type Finding } from './alarms.js';
import type { Archive } from './archive/archive.js';
import { markCloned } from './clone.js';
import { DeadlineWatch } from './deadlines/watch.js';
import type { RecordsOf } from './directory/records-at-hand.js';
import { DutyWatch } from './duties/overdue-duties.js';
import type { EventHub } from './events.js';
import { unconfirmed } from './outbox/unconfirmed.js';

/** The directory may come later than the bell. */
export interface BellDesk {
  readonly identity: { readonly agency: AgencyId };
  readonly directory: { readonly recordsOf: RecordsOf };
}

export class AlarmBell {
  readonly #archive: Archive;
  readonly #events: EventHub;
  readonly #now: () => number;
  readonly #recordsOf: RecordsOf;
  readonly #deadlines: DeadlineWatch;
  readonly #duties: DutyWatch;

  /** @param desk whose turn is ours, and what the others have published */
  constructor(archive: Archive, events: EventHub, now: () => number, desk: BellDesk) {
    this.#archive = archive;
    this.#events = events;
    this.#now = now;
    this.#recordsOf = (agency) => desk.directory.recordsOf(agency);
    this.#deadlines = new DeadlineWatch({ archive, self: desk.identity.agency, recordsOf: this.#recordsOf });
    this.#duties = new DutyWatch(archive, desk.identity.agency, this.#recordsOf);
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
      ...unconfirmed(this.#archive, nowMs, this.#recordsOf),
      ...this.#duties.overdue(nowMs),
    ]);
    for (const { code, detail } of overdue) this.#events.emit(alarmEvent(code, detail));
  }

  /** Deadlines of which half or a quarter is left, or 48 hours, or nothing. */
  tellDeadlines(): void {
    const news = this.#archive.atomically(() => this.#deadlines.due(this.#now()));
    for (const { finding, event } of news) {
      this.#events.emit(alarmEvent(finding.code, finding.detail));
      this.#events.emit(event);
    }
  }

  /** Everything that the clock alone brings about. */
  tellTime(): void {
    this.tellUnconfirmed();
    this.tellDeadlines();
  }
}
