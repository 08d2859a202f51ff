/**
 * One agency's gateway as a process of its own. It takes orders as JSON lines on standard input and answers as JSON lines on
 * standard output, so that the sandbox (or a test) can drive several without sharing memory or keys with them.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Holdfast, type InboxItem, isSdkError } from '@holdfast/client-sdk';
import { readUnlockKey } from '@holdfast/keys';
import { type Answer, type Order, readOrder } from './orders.js';

const [home = '', device = 'gateway', unlockFile = ''] = process.argv.slice(2);
const send = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const stop = new AbortController();
const desk = await Holdfast.open({ home, device, unlock: { kind: 'key', key: await readUnlockKey(unlockFile) } });
desk.on((event) => send({ type: 'event', ...event }));

const items = new Map<string, InboxItem>();
const reading = (async () => {
  for await (const item of desk.inbox({ signal: stop.signal })) {
    items.set(item.eh, item);
    send({ type: 'item', item });
  }
})();

/** Carries out one order. */
async function carryOut(order: Order): Promise<Answer> {
  const signal = AbortSignal.timeout(order.timeoutMs ?? 60_000);
  switch (order.do) {
    case 'online':
      await desk.online({ signal });
      return { self: desk.self };
    case 'disclose':
      return sent(await desk.disclose(order), order.until, signal);
    case 'freeze.request':
      return sent(await desk.freeze.request(order), order.until, signal);
    case 'freeze.acknowledge':
      return sent(await desk.freeze.acknowledge(order), order.until, signal);
    case 'freeze.impose':
      return sent(await desk.freeze.impose(order), order.until, signal);
    case 'freeze.refuse':
      return sent(await desk.freeze.refuse(order), order.until, signal);
    case 'imposition':
      return { body: await desk.freeze.imposition(order) };
    case 'until':
      return sent(desk.sent(order.id), order.until, signal);
    case 'case':
      return { case: desk.case(order.conversation) };
    case 'download': {
      await desk.download(order.ref, order.path, { signal });
      return { sha256: await sha256Of(order.path) };
    }
    case 'outbox':
      return { outbox: desk.outbox().map(({ id, eh, state }) => ({ id, eh, state })) };
    case 'stop':
      stop.abort();
      await reading;
      await desk.close();
      return {};
  }
}

type Until = Parameters<ReturnType<Holdfast['sent']>['until']>[0];

async function sent(
  handle: ReturnType<Holdfast['sent']>,
  until: Until | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  if (until !== undefined) await handle.until(until, { signal });
  const { id, eh, conversation, state, receipt, acknowledgements } = handle;
  return { sent: { id, eh, conversation, state, receipt, acknowledgements } };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  const content: AsyncIterable<Uint8Array> = createReadStream(path);
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}

// Ctrl-C in a terminal reaches every process of the sandbox; the parent alone says when to stop.
process.on('SIGINT', () => undefined);
for await (const line of createInterface({ input: process.stdin })) {
  const order = readOrder(line);
  // Orders run side by side: one may wait for what another causes.
  void carryOut(order).then(
    (answer) => send({ type: 'answer', n: order.n, ok: true, answer }),
    (error: unknown) => {
      const code =
        isSdkError(error) || (error instanceof Error && 'code' in error)
          ? String((error as { code: unknown }).code)
          : 'internal';
      send({
        type: 'answer',
        n: order.n,
        ok: false,
        code,
        message: error instanceof Error ? error.message : String(error),
        issues: isSdkError(error) ? error.issues : [],
      });
    },
  );
  if (order.do === 'stop') break;
}
