/**
 * Saying what article 46(5) asks: consent to share onward, exculpatory disclosure, feedback. Each step is checked against the case's
 * tables before it is queued; what they do not allow is refused here, and never sent.
 */

import { randomBytes } from '@holdfast/keys';
import { type ConversationId, type DutyKind, type DutyRef, type MessageBody, toDutyRef } from '@holdfast/protocol';
import { openingOf } from '../cases/case.js';
import type { DeskRuntime } from '../desk-runtime.js';
import type { Dispatch } from '../send/dispatch.js';
import { assertDutyAllowed } from './assert-duty-allowed.js';

export interface DutyStep<K extends DutyKind> {
  readonly conversation: ConversationId;
  readonly body: MessageBody<K>;
}

/** A reference for a new consent or exculpatory matter. */
export const newDutyRef = (): DutyRef => toDutyRef(randomBytes(16));

type Say<Sent> = <K extends DutyKind>(kind: K, step: DutyStep<K>) => Promise<Sent>;

/** How a duty is said to the others in the case. */
export function sayDuty<Sent>({ archive, identity, now }: DeskRuntime, dispatch: Dispatch<Sent>): Say<Sent> {
  return async (kind, { conversation, body }) => {
    const { agencies, priority } = openingOf(archive, conversation);
    return await dispatch({
      kind,
      body,
      conversation,
      recipients: agencies.filter((agency) => agency !== identity.agency),
      priority,
      caseRef: null,
      termsHash: null,
      attachments: [],
      assertAllowed: () => assertDutyAllowed(archive, identity.agency, conversation, kind, body, now()),
    });
  };
}

/** Consent to share onward. `Sent` is what the speaker gets back for each step. */
export class ConsentFlow<Sent> {
  readonly #say: Say<Sent>;

  /** @internal */
  constructor(say: Say<Sent>) {
    this.#say = say;
  }

  /** The holder asks: for which body, for what, which items. @throws SdkError `case.unknown`, `case.event-not-allowed`, `message.*` */
  request(step: DutyStep<'consent.request'>): Promise<Sent> {
    return this.#say('consent.request', step);
  }

  /** The originator grants, grants with conditions, or refuses with a ground. @throws SdkError `case.*`, `message.*` */
  answer(step: DutyStep<'consent.answer'>): Promise<Sent> {
    return this.#say('consent.answer', step);
  }

  /** The holder tells that it has shared, with the hash of the terms that went along. @throws SdkError `consent.required`, `case.unknown`, `message.*` */
  shared(step: DutyStep<'consent.shared'>): Promise<Sent> {
    return this.#say('consent.shared', step);
  }

  /** The originator takes its grant back, for the future. @throws SdkError `case.*`, `message.*` */
  revoke(step: DutyStep<'consent.revoke'>): Promise<Sent> {
    return this.#say('consent.revoke', step);
  }
}

/** Disclosure to an accused of what exculpates (article 46(5)). The sender of the information has no veto. */
export class ExculpatoryFlow<Sent> {
  readonly #say: Say<Sent>;

  /** @internal */
  constructor(say: Say<Sent>) {
    this.#say = say;
  }

  /** The discloser tells the sender before. @throws SdkError `case.*`, `message.*` */
  notify(step: DutyStep<'exculpatory.notice'>): Promise<Sent> {
    return this.#say('exculpatory.notice', step);
  }

  /** The sender asks to be consulted, or the discloser answers. It stops nothing. @throws SdkError `case.*`, `message.*` */
  consult(step: DutyStep<'exculpatory.consult'>): Promise<Sent> {
    return this.#say('exculpatory.consult', step);
  }

  /** It has been disclosed; without notice only with the reason why that was impossible. @throws SdkError `case.*`, `message.*` */
  disclosed(step: DutyStep<'exculpatory.disclosed'>): Promise<Sent> {
    return this.#say('exculpatory.disclosed', step);
  }

  /** The sender is told after all, without delay. @throws SdkError `case.*`, `message.*` */
  inform(step: DutyStep<'exculpatory.informed'>): Promise<Sent> {
    return this.#say('exculpatory.informed', step);
  }
}

/** What came of it. */
export class FeedbackFlow<Sent> {
  readonly #say: Say<Sent>;

  /** @internal */
  constructor(say: Say<Sent>) {
    this.#say = say;
  }

  /** Tells the others in the case. @throws SdkError `case.unknown`, `message.*` */
  report(step: DutyStep<'feedback.report'>): Promise<Sent> {
    return this.#say('feedback.report', step);
  }
}
