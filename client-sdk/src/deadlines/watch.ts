/**
 * Warnings and overdue deadlines, told once each, also across restarts (spec 55-clocks). Cases are folded again only when something
 * arrived in them or the next of their instants has come: a desk with thousands of old cases looks at a handful a minute.
 */
import { type AgencyId, type CaseClock, type ConversationId, isOpen } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import { type Case, caseOf } from '../cases/case.js';
import type { RecordsOf } from '../directory/records-at-hand.js';
import { dutyContacts } from './duty-contacts.js';

/** A published calendar may change without a message in the case. */
const LOOK_AGAIN_MS = 6 * 3_600_000;

/** A deadline of which an integrator's own tool should hear. */
export interface DeadlineEvent {
  readonly event: 'deadline';
  readonly state: 'warning' | 'overdue';
  readonly conversation: ConversationId;
  /** How much of the time is left; null where it is over. */
  readonly left: '50 %' | '25 %' | '48 h' | null;
  readonly ours: boolean;
  readonly clock: CaseClock;
}

export interface DeadlineNews {
  readonly finding: Finding;
  readonly event: DeadlineEvent;
}

interface Looked {
  readonly arrival: number;
  readonly againAtMs: number;
}

export interface WatchDependencies {
  readonly archive: Archive;
  readonly self: AgencyId;
  readonly recordsOf: RecordsOf;
}

export class DeadlineWatch {
  readonly #deps: WatchDependencies;
  readonly #looked = new Map<ConversationId, Looked>();

  constructor(deps: WatchDependencies) {
    this.#deps = deps;
  }

  /** What is to be told at `nowMs` and was not told before; marks and stores it as told. Run within a transaction. */
  due(nowMs: number): readonly DeadlineNews[] {
    const { archive, self, recordsOf } = this.#deps;
    return archive.messages.latest().flatMap(({ conversation, arrival }) => {
      const looked = this.#looked.get(conversation);
      if (looked?.arrival === arrival && nowMs < looked.againAtMs) return [];
      const found = caseOf(archive, self, conversation, nowMs, recordsOf);
      this.#looked.set(conversation, { arrival, againAtMs: nextLookMs(found.clocks, nowMs) });
      return found.clocks.flatMap((clock) => this.#newsOf(found, clock, nowMs));
    });
  }

  #newsOf(found: Case, clock: CaseClock, nowMs: number): readonly DeadlineNews[] {
    const { archive, self, recordsOf } = this.#deps;
    const ours = clock.whose.agency === self;
    const left = dueWarning(clock, nowMs);
    if (left === undefined || !concerns(clock, left, ours)) return [];
    const { conversation, caseRef } = found;
    const name = ['deadline', conversation, clock.what, clock.on ?? '', clock.assets.join(), clock.dueAtMs].join(' ');
    const isNew = archive.told.once(`${name} ${left ?? 'overdue'}`, nowMs);
    // Of several that came due while nobody looked, only the last says something.
    for (const warning of clock.warnings)
      if (warning.atMs <= nowMs) archive.told.once(`${name} ${warning.left}`, nowMs);
    if (!isNew) return [];
    const { what, awaits, whose, assets, dueAtMs, explanation } = clock;
    const contacts = ours ? [] : dutyContacts([whose.agency], recordsOf);
    const finding: Finding = {
      code: left === null ? 'deadline.overdue' : 'deadline.warning',
      detail: {
        conversation,
        caseRef,
        what,
        awaits,
        agency: whose.agency,
        assets,
        dueAtMs,
        left,
        explanation,
        contacts,
      },
    };
    archive.arrivals.alarm(finding.code, finding.detail, nowMs);
    const state = left === null ? 'overdue' : 'warning';
    return [{ finding, event: { event: 'deadline', state, conversation, left, ours, clock } }];
  }
}

/** The last warning whose time has come; null where the deadline is missed; undefined where there is nothing to tell. */
function dueWarning({ state, warnings }: CaseClock, nowMs: number): DeadlineEvent['left'] | undefined {
  if (state === 'overdue') return null;
  return state === 'running' ? warnings.filter(({ atMs }) => atMs <= nowMs).at(-1)?.left : undefined;
}

/** Warned is whose turn it is, and both of the end of a measure; what is missed concerns both. */
function concerns({ what }: CaseClock, left: DeadlineEvent['left'], ours: boolean): boolean {
  if (ours) return true;
  // Told as `alert.undelivered` and `alert.unacknowledged`, also while the alert itself waits in the outbox.
  if (what === 'delivery' || what === 'acknowledge') return false;
  return left === null || what === 'expiry';
}

function nextLookMs(clocks: readonly CaseClock[], nowMs: number): number {
  const open = clocks.filter(isOpen);
  if (open.length === 0) return Number.POSITIVE_INFINITY;
  const instants = open.flatMap(({ warnings, dueAtMs }) => [...warnings.map(({ atMs }) => atMs), dueAtMs ?? nowMs]);
  return Math.min(nowMs + LOOK_AGAIN_MS, ...instants.filter((atMs) => atMs > nowMs));
}
