/**
 * The end of a schedule: all faults end, everybody connects again, and whoever has spoken says one thing more in each case. What is
 * missing then is missing for good, and named by what came after it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Holdfast, isSdkError } from '@holdfast/client-sdk';
import type { ConversationId } from '@holdfast/protocol';
import { soon } from '../fixtures/network.js';
import { caseAt, isHere, type Played, sayNote } from './play.js';
import type { Device, World } from './world.js';

/** How long something that is on its way may take on a busy machine. */
const PATIENCE_MS = 20_000;
/** More than an SDK waits for what a message follows. */
const LONGER_THAN_IT_WAITS_MS = 6000;

export async function settle({ devices }: World, played: Played): Promise<void> {
  for (const { link } of devices) link.heal();
  await Promise.all(devices.map(reconnect));
  await Promise.all(devices.map(sendAll));
  await sayOnceMore(played);
  await arrived(devices, played);
  const gaps = [...played.conversations.keys()].filter((one) => devices.some((device) => awaits(device, one)));
  if (gaps.length === 0) return;
  // What is awaited is looked at again when the next message comes: by then it has been awaited for long enough.
  for (const { clock } of devices) clock.aheadMs = LONGER_THAN_IT_WAITS_MS;
  await sayOnceMore(played, gaps);
  await Promise.all(
    devices.map((device) =>
      device.until(() => gaps.every((one) => !awaits(device, one)), 'An end to the waiting', soon(PATIENCE_MS)),
    ),
  );
  for (const { clock } of devices) clock.aheadMs = 0;
  await arrived(devices, played);
}

/** Whatever is not acknowledged is delivered, and submitted, once more. */
async function reconnect(device: Device): Promise<void> {
  const { desk, link, events } = device;
  if (desk.isOnline) {
    const from = events.length;
    link.cut();
    const isCut = (): boolean =>
      events.slice(from).some((event) => event.event === 'connection' && event.state === 'offline');
    await device.until(isCut, 'The cut', soon(PATIENCE_MS));
  }
  await caughtUp(desk, soon(PATIENCE_MS));
}

/** A cut from before may still be on its way; then once more. */
async function caughtUp(desk: Holdfast, signal: AbortSignal): Promise<void> {
  try {
    await desk.caughtUp({ signal });
  } catch (error) {
    if (signal.aborted || !isSdkError(error, 'relay.unreachable')) throw error;
    await nextTurn();
    await caughtUp(desk, signal);
  }
}

async function sendAll(device: Device): Promise<void> {
  const isSent = (): boolean => device.desk.outbox().every(({ state }) => state !== 'queued' && state !== 'unknown');
  await device.until(isSent, 'An empty outbox', soon(PATIENCE_MS));
}

/** Everybody who has spoken in a case speaks again, so that what they said before is named. */
async function sayOnceMore(played: Played, conversations = [...played.conversations.keys()]): Promise<void> {
  for (const conversation of conversations) {
    const speakers = new Set(
      played.said.filter(({ handle }) => handle.conversation === conversation).map(({ by }) => by),
    );
    for (const by of speakers) {
      await sayNote(played, by, conversation);
      await sendAll(by);
    }
  }
}

/** Everything is where it belongs, or waits for what it follows, or was raised as missing. */
async function arrived(devices: readonly Device[], { said }: Played): Promise<void> {
  await Promise.all(
    devices.map((device) => {
      const isSettled = (): boolean =>
        said.every(
          (one) => one.handle.state === 'refused' || isHere(device, one) || hasGap(device, one.handle.conversation),
        );
      return device.until(isSettled, 'What was said', soon(PATIENCE_MS));
    }),
  );
}

const missingAt = (device: Device, conversation: ConversationId): readonly { readonly isRaised: boolean }[] =>
  caseAt(device, conversation)?.missing ?? [];
const hasGap = (device: Device, conversation: ConversationId): boolean => missingAt(device, conversation).length > 0;
const awaits = (device: Device, conversation: ConversationId): boolean =>
  missingAt(device, conversation).some(({ isRaised }) => !isRaised);
