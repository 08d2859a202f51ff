/**
 * The temporary-freeze alert, step by step (domain, Flow 1). Each step is checked against the case before it is queued: what the state
 * does not allow is refused here, with who may and what can be done instead, and never sent. One verb for each step.
 */
import type { ConversationId, FreezeGuards, FreezeKind, MessageBody } from '@holdfast/protocol';
import { openingOf } from '../cases/case.js';
import { assertStepAllowed } from '../cases/freeze-step.js';
import type { DeskRuntime } from '../desk-runtime.js';
import type { Dispatch } from './dispatch.js';
import { draftExtension, type ExtensionDraft } from './extension.js';
import { type FreezeRequest, sendFreezeRequest } from './freeze-request.js';
import { draftLiftDecision, type LiftDraft } from './hearing.js';
import { draftImposition, type ImpositionDraft } from './imposition.js';

export interface FreezeStep<K extends FreezeKind> {
  readonly conversation: ConversationId;
  readonly body: MessageBody<K>;
}

/** Each verb: @throws SdkError `case.unknown`, `case.event-not-allowed`, `message.*`. `Sent` is what the speaker gets back. */
export class FreezeFlow<Sent> {
  readonly #runtime: DeskRuntime;
  readonly #dispatch: Dispatch<Sent>;
  readonly #guards: FreezeGuards;

  /** @internal */
  constructor(runtime: DeskRuntime, dispatch: Dispatch<Sent>, guards: FreezeGuards = {}) {
    this.#runtime = runtime;
    this.#dispatch = dispatch;
    this.#guards = guards;
  }

  /**
   * Sends an alert, after it was held against what the recipient has published. Where it is aborted, nothing was queued.
   * @throws SdkError `capability.*`, `preflight.blocked`, `directory.unknown-agency`, `directory.quarantined`, `message.*`, `attachment.*`; the signal's reason
   */
  request(
    request: FreezeRequest,
    { signal = this.#runtime.signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Sent> {
    return sendFreezeRequest(this.#runtime, this.#dispatch, request, signal);
  }

  /** Q takes the alert back. Once R has decided, it asks for release instead. */
  withdraw(step: FreezeStep<'freeze.withdraw'>): Promise<Sent> {
    return this.step('freeze.withdraw', step);
  }

  /** R's duty officer has it; R's decision clock begins. */
  acknowledge(step: FreezeStep<'freeze.acknowledge'>): Promise<Sent> {
    return this.step('freeze.acknowledge', step);
  }

  /** R asks for named items; its decision clock pauses. */
  ask(step: FreezeStep<'freeze.ask'>): Promise<Sent> {
    return this.step('freeze.ask', step);
  }

  /** Q answers what R asked. */
  supply(step: FreezeStep<'freeze.supply'>): Promise<Sent> {
    return this.step('freeze.supply', step);
  }

  /** R names the competent body; it passes the request on only with Q's consent. */
  redirect(step: FreezeStep<'freeze.redirect'>): Promise<Sent> {
    return this.step('freeze.redirect', step);
  }

  /** R refuses, with code and reason. */
  refuse(step: FreezeStep<'freeze.refuse'>): Promise<Sent> {
    return this.step('freeze.refuse', step);
  }

  /** R found nothing to freeze, and says where it searched. */
  noAssets(step: FreezeStep<'freeze.no-assets'>): Promise<Sent> {
    return this.step('freeze.no-assets', step);
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

  /** R widens or narrows what is held, asset by asset. */
  adjust(step: FreezeStep<'freeze.adjust'>): Promise<Sent> {
    return this.step('freeze.adjust', step);
  }

  /** Q asks for more time. No clock stops. */
  requestExtension(step: FreezeStep<'freeze.extension-request'>): Promise<Sent> {
    return this.step('freeze.extension-request', step);
  }

  /** R extends, or denies. */
  decideExtension(step: FreezeStep<'freeze.extension-decision'>): Promise<Sent> {
    return this.step('freeze.extension-decision', step);
  }

  /**
   * Completes the draft of a decision to extend with the new expiry, as our own published capability record allows it.
   * @throws SdkError `capability.*`, `case.unknown`, `message.refused`
   */
  extension(draft: ExtensionDraft): Promise<MessageBody<'freeze.extension-decision'>> {
    return draftExtension(this.#runtime, draft);
  }

  /** R means to lift, and hears Q first. */
  proposeLift(step: FreezeStep<'freeze.lift-propose'>): Promise<Sent> {
    return this.step('freeze.lift-propose', step);
  }

  /** Q no longer needs the measure. */
  requestRelease(step: FreezeStep<'freeze.release-request'>): Promise<Sent> {
    return this.step('freeze.release-request', step);
  }

  /** R maintains or lifts, having heard Q, or saying why that was not possible. */
  decideLift(step: FreezeStep<'freeze.lift-decision'>): Promise<Sent> {
    return this.step('freeze.lift-decision', step);
  }

  /** Completes the draft of a decision to maintain or lift with how Q was heard, as the case has it. @throws SdkError `case.unknown`, `message.refused` */
  liftDecision(draft: LiftDraft): MessageBody<'freeze.lift-decision'> {
    return draftLiftDecision(this.#runtime, draft);
  }

  /** R reports that a court or the law has ended the measure; or, once it has lapsed, that it is over. */
  liftByLaw(step: FreezeStep<'freeze.lift-by-law'>): Promise<Sent> {
    return this.step('freeze.lift-by-law', step);
  }

  /** Either side ties the case to the MLA request; R says when the original has come. No clock stops. */
  linkMla(step: FreezeStep<'freeze.mla-link'>): Promise<Sent> {
    return this.step('freeze.mla-link', step);
  }

  /** R reports the restraint that takes the measure's place for the assets it names. */
  restraint(step: FreezeStep<'freeze.restraint'>): Promise<Sent> {
    return this.step('freeze.restraint', step);
  }

  /** Any later step of an alert, by its kind. */
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
      assertAllowed: () => assertStepAllowed(archive, identity.agency, conversation, kind, body, now(), this.#guards),
    });
  }
}
