/** What an agency's process can be told to do, and what it answers. Between the sandbox and its own children only. */
import type {
  Case,
  Disclosure,
  FreezeRequest,
  FreezeStep,
  InboxItem,
  SdkEvent,
  SendHandle,
} from '@holdfast/client-sdk';
import type { AttachmentRef, ConversationId, EnvelopeId, MessageBody } from '@holdfast/protocol';

type Until = Parameters<SendHandle['until']>[0];
interface Waiting {
  readonly until?: Until;
  readonly timeoutMs?: number;
  /** Which officer speaks; the device alone where nobody is named. */
  readonly as?: string;
}

export type Order = Waiting &
  (
    | { readonly do: 'online' | 'outbox' | 'stop' }
    | ({ readonly do: 'disclose' } & Disclosure)
    | ({ readonly do: 'freeze.request' } & FreezeRequest)
    | ({ readonly do: 'freeze.acknowledge' } & FreezeStep<'freeze.acknowledge'>)
    | ({ readonly do: 'freeze.impose' } & FreezeStep<'freeze.impose'>)
    | ({ readonly do: 'freeze.refuse' } & FreezeStep<'freeze.refuse'>)
    | { readonly do: 'imposition'; readonly conversation: ConversationId; readonly input: unknown }
    | { readonly do: 'approve'; readonly draft: EnvelopeId }
    | { readonly do: 'until'; readonly id: EnvelopeId }
    | { readonly do: 'case'; readonly conversation: ConversationId }
    | { readonly do: 'download'; readonly ref: AttachmentRef; readonly path: string }
  );

export type SentAnswer = Pick<SendHandle, 'id' | 'eh' | 'conversation' | 'state' | 'receipt' | 'acknowledgements'>;

export interface Answer {
  readonly self?: { readonly agency: string; readonly device: string };
  readonly sent?: SentAnswer;
  /** It awaits approval. */
  readonly draft?: EnvelopeId;
  readonly case?: Case;
  readonly body?: MessageBody<'freeze.impose'>;
  readonly sha256?: string;
  readonly outbox?: readonly Pick<SendHandle, 'id' | 'eh' | 'state'>[];
}

export type Line =
  | ({ readonly type: 'event' } & SdkEvent)
  | { readonly type: 'item'; readonly item: InboxItem }
  | { readonly type: 'answer'; readonly n: number; readonly ok: true; readonly answer: Answer }
  | {
      readonly type: 'answer';
      readonly n: number;
      readonly ok: false;
      readonly code: string;
      readonly message: string;
    };

/** Reads an order. The lines come from our own parent process through a pipe nobody else holds; only the frame is checked. */
export function readOrder(line: string): Order & { readonly n: number } {
  const value: unknown = JSON.parse(line);
  if (isOrder(value)) return value;
  throw new Error('This is not an order.');
}

/** Reads a line of our own child process, as `readOrder` reads its parent's. */
export function readLine(line: string): Line {
  const value: unknown = JSON.parse(line);
  if (isLine(value)) return value;
  throw new Error('This is not a line of an agency process.');
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isOrder = (value: unknown): value is Order & { readonly n: number } =>
  isObject(value) && 'do' in value && 'n' in value;
const isLine = (value: unknown): value is Line => isObject(value) && 'type' in value;
