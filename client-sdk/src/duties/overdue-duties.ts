/**
 * Duties that nobody has met in time: a request for consent without an answer, a disclosure that its sender has not been told of, feedback
 * that is due. Told once each, also across restarts; what was shared without consent is told as it comes.
 */
import { type AgencyId, type ConversationId, MS_PER_DAY } from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import { caseOf } from '../cases/case.js';
import type { RecordsOf } from '../directory/records-at-hand.js';
import type { FoldedDuties } from './fold-duties.js';

/** Where one of these is, there is a duty that may be overdue. */
const KINDS = [
  'consent.request',
  'exculpatory.disclosed',
  'freeze.impose',
  'disclosure',
  'disclosure.release',
] as const;
/** Cases looked at in one turn, so that a gateway with thousands answers its callers in between. */
const AT_ONCE = 100;

interface Overdue extends Finding {
  /** The same name for the same fact. */
  readonly fact: string;
}

/** Remembers which cases need no look before when, so that a minute costs one query and what has changed. */
export class DutyWatch {
  readonly #archive: Archive;
  readonly #self: AgencyId;
  readonly #recordsOf: RecordsOf;
  readonly #seen = new Map<ConversationId, { readonly latest: number; readonly untilMs: number }>();

  constructor(archive: Archive, self: AgencyId, recordsOf: RecordsOf) {
    this.#archive = archive;
    this.#self = self;
    this.#recordsOf = recordsOf;
  }

  /** Everything that is overdue at `nowMs` and was not told before; marks it as told. Run within a transaction. */
  overdue(nowMs: number): Finding[] {
    const changed = this.#archive.messages.conversationsWith(KINDS).filter(({ conversation, latest }) => {
      const seen = this.#seen.get(conversation);
      return seen === undefined || seen.latest !== latest || nowMs >= seen.untilMs;
    });
    return changed.slice(0, AT_ONCE).flatMap(({ conversation, latest }) => {
      const { duties } = caseOf(this.#archive, this.#self, conversation, nowMs, this.#recordsOf);
      this.#seen.set(conversation, { latest, untilMs: Math.min(nowMs + MS_PER_DAY, ...deadlinesOf(duties, nowMs)) });
      return overdueIn(duties, conversation, this.#self, nowMs).flatMap((found) => this.#once(found, nowMs));
    });
  }

  #once({ fact, code, detail }: Overdue, nowMs: number): Finding[] {
    if (!this.#archive.told.once(`duty ${fact}`, nowMs)) return [];
    this.#archive.arrivals.alarm(code, detail, nowMs);
    return [{ code, detail }];
  }
}

/** The instants to come at which something here falls due. */
function deadlinesOf({ consents, exculpatory, feedback }: FoldedDuties, nowMs: number): number[] {
  const all = [
    ...consents.map(({ due }) => due.atMs),
    ...exculpatory.map(({ informByMs }) => informByMs),
    feedback.dueAtMs,
  ];
  return all.filter((atMs) => atMs !== null).filter((atMs) => atMs > nowMs);
}

function overdueIn(
  { consents, exculpatory, feedback }: FoldedDuties,
  conversation: ConversationId,
  self: AgencyId,
  nowMs: number,
): Overdue[] {
  const found: Overdue[] = [];
  for (const { ref, state, due, holder, originator, request, breaches } of consents) {
    const body = request.body.name;
    if (state === 'unanswered')
      found.push({
        code: 'consent.unanswered',
        fact: `unanswered ${ref}`,
        detail: { conversation, ref, body, holder, owedBy: originator, dueAtMs: due.atMs, reckoning: due.explanation },
      });
    for (const { eh, reason } of breaches)
      found.push({ code: 'consent.breached', fact: `breach ${eh}`, detail: { conversation, ref, eh, holder, reason } });
  }
  for (const { ref, discloser, sender, informByMs } of exculpatory) {
    if (discloser === self && informByMs !== null && nowMs >= informByMs)
      found.push({
        code: 'exculpatory.uninformed',
        fact: `uninformed ${ref} ${informByMs}`,
        detail: { conversation, ref, sender, informByMs },
      });
  }
  if (feedback.state === 'overdue')
    found.push({
      code: 'feedback.overdue',
      fact: `feedback ${conversation} ${feedback.dueAtMs ?? 0}`,
      detail: { conversation, owedBy: feedback.owedBy, dueAtMs: feedback.dueAtMs },
    });
  return found;
}
