/**
 * The temporary-freeze alert, step by step (domain, Flow 1). Each step is checked against the case's table before it is queued:
 * what the state does not allow is refused here, with state and event named, and never sent.
 */
import {
  type Advice,
  type AgencyId,
  type ConversationId,
  checkAgainstCapability,
  checkRequirements,
  type FreezeKind,
  type MessageBody,
} from '@holdfast/protocol';
import { openingOf } from '../cases/case.js';
import { assertStepAllowed } from '../cases/fold-freeze.js';
import type { DeskRuntime } from '../desk-runtime.js';
import type { PublishedAgency } from '../directory/published.js';
import { SdkError } from '../errors.js';
import type { Dispatch } from './dispatch.js';
import { assertTrusted, newConversationId } from './enqueue.js';
import { draftImposition, type ImpositionDraft } from './imposition.js';
import { checkAttachments, type OutgoingAttachment } from './outgoing-attachments.js';

export interface FreezeRequest {
  readonly to: AgencyId;
  readonly body: MessageBody<'freeze.request'>;
  readonly attachments?: readonly OutgoingAttachment[];
  readonly caseRef?: string | null;
}

export interface FreezeStep<K extends FreezeKind> {
  readonly conversation: ConversationId;
  readonly body: MessageBody<K>;
}

/** `Sent` is what the speaker gets back for each step. */
export class FreezeFlow<Sent> {
  readonly #runtime: DeskRuntime;
  readonly #dispatch: Dispatch<Sent>;

  /** @internal */
  constructor(runtime: DeskRuntime, dispatch: Dispatch<Sent>) {
    this.#runtime = runtime;
    this.#dispatch = dispatch;
  }

  /**
   * Sends an alert, after the recipient's capability record has been asked. Where it is aborted, nothing was queued.
   * @throws SdkError `capability.*`, `directory.unknown-agency`, `directory.quarantined`, `message.*`, `attachment.*`; the signal's reason
   */
  async request(
    { to, body, attachments = [], caseRef = null }: FreezeRequest,
    { signal = this.#runtime.signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Sent> {
    const { events, now } = this.#runtime;
    await checkAttachments(body.attachments ?? [], attachments);
    const recipient = await this.#runtime.published(to, signal);
    signal.throwIfAborted();
    assertTrusted(recipient);
    for (const { code, field, text } of assertCapable(recipient, body, now())) {
      events.emit({ event: 'advice', code, field, text });
    }
    return this.#dispatch({
      kind: 'freeze.request',
      body,
      conversation: newConversationId(),
      recipients: [to],
      priority: body.urgency,
      caseRef,
      termsHash: null,
      attachments,
    });
  }

  /** R's duty officer has it; R's decision clock begins. */
  acknowledge(step: FreezeStep<'freeze.acknowledge'>): Promise<Sent> {
    return this.step('freeze.acknowledge', step);
  }

  /** R refuses, with code and reason. */
  refuse(step: FreezeStep<'freeze.refuse'>): Promise<Sent> {
    return this.step('freeze.refuse', step);
  }

  /** R freezes all or some assets, each until its own expiry. */
  impose(step: FreezeStep<'freeze.impose'>): Promise<Sent> {
    return this.step('freeze.impose', step);
  }

  /**
   * Completes a decision's draft with start and expiry as our own published capability record gives them.
   * @throws SdkError `capability.*`, `message.refused`
   */
  imposition(draft: ImpositionDraft): Promise<MessageBody<'freeze.impose'>> {
    return draftImposition(this.#runtime, draft);
  }

  /** Any later step of an alert. @throws SdkError `case.unknown`, `case.event-not-allowed`, `message.*` */
  async step<K extends Exclude<FreezeKind, 'freeze.request'>>(
    kind: K,
    { conversation, body }: FreezeStep<K>,
  ): Promise<Sent> {
    const { archive, identity, now } = this.#runtime;
    const { agencies, priority } = openingOf(archive, conversation);
    return this.#dispatch({
      kind,
      body,
      conversation,
      recipients: agencies.filter((agency) => agency !== identity.agency),
      priority,
      caseRef: null,
      termsHash: null,
      attachments: [],
      assertAllowed: () => assertStepAllowed(archive, identity.agency, conversation, kind, body, now()),
    });
  }
}

/** What blocks stops the sending; the rest is advice, told and not enforced. */
function assertCapable(
  recipient: PublishedAgency,
  body: MessageBody<'freeze.request'>,
  nowMs: number,
): readonly Advice[] {
  const { agency, entry, capability } = recipient;
  if (capability === null) throw new SdkError('capability.expired', `${agency} has published no capability record.`);
  const advice = [
    ...checkAgainstCapability(body, capability, nowMs),
    ...(entry === null ? [] : checkRequirements(body, entry.requirements)),
  ];
  const blocking = advice.filter(({ blocks }) => blocks);
  const [first] = blocking;
  if (first === undefined) return advice;
  const issues = blocking.map(({ field, text }) => ({ field, reason: text }));
  if (first.code === 'capability.expired') throw new SdkError('capability.expired', undefined, { issues });
  throw new SdkError('capability.no-power', `${agency} would have to return this alert: ${first.text}`, { issues });
}
