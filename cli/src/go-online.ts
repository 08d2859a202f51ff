/** Being in step before a step: what has arrived decides what may be said. */
import { type Holdfast, isSdkError } from '@holdfast/client-sdk';
import type { Output } from './output.js';

const ONLINE_WITHIN_MS = 15_000;

/** Connects and takes in what has arrived, so that the step is checked against the newest state; away, it says so and goes on. */
export async function goOnline(
  context: { readonly output: Output; deadline(): AbortSignal },
  desk: Holdfast,
): Promise<void> {
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(ONLINE_WITHIN_MS), context.deadline()]);
    await desk.caughtUp({ signal });
  } catch (error) {
    if (!(isSdkError(error, 'relay.unreachable') || (error instanceof Error && error.name === 'TimeoutError')))
      throw error;
    context.output.note(
      'The relay is away: working with what is here; messages are queued. If it is urgent, phone the duty contact.',
    );
  }
}
