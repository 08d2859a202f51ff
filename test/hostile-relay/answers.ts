/**
 * One device's answers over HTTP under a script. A lie holds until the link is healed; the honest answer is always at hand, and what
 * a lie needs beside it is asked of the real relay.
 */
import { randomBytes } from 'node:crypto';
import {
  fromBase64url,
  fromUtf8,
  OPERATIONS,
  type Operation,
  parseStrict,
  toBase64url,
  utf8,
} from '@holdfast/protocol';
import type { AnswerFault, AnswerLie } from './script.js';

export interface Request {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export type Ask = (request: Request) => Promise<Answer>;

/** More than any answer may have, trust lists apart. */
const HUGE = new Uint8Array(9 * 1024 * 1024).fill(0x20);

export class Answers {
  #lies: AnswerFault[] = [];
  /** The last honest heads, which a frozen directory stays at. */
  #heads: Answer | undefined;

  tell(lie: AnswerFault): void {
    this.#lies.push(lie);
  }

  heal(): void {
    this.#lies = [];
  }

  /** @returns 'hang-up' where the connection is to be cut instead of an answer */
  async answer(request: Request, ask: Ask): Promise<Answer | 'hang-up'> {
    const operation = operationOf(request);
    const { lie } = this.#lies.find((one) => concerns(one, operation)) ?? {};
    if (lie === undefined) {
      const honest = await ask(request);
      if (operation?.id === OPERATIONS.listAgencies.id && honest.status === 200) this.#heads = honest;
      return honest;
    }
    return this.#lie(lie, request, operation, ask);
  }

  async #lie(
    lie: AnswerLie,
    request: Request,
    operation: Operation | undefined,
    ask: Ask,
  ): Promise<Answer | 'hang-up'> {
    switch (lie) {
      case 'hang-up':
        return 'hang-up';
      case 'status-500':
        return { status: 500, headers: {}, body: utf8('no') };
      case 'status-429':
        return { status: 429, headers: { 'retry-after': '0' }, body: utf8('no') };
      case 'garbage':
        return { status: operation?.status ?? 200, headers: {}, body: randomBytes(64) };
      case 'huge':
        return { status: operation?.status ?? 200, headers: {}, body: HUGE };
      case 'older-heads':
        return changed(await ask(request), 'agencies', (one) => ({ ...one, seq: Number(one.seq) - 1 }));
      case 'other-heads':
        return changed(await ask(request), 'agencies', (one) => ({ ...one, head: altered(one.head) }));
      case 'swapped-key':
        return changed(await ask(request), 'keys', (one) => ({ ...one, key: altered(one.key) }));
      case 'old-trust-list':
        return json({ lists: [], latest: Math.max(0, fromOf(request) - 2) });
      case 'frozen-directory':
        return this.#frozen(request, operation, ask);
      case 'ghost-device':
        return withGhost(request, operation, ask);
    }
  }

  async #frozen(request: Request, operation: Operation | undefined, ask: Ask): Promise<Answer> {
    if (operation?.id === OPERATIONS.getTrustLists.id) return json({ lists: [], latest: fromOf(request) - 1 });
    this.#heads ??= await ask(request);
    return this.#heads;
  }
}

/** Which operations a lie is about. */
const ABOUT: Partial<Readonly<Record<AnswerLie, readonly Operation['id'][]>>> = {
  'older-heads': [OPERATIONS.listAgencies.id],
  'other-heads': [OPERATIONS.listAgencies.id],
  'frozen-directory': [OPERATIONS.listAgencies.id, OPERATIONS.getTrustLists.id],
  'ghost-device': [OPERATIONS.listAgencies.id, OPERATIONS.getStatements.id],
  'swapped-key': [OPERATIONS.getEpochKeys.id],
  'old-trust-list': [OPERATIONS.getTrustLists.id],
};

function concerns({ lie, operation }: AnswerFault, asked: Operation | undefined): boolean {
  const about = ABOUT[lie];
  if (about !== undefined) return asked !== undefined && about.includes(asked.id);
  return operation === undefined || operation === asked?.id;
}

/** A chain that goes on with a device that nobody has certified: the last statement's signatures under another content. */
async function withGhost(request: Request, operation: Operation | undefined, ask: Ask): Promise<Answer> {
  if (operation?.id === OPERATIONS.listAgencies.id)
    return changed(await ask(request), 'agencies', (one) => ({
      ...one,
      seq: Number(one.seq) + 1,
      head: altered(one.head),
    }));
  const from = fromOf(request);
  const path = request.path.replace(/from=\d+/, `from=${from - 1}`);
  const answer = await ask({ ...request, path });
  const { statements } = objectIn(answer.body);
  const last: unknown = Array.isArray(statements) ? statements[0] : undefined;
  if (!isObject(last) || typeof last.payload !== 'string') return ask(request);
  const payload = objectIn(fromBase64url(last.payload));
  const ghost = { ...payload, seq: from, device: toBase64url(randomBytes(16)) };
  return json({ statements: [{ ...last, payload: toBase64url(utf8(JSON.stringify(ghost))) }], next: null });
}

const operations: readonly Operation[] = Object.values(OPERATIONS);
const patterns = operations.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replace(/:\w+/g, '[^/]+')}$`),
}));

/** The operation that a request is for; undefined for attachments. */
export function operationOf({ method, path }: Pick<Request, 'method' | 'path'>): Operation | undefined {
  const [bare = ''] = path.split('?');
  return patterns.find(({ operation, pattern }) => operation.method === method && pattern.test(bare))?.operation;
}

const fromOf = ({ path }: Request): number => Number(/[?&]from=(\d+)/.exec(path)?.[1] ?? 0);
const altered = (text: unknown): string => `AAAA${String(text).slice(4)}`;
const json = (value: unknown): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: utf8(JSON.stringify(value)),
});

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A JSON object in bytes; empty where they are none. */
export function objectIn(bytes: Uint8Array): Record<string, unknown> {
  const value = parseStrict(fromUtf8(bytes), { depth: 32, members: 100_000 });
  return isObject(value) ? value : {};
}

function changed(
  answer: Answer,
  list: string,
  change: (one: Record<string, unknown>) => Record<string, unknown>,
): Answer {
  if (answer.status !== 200) return answer;
  const page = objectIn(answer.body);
  const items: unknown = page[list];
  if (!Array.isArray(items)) return answer;
  return json({ ...page, [list]: items.map((one: unknown) => (isObject(one) ? change(one) : one)) });
}
