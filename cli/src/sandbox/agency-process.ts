/**
 * One agency's gateway as a process of its own. It takes orders as JSON lines on standard input and answers as JSON lines on
 * standard output, so that the sandbox (or a test) can drive several without sharing memory or keys with them.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  Holdfast,
  type InboxItem,
  isSdkError,
  type OfficerSigner,
  officerNames,
  openOfficer,
  type SendHandle,
  type Spoken,
} from '@holdfast/client-sdk';
import { readUnlockKey } from '@holdfast/keys';
import { type Answer, type Order, readOrder } from './orders.js';

const [home = '', device = 'gateway', unlockFile = '', officersFolder = ''] = process.argv.slice(2);
const send = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const stop = new AbortController();
const desk = await Holdfast.open({ home, device, unlock: { kind: 'key', key: await readUnlockKey(unlockFile) } });
desk.on((event) => send({ type: 'event', ...event }));

/** Each opens with a key of its own; only a sandbox lets one process hold two. */
const officers = new Map<string, OfficerSigner>();
for (const name of await officerNames(home)) {
  const unlock = { kind: 'key', key: await readUnlockKey(join(officersFolder, `${name}.key`)) } as const;
  officers.set(name, await openOfficer({ home, name, unlock }));
}
function officerOf(name: string | undefined): OfficerSigner {
  const officer = officers.get(name ?? '');
  if (officer === undefined) throw new Error(`There is no officer ${name ?? ''} here.`);
  return officer;
}

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
  const voice = order.as === undefined ? desk : desk.as(officerOf(order.as));
  switch (order.do) {
    case 'online':
      await desk.online({ signal });
      return { self: desk.self };
    case 'disclose':
      return sent(await voice.disclose(order), order.until, signal);
    case 'freeze.request':
      return sent(await voice.freeze.request(order), order.until, signal);
    case 'freeze.acknowledge':
      return sent(await voice.freeze.acknowledge(order), order.until, signal);
    case 'freeze.impose':
      return sent(await voice.freeze.impose(order), order.until, signal);
    case 'freeze.refuse':
      return sent(await voice.freeze.refuse(order), order.until, signal);
    case 'imposition':
      return { body: await desk.freeze.imposition(order) };
    case 'approve':
      return sent(await desk.approve(order.draft, officerOf(order.as)), order.until, signal);
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
      for (const officer of officers.values()) officer.close();
      return {};
  }
}

type Until = Parameters<ReturnType<Holdfast['sent']>['until']>[0];

async function sent(spoken: SendHandle | Spoken, until: Until | undefined, signal: AbortSignal): Promise<Answer> {
  if ('draft' in spoken) return { draft: spoken.draft.id };
  const handle = 'handle' in spoken ? spoken.handle : spoken;
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
