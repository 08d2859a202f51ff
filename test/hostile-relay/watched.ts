/** A device behind a hostile link, with everything that its application is told, and waits that end with what came or a clear failure. */
import type { Holdfast, InboxItem, SdkEvent } from '@holdfast/client-sdk';
import type { AgencyId } from '@holdfast/protocol';
import { soon, type TestNetwork } from '../fixtures/network.js';
import type { HostileLink, HostileRelay } from './proxy.js';

export interface Watched {
  readonly desk: Holdfast;
  readonly link: HostileLink;
  /** How far its clock is ahead of ours. */
  readonly clock: { aheadMs: number };
  /** All so far. */
  readonly events: SdkEvent[];
  /** What the application has read, in order. */
  readonly read: InboxItem[];
  /** Resolves with the first event that fits, past or to come. */
  seen(fits: (event: SdkEvent) => boolean, signal?: AbortSignal): Promise<SdkEvent>;
  /** Resolves when `check` holds, asked after each event and each item read. */
  until(check: () => boolean, what: string, signal?: AbortSignal): Promise<void>;
  /** Resolves with the item of that name when the application has read it. */
  got(eh: string | null): Promise<InboxItem>;
  alarms(): string[];
}

/** Opens the device over a link of its own, and reads its inbox as it fills. */
export async function watch(
  network: TestNetwork,
  relay: HostileRelay,
  agency: AgencyId,
  device = 'gateway',
): Promise<Watched> {
  const link = await relay.link();
  // Next to no back-off: an attempt after a cut comes at once.
  const clock = { aheadMs: 0 };
  const now = (): number => Date.now() + clock.aheadMs;
  const desk = await network.open(agency, { device, transport: link.transport, random: () => 0.002, now });
  const events: SdkEvent[] = [];
  const read: InboxItem[] = [];
  const looks = new Set<() => void>();
  // Once for all that comes in one turn: what is asked may cost a case's replay.
  let isDue = false;
  const look = (): void => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      for (const one of looks) one();
    });
  };
  desk.on((event) => {
    events.push(event);
    look();
  });
  void (async () => {
    // Ends when the client closes.
    for await (const item of desk.inbox({ signal: new AbortController().signal })) {
      read.push(item);
      look();
    }
  })();
  const until: Watched['until'] = (check, what, signal = soon()) =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        looks.delete(again);
        signal.removeEventListener('abort', giveUp);
      };
      const again = (): void => {
        if (!check()) return;
        end();
        resolve();
      };
      const giveUp = (): void => {
        end();
        const told = events.slice(-12).map(inShort);
        reject(new Error(`${what} has not come; ${agency} ${device} was told ${told.join(' ')}`));
      };
      looks.add(again);
      signal.addEventListener('abort', giveUp, { once: true });
      again();
      if (signal.aborted && looks.has(again)) giveUp();
    });
  return {
    desk,
    link,
    clock,
    events,
    read,
    until,
    seen: async (fits, signal) => {
      await until(() => events.some(fits), 'The event', signal);
      return found(events, fits);
    },
    got: async (eh) => {
      await until(() => read.some((item) => item.eh === eh), `The message ${eh}`);
      return found(read, (item) => item.eh === eh);
    },
    alarms: () => events.flatMap((event) => (event.event === 'alarm' ? [event.code] : [])),
  };
}

/** An event without the message that it is about. */
const inShort = (event: SdkEvent): string =>
  event.event === 'inbox.stored'
    ? `inbox.stored ${event.message.kind}`
    : event.event === 'outbox.accepted'
      ? event.event
      : JSON.stringify(event);

function found<T>(items: readonly T[], fits: (item: T) => boolean): T {
  const item = items.find(fits);
  if (item === undefined) throw new Error('It is gone again.');
  return item;
}

/** An alarm of this code, and, where `cause` is said, with that code in its detail. */
export const alarm =
  (code: string, cause?: string) =>
  (event: SdkEvent): boolean =>
    event.event === 'alarm' &&
    event.code === code &&
    (cause === undefined || Object.values(event.detail).includes(cause));
