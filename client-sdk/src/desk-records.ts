/** What an agency has here: every case and message, its deadlines, its alarms, its figures, and what others have published. Reads; says nothing. */
import {
  type AgencyId,
  type AttachmentRef,
  type ConversationId,
  type EnvelopeId,
  isOwnKind,
  type Observed,
  type Preflight,
} from '@holdfast/protocol';
import { type AlarmEvent, storedAlarm } from './alarms.js';
import { type Case, type CaseQuery, caseOf, listCases } from './cases/case.js';
import { type QueueItem, queueOf } from './deadlines/queue.js';
import type { DeskRuntime } from './desk-runtime.js';
import { type DirectoryQuery, findAgencies } from './directory/find.js';
import type { PublishedAgency } from './directory/published.js';
import { type ExportedCase, type ExportRequest, exportCase } from './export/case-files.js';
import { observedBy, type PreflightRequest, preflightFor } from './preflight/preflight.js';
import { noteDownload } from './retention/note-copy.js';
import { type Retention, retentionOf } from './retention/retention.js';
import { handleOf, type SendHandle } from './send/handle.js';
import { archivedCases, countYear, type Statistics, type StatisticsQuery } from './statistics/index.js';
import { underSignals } from './transport/linked-signal.js';

/** Every wait has an end of the caller's choosing. */
export interface WaitOptions {
  /** Ends the wait; the call rejects with its reason (`inbox` just ends). */
  readonly signal: AbortSignal;
}

export class DeskRecords {
  readonly #runtime: DeskRuntime;
  /** What is kept, for what and how long; and erasing it. */
  readonly retention: Retention;

  /** @internal */
  constructor(runtime: DeskRuntime) {
    this.#runtime = runtime;
    this.retention = retentionOf(runtime);
  }

  /** How far a message has come. @throws SdkError `case.unknown` */
  sent(id: EnvelopeId): SendHandle {
    const handle = handleOf(this.#runtime.archive, this.#runtime.events, id);
    void handle.state;
    return handle;
  }

  /** Everything that was put into the outbox for others, oldest first. */
  outbox(): readonly SendHandle[] {
    const { archive, events } = this.#runtime;
    const items = archive.outbox.list().filter(({ kind }) => !isOwnKind(kind));
    return items.map(({ id }) => handleOf(archive, events, id));
  }

  /** One matter with all its messages and where it stands. @throws SdkError `case.unknown` */
  case(conversation: ConversationId): Case {
    const { archive, identity, now, recordsOf } = this.#runtime;
    return caseOf(archive, identity.agency, conversation, now(), recordsOf);
  }

  /** Every alarm, warning and notice raised so far on this device, oldest first. */
  alarms(): readonly (AlarmEvent & { readonly atMs: number })[] {
    return this.#runtime.archive.arrivals
      .alarms()
      .map(({ code, detail, atMs }) => ({ ...storedAlarm(code, detail), atMs }));
  }

  /** The cases asked for (all, where nothing is), what runs out first on top. */
  cases(query: CaseQuery = {}): readonly Case[] {
    const { archive, identity, now, recordsOf } = this.#runtime;
    return listCases(archive, identity.agency, now(), recordsOf, query);
  }

  /**
   * The tables of a year, counted anew from the events, whole: for the agency's own eyes. `suppressSmallCells` makes them fit
   * for others. A large archive takes a while; other work goes on meanwhile.
   * @throws ProtocolError `duration.invalid` where year or time zone is none; the signal's reason
   */
  statistics(query: StatisticsQuery, options: Partial<WaitOptions> = {}): Promise<Statistics> {
    const { archive, identity, now, recordsOf, signal } = this.#runtime;
    const asAtMs = now();
    return underSignals([options.signal, signal], (either) =>
      countYear(archivedCases(archive, identity.agency, asAtMs, recordsOf, either), identity.agency, query, asAtMs),
    );
  }

  /** Every deadline that is still wanted, over all cases: overdue first, then what runs out first. */
  queue(): readonly QueueItem[] {
    return queueOf(this.cases(), this.#runtime.identity.agency);
  }

  /** Fetches an attachment into `targetPath`; nothing is there before all of it has verified. @throws SdkError `attachment.*` */
  async download(
    ref: AttachmentRef,
    targetPath: string,
    options: WaitOptions & { readonly onProgress?: (receivedBytes: number) => void },
  ): Promise<void> {
    const { signal } = this.#runtime;
    const { onProgress } = options;
    await underSignals([options.signal, signal], (either) =>
      this.#runtime.download({ ref, targetPath, signal: either, ...(onProgress ? { onProgress } : {}) }),
    );
    await noteDownload(this.#runtime, ref.id, targetPath);
  }

  /** Writes a case into a new folder: data, evidence, attachments, a readable page. It is recorded here. @throws SdkError `export.exists`, `attachment.corrupt`, `relay.*` */
  exportCase(request: ExportRequest): Promise<ExportedCase> {
    const { signal } = this.#runtime;
    return underSignals([request.signal, signal], (either) =>
      exportCase(this.#runtime, { ...request, signal: either }),
    );
  }

  /** Agencies by State, type, network or text. */
  async find(query: DirectoryQuery, options: WaitOptions): Promise<readonly PublishedAgency[]> {
    return findAgencies(this.#runtime, query, options.signal);
  }

  /**
   * Before sending an alert: what the recipient has published and what its past answers show, held against it. Sends nothing.
   * @throws SdkError `directory.unknown-agency`, `relay.*`
   */
  preflight(request: PreflightRequest, options: WaitOptions): Promise<Preflight> {
    return preflightFor(this.#runtime, request, options.signal);
  }

  /** What our own archive shows of an agency's past answers, in the newest 50 cases with it; null where we have sent it no alert. */
  observed(agency: AgencyId): Observed | null {
    return observedBy(this.#runtime, agency);
  }
}
