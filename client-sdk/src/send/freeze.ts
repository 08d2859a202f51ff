/**
 * The temporary-freeze alert, step by step (domain, Flow 1). Each step is checked against the case's table before it is queued:
 * what the state does not allow is refused here, with state and event named, and never sent.
 */
import type { AgencyId, ConversationId, FreezeKind, MessageBody } from '@holdfast/protocol';
import { openingOf } from '../cases/case.js';
import { assertStepAllowed } from '../cases/fold-freeze.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { admitted, type Insist } from '../preflight/insist.js';
import { preflightFor } from '../preflight/preflight.js';
import type { Dispatch } from './dispatch.js';
import { assertMaySpeak, assertTrusted, newConversationId } from './enqueue.js';
import { draftImposition, type ImpositionDraft } from './imposition.js';
import { checkAttachments, type OutgoingAttachment } from './outgoing-attachments.js';

export interface FreezeRequest {
  readonly to: AgencyId;
  readonly body: MessageBody<'freeze.request'>;
  readonly attachments?: readonly OutgoingAttachment[];
  readonly caseRef?: string | null;
  /** Sends it although something blocks; codes and reason travel in the alert. Where nothing blocks it changes nothing. */
  readonly insist?: Insist;
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
   * Sends an alert, after it was held against what the recipient has published. Where it is aborted, nothing was queued.
   * @throws SdkError `capability.*`, `preflight.blocked`, `directory.unknown-agency`, `directory.quarantined`, `message.*`, `attachment.*`; the signal's reason
   */
  async request(
    { to, body, attachments = [], caseRef = null, insist }: FreezeRequest,
    { signal = this.#runtime.signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Sent> {
    const { events } = this.#runtime;
    await checkAttachments(body.attachments ?? [], attachments);
    assertTrusted(await this.#runtime.published(to, signal));
    assertMaySpeak(this.#runtime.federationUse());
    const checked = await preflightFor(this.#runtime, { to, body }, signal);
    signal.throwIfAborted();
    const sent = admitted(to, body, checked, insist);
    for (const { code, field, text } of checked.advice) events.emit({ event: 'advice', code, field, text });
    return this.#dispatch({
      kind: 'freeze.request',
      body: sent,
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
