/**
 * What an agency's past answers show, beside what it declares of itself: counted by the reader from its own archive, known to nobody
 * else. Where the two differ the sender is told both figures and how many cases they rest on.
 */
import type { AgencyId } from '../ids.js';
import type { RefusalCode } from '../messages/refusal.js';
import { type Clock, STATE_CLOCKS } from '../states/freeze-clocks.js';
import { type Advice, advising } from './advice.js';
import type { CapabilityRecord } from './capability.js';

type Urgency = 'flash' | 'urgent' | 'routine';

/** Medians in milliseconds, and of how many answers. */
export interface ObservedTime {
  readonly medianMs: number;
  readonly count: number;
}

export interface Observed {
  readonly agency: AgencyId;
  /** Alerts that we sent to it, among the cases that were looked at. */
  readonly alerts: number;
  /** Those that it has not answered although its time to acknowledge has passed. */
  readonly silent: number;
  readonly acknowledge: Readonly<Partial<Record<Urgency, ObservedTime>>>;
  /** From our sending to its first decision: imposed, refused, or no assets. */
  readonly decide: Readonly<Partial<Record<Urgency, ObservedTime>>>;
  readonly imposed: number;
  readonly noAssets: number;
  readonly redirected: number;
  readonly refused: Readonly<Partial<Record<RefusalCode, number>>>;
  /** How long the measures that it imposed ran from start to first expiry. */
  readonly granted: { readonly shortestMs: number; readonly medianMs: number; readonly longestMs: number } | null;
}

const MS: Readonly<Record<Clock['unit'], (count: number) => number>> = {
  minutes: (count) => count * 60_000,
  hours: (count) => count * 3_600_000,
  // From a Friday evening on a working day is over only after the weekend: never a reproach that the calendar explains.
  'working-days': (count) => (count + 2 * Math.ceil(count / 5)) * 86_400_000,
};
/** The longest that a clock can be on the wall, in milliseconds. */
export const atMostMs = ({ number, unit }: Clock): number => MS[unit](number);

/** How soon the agency says it answers, else how soon the protocol expects it. */
export function answerTimes(
  record: Pick<CapabilityRecord, 'answerTimes'> | null,
  urgency: Urgency,
): { readonly declared: boolean; readonly acknowledge: Clock; readonly decide: Clock } {
  const clockOf = (state: string): Clock =>
    STATE_CLOCKS.find((clock) => clock.state === state)?.within[urgency] ?? { number: 3, unit: 'working-days' };
  const acknowledge = record?.answerTimes?.acknowledge?.[urgency];
  const decide = record?.answerTimes?.decide?.[urgency];
  return {
    declared: acknowledge !== undefined || decide !== undefined,
    acknowledge: acknowledge ?? clockOf('delivered'),
    decide: decide ?? clockOf('acknowledged'),
  };
}

/** Where what was observed falls short of what is declared. @param shortestDeclaredMs the declared duration that the alert would get, if any */
export function adviceOfObserved(
  observed: Observed,
  record: CapabilityRecord | null,
  urgency: Urgency,
  shortestDeclaredMs: number | null,
): readonly Advice[] {
  const found: Advice[] = [];
  const times = answerTimes(record, urgency);
  const says = times.declared ? 'declares' : 'is expected to take';
  for (const [step, clock, time] of [
    ['acknowledge', times.acknowledge, observed.acknowledge[urgency]],
    ['decide', times.decide, observed.decide[urgency]],
  ] as const) {
    if (time !== undefined && time.medianMs > atMostMs(clock)) {
      found.push(
        advising(
          'observed.slower',
          'urgency',
          `To ${step} on a ${urgency} alert it ${says} ${clockText(clock)}; it took ${hoursText(time.medianMs)} in the median of ${time.count}.`,
        ),
      );
    }
  }
  if (observed.silent > 0)
    found.push(
      advising(
        'observed.silent',
        '(top)',
        `${observed.silent} of ${observed.alerts} earlier alerts were never answered.`,
      ),
    );
  if (shortestDeclaredMs !== null && observed.granted !== null && observed.granted.medianMs < shortestDeclaredMs)
    found.push(
      advising(
        'observed.shorter',
        '(top)',
        `It declares ${hoursText(shortestDeclaredMs)} if imposed now; what it granted ran ${hoursText(observed.granted.medianMs)} in the median.`,
      ),
    );
  return found;
}

const clockText = ({ number, unit }: Clock): string => {
  const words = unit.replace('-', ' ');
  return unit === 'hours' ? `${number} h` : `${number} ${number === 1 ? words.replace(/s$/, '') : words}`;
};

const hoursText = (ms: number): string => {
  const hours = ms / 3_600_000;
  return hours < 1
    ? `${Math.round(ms / 60_000)} min`
    : `${hours < 10 ? Math.round(hours * 10) / 10 : Math.round(hours)} h`;
};
