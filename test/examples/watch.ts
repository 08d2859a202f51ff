import type { HoldfastDesk } from '@holdfast/client-sdk';

/** Writes what an operator must see, one line each. @returns a function that ends it */
export function watch(desk: HoldfastDesk, log: (line: object) => void): () => void {
  return desk.on((event) => {
    // Somebody may be lying, or a disk may be full: wake a person.
    if (event.event === 'alarm') log({ level: 'alarm', code: event.code, ...event.detail });
    // Will never go out.
    if (event.event === 'outbox.refused') log({ level: 'error', id: event.id, code: event.problem.code });
    // Nobody fetched it in time: telephone.
    if (event.event === 'outbox.expired') log({ level: 'error', eh: event.eh, undelivered: event.undelivered });
    // Goes out by itself once the reason is gone.
    if (event.event === 'outbox.waiting') log({ level: 'warn', id: event.id, code: event.code, advice: event.advice });
    if (event.event === 'connection') log({ level: 'info', connection: event.state, code: event.code ?? null });
  });
}
