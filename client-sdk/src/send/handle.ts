/**
 * What sending gives back: a view of how far the message has come, by proof and not by hope. `unknown` means that bytes have
 * left and no receipt has come; the outbox asks again with the same bytes until it is known.
 */
import type { AgencyId, ConversationId, EnvelopeId, Hash, Problem, Receipt } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { Acknowledgement } from '../archive/message-table.js';
import { SdkError } from '../errors.js';
import type { EventHub } from '../events.js';

export const SEND_STATES = ['queued', 'unknown', 'accepted', 'delivered', 'opened', 'decided'] as const;
export type SendState = (typeof SEND_STATES)[number] | 'refused' | 'expired';

export interface SendHandle {
  readonly id: EnvelopeId;
  readonly conversation: ConversationId;
  readonly kind: string;
  /** The sender's own reference; what a program that was killed after queueing finds its message by. */
  readonly caseRef: string | null;
  readonly queuedAtMs: number;
  readonly state: SendState;
  /** The envelope's name, once sealed. */
  readonly eh: Hash | null;
  /** The relay's receipt, once accepted. */
  readonly receipt: Receipt | null;
  readonly problem: Problem | null;
  readonly acknowledgements: readonly Acknowledgement[];
  /** Resolves when the message has come at least this far. @throws SdkError `relay.refused`, or the signal's reason */
  until(state: (typeof SEND_STATES)[number], options: { readonly signal: AbortSignal }): Promise<SendHandle>;
}

export function handleOf(archive: Archive, events: EventHub, id: EnvelopeId): SendHandle {
  const read = (): Omit<SendHandle, 'until'> => {
    const item = archive.outbox.get(id);
    if (item === undefined) throw new SdkError('case.unknown', 'There is no such message in the outbox.');
    const acknowledgements = item.eh === null ? [] : archive.messages.acknowledgements(item.eh);
    const { conversation, kind, caseRef, createdAtMs: queuedAtMs, eh, receipt, problem } = item;
    return {
      id,
      conversation,
      kind,
      caseRef,
      queuedAtMs,
      eh,
      receipt,
      problem,
      acknowledgements,
      state: stateOf(item.state, item.recipients, acknowledgements),
    };
  };
  return {
    id,
    get conversation() {
      return read().conversation;
    },
    get kind() {
      return read().kind;
    },
    get caseRef() {
      return read().caseRef;
    },
    get queuedAtMs() {
      return read().queuedAtMs;
    },
    get state() {
      return read().state;
    },
    get eh() {
      return read().eh;
    },
    get receipt() {
      return read().receipt;
    },
    get problem() {
      return read().problem;
    },
    get acknowledgements() {
      return read().acknowledgements;
    },
    async until(state, { signal }) {
      const reached = (): boolean => {
        const now = read();
        if (now.state === 'refused')
          throw new SdkError('relay.refused', now.problem?.title, now.problem === null ? {} : { problem: now.problem });
        if (now.state === 'expired')
          throw new SdkError('relay.refused', 'The message expired before it was delivered.');
        return SEND_STATES.indexOf(now.state) >= SEND_STATES.indexOf(state);
      };
      await events.until(reached, signal);
      return this;
    },
  };
}

function stateOf(
  stored: 'queued' | 'sealed' | 'accepted' | 'refused' | 'expired',
  recipients: readonly AgencyId[],
  acks: readonly Acknowledgement[],
): SendState {
  // Every recipient agency must have said so; a recipient's own word outranks the relay's.
  const all = (level: Acknowledgement['level']): boolean =>
    recipients.every((agency) => acks.some((ack) => ack.agency === agency && ack.level === level));
  if (all('acted')) return 'decided';
  if (all('opened')) return 'opened';
  if (all('delivered')) return 'delivered';
  return stored === 'sealed' ? 'unknown' : stored;
}
