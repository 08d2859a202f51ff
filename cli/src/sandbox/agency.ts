/** Driving an agency's process: orders in, answers, items and events out. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { InboxItem, SdkEvent } from '@holdfast/client-sdk';
import type { EnvelopeId } from '@holdfast/protocol';
import { CliError } from '../errors.js';
import { type Answer, type Line, type Order, readLine, type SentAnswer } from './orders.js';

const ENTRY = fileURLToPath(new URL('./agency-process.js', import.meta.url));

/** The officers of each agency of a sandbox. */
export const DRAFTER = 'analyst-1';
export const APPROVER = 'approver-1';
export const OFFICERS = [
  { name: DRAFTER, roles: ['analyst', 'duty'] },
  { name: APPROVER, roles: ['approver'] },
] as const;

export interface AgencyOptions {
  readonly home: string;
  readonly device: string;
  readonly unlockFile: string;
  /** Where the keys of its officers lie, `<name>.key`. */
  readonly officersFolder: string;
  readonly logFile: string;
  readonly onEvent: (event: SdkEvent) => void;
}

export class AgencyProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #answers = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  readonly #waiting = new Set<() => void>();
  readonly #exited: Promise<unknown>;
  #n = 0;
  /** Every inbox item, in order of arrival. */
  readonly items: InboxItem[] = [];

  constructor(options: AgencyOptions) {
    this.#child = spawn(
      process.execPath,
      [ENTRY, options.home, options.device, options.unlockFile, options.officersFolder],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    this.#child.stderr.pipe(createWriteStream(options.logFile, { flags: 'a' }));
    this.#exited = once(this.#child, 'exit').then(() => {
      for (const { reject } of this.#answers.values())
        reject(new CliError('sandbox.failed', `The process of ${options.home} ended; see ${options.logFile}.`));
      this.#answers.clear();
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(readLine(line), options.onEvent));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  #take(line: Line, onEvent: (event: SdkEvent) => void): void {
    switch (line.type) {
      case 'event': {
        const { type: _, ...event } = line;
        onEvent(event);
        break;
      }
      case 'item':
        this.items.push(line.item);
        break;
      case 'answer': {
        const waiting = this.#answers.get(line.n);
        this.#answers.delete(line.n);
        if (line.ok) waiting?.resolve(line.answer);
        else waiting?.reject(new CliError('sandbox.failed', `${line.code}: ${line.message}`));
        break;
      }
    }
    for (const look of this.#waiting) look();
  }

  /** Gives an order and waits for its answer. @throws CliError `sandbox.failed` */
  order(order: Order): Promise<Answer> {
    const n = ++this.#n;
    return new Promise((resolve, reject) => {
      this.#answers.set(n, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ ...order, n })}\n`);
    });
  }

  /** An order that sends something. */
  async send(order: Order): Promise<SentAnswer> {
    const { sent } = await this.order(order);
    if (sent === undefined) throw new CliError('sandbox.failed', `The order "${order.do}" sent nothing.`);
    return sent;
  }

  /** As `send`, in four eyes: one officer drafts, the other approves. @param onDraft told of the draft between the two */
  async sendApproved(order: Order, onDraft: (draft: EnvelopeId) => void): Promise<SentAnswer> {
    const { draft } = await this.order({ ...order, as: DRAFTER });
    if (draft === undefined) throw new CliError('sandbox.failed', `The order "${order.do}" was sent without approval.`);
    onDraft(draft);
    const { until, timeoutMs } = order;
    const waiting = { ...(until === undefined ? {} : { until }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    return await this.send({ do: 'approve', draft, as: APPROVER, ...waiting });
  }

  /** The first item that fits, now or when it comes. */
  item(fits: (item: InboxItem) => boolean, timeoutMs = 60_000): Promise<InboxItem> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = (): void => {
        const found = this.items.find(fits);
        if (found === undefined) return;
        end();
        resolve(found);
      };
      const timer = setTimeout(() => {
        end();
        reject(new CliError('sandbox.failed', 'A message that was expected did not come in time.'));
      }, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    await this.order({ do: 'stop' });
    this.#child.stdin.end();
    await this.#exited;
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
