/** What runs out first, over every case: the work in the order in which the law wants it done. */
import { byDue, type CaseClock, isOpen } from '@holdfast/protocol';
import type { Case } from '../cases/case.js';

/** One deadline that is still wanted, and the case that it belongs to. */
export interface QueueItem {
  readonly case: Pick<Case, 'conversation' | 'kind' | 'caseRef' | 'priority' | 'state' | 'agencies'>;
  readonly clock: CaseClock;
  /** Is it our own turn? */
  readonly ours: boolean;
}

/** Overdue first, then what runs out first; what is paused last. */
export function queueOf(cases: readonly Case[], self: string): readonly QueueItem[] {
  return cases
    .flatMap(({ clocks, conversation, kind, caseRef, priority, state, agencies }) =>
      clocks.filter(isOpen).map((clock) => ({
        case: { conversation, kind, caseRef, priority, state, agencies },
        clock,
        ours: clock.whose.agency === self,
      })),
    )
    .sort((a, b) => byDue(a.clock, b.clock));
}
