/**
 * The disclosure with terms before content (domain, Flow 2; spec 53-disclosure), step by step. Each step is checked against the table
 * before it is queued. The release is no step of a person's: the sender's node does it on a valid acceptance.
 */
import { sha256 } from '@holdfast/keys/verify';
import {
  type ConversationId,
  type DisclosureContent,
  type DisclosureEvent,
  type DisclosureKind,
  type Hash,
  type MessageBody,
  MS_PER_DAY,
  type Prose,
  type Relaxation,
  type Restrictions,
  termsHash,
  tightenedAxes,
  toHash,
} from '@holdfast/protocol';
import { openingOf } from '../cases/case.js';
import { assertDisclosureStep, type FoldedDisclosure, foldDisclosure } from '../cases/fold-disclosure.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import type { Dispatch, SpokenMessage } from '../send/dispatch.js';
import { assertTrusted, newConversationId } from '../send/enqueue.js';
import { checkAttachments } from '../send/outgoing-attachments.js';
import { checkedBody, checkedTerms } from './checked.js';
import type { DisclosureOffering, DisclosureStep, DisclosureTermsStep } from './offering.js';
import { openDisclosure } from './open-content.js';
import { stageContent, stageFiles } from './stage-content.js';

const OPEN_DAYS = 14;

/** `Sent` is what the speaker gets back for each step. */
export class DisclosureFlow<Sent> {
  readonly #runtime: DeskRuntime;
  readonly #dispatch: Dispatch<Sent>;

  /** @internal */
  constructor(runtime: DeskRuntime, dispatch: Dispatch<Sent>) {
    this.#runtime = runtime;
    this.#dispatch = dispatch;
  }

  /**
   * Offers a disclosure: nature and terms go out, the content only to the relay, encrypted. Where it is aborted, nothing was queued.
   * @throws SdkError `directory.unknown-agency`, `directory.quarantined`, `message.*`, `attachment.*`; the signal's reason
   */
  async offer(
    { to, body, attachments = [], caseRef, openUntilMs }: DisclosureOffering,
    { signal = this.#runtime.signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Sent> {
    const writtenAtMs = this.#runtime.now();
    await checkAttachments(body.attachments, attachments);
    const recipient = await this.#runtime.published(to, signal);
    signal.throwIfAborted();
    assertTrusted(recipient);
    const conversation = newConversationId();
    const terms = body.restrictions;
    const hash = toHash(termsHash(sha256, terms));
    const { refs, files } = await stageFiles(this.#runtime, attachments, signal);
    const staged = await stageContent(this.#runtime, { disclosure: body, attachments: refs }, conversation, hash);
    const { others: _others, ...references } = body.references;
    const { legalBasis, nature, urgency, language, retention, contacts } = body;
    const until = openUntilMs ?? writtenAtMs + OPEN_DAYS * MS_PER_DAY;
    const offered = { terms, content: staged.content, openUntilMs: until, automaticRelease: true } as const;
    return this.#dispatch({
      kind: 'disclosure.offer',
      body: { writtenAtMs, references, legalBasis, nature, urgency, language, ...offered, retention, contacts },
      conversation,
      recipients: [to],
      priority: urgency,
      caseRef: caseRef ?? null,
      termsHash: hash,
      attachments: [...files, ...staged.files],
    });
  }

  /** The recipient binds itself to the terms; the content follows by itself. @throws SdkError `case.*` */
  async accept({ conversation, offer }: DisclosureTermsStep): Promise<Sent> {
    const inForce = this.#folded(conversation).offer;
    const hash = inForce?.termsHash ?? offer;
    return await this.#step('disclosure.accept', conversation, { offer, termsHash: hash }, (base) => ({
      ...base,
      on: 'accept',
      offer,
      termsHash: hash,
    }));
  }

  /** The recipient says which terms it cannot comply with. @throws SdkError `case.*`, `message.refused` */
  async decline({
    conversation,
    offer,
    terms,
  }: DisclosureTermsStep & Pick<MessageBody<'disclosure.decline'>, 'terms'>): Promise<Sent> {
    return await this.#step('disclosure.decline', conversation, { offer, terms }, (base) => ({
      ...base,
      on: 'decline',
      offer,
    }));
  }

  /**
   * Other terms for the same content, encrypted anew under a new key; `waived` where something is asked no more.
   * @throws SdkError `case.*`, `message.refused`
   */
  async revise({
    conversation,
    terms,
    change,
    reason,
    openUntilMs,
  }: DisclosureStep & {
    readonly terms: Restrictions;
    readonly change: 'revised' | 'waived';
    readonly reason: Prose;
    readonly openUntilMs?: number;
  }): Promise<Sent> {
    const { offer: inForce, content } = this.#folded(conversation);
    const hash = toHash(termsHash(sha256, checkedTerms(terms)));
    const offer = inForce?.eh ?? hash;
    const until = openUntilMs ?? this.#runtime.now() + OPEN_DAYS * MS_PER_DAY;
    const event = (base: Base): DisclosureEvent => ({
      ...base,
      on: 'revise',
      offer,
      change,
      terms,
      termsHash: hash,
      openUntilMs: until,
    });
    // Before anything is encrypted; and once more when it is stored.
    this.#assert(conversation, event);
    if (content === null) throw new SdkError('disclosure.content-missing');
    const disclosure = { ...content.disclosure, restrictions: terms };
    const staged = await stageContent(this.#runtime, { ...content, disclosure }, conversation, hash);
    const offered = { terms, content: staged.content, openUntilMs: until, automaticRelease: true } as const;
    return await this.#step('disclosure.revise', conversation, { offer, change, reason, ...offered }, event, {
      termsHash: hash,
      attachments: staged.files,
    });
  }

  /** The sender takes its offer back; the key is destroyed. @throws SdkError `case.*`, `message.refused` */
  async withdraw({ conversation, reason }: DisclosureStep & { readonly reason: Prose }): Promise<Sent> {
    return await this.#step('disclosure.withdraw', conversation, { reason }, (base) => ({ ...base, on: 'withdraw' }));
  }

  /** The sender loosens or ends restrictions, from `fromMs` (now) on. @throws SdkError `terms.tightened`, `case.*`, `message.refused` */
  async relax({
    conversation,
    restrictions,
    fromMs = this.#runtime.now(),
    reason,
  }: DisclosureStep & {
    readonly restrictions: Relaxation;
    readonly fromMs?: number;
    readonly reason: Prose;
  }): Promise<Sent> {
    const { restrictions: asked } = this.#folded(conversation);
    const tightened = asked === null ? [] : tightenedAxes(asked, restrictions);
    if (tightened.length > 0)
      throw new SdkError('terms.tightened', undefined, {
        issues: tightened.map((axis) => ({ field: `restrictions.${axis}`, reason: 'asks more than is asked now' })),
      });
    return await this.#step('disclosure.relax', conversation, { restrictions, fromMs, reason }, (base) => ({
      ...base,
      on: 'relax',
      relaxation: restrictions,
      fromMs,
    }));
  }

  /** The recipient has done with it, and says how long it keeps what it was told. @throws SdkError `case.*`, `message.refused` */
  async close({
    conversation,
    ...body
  }: DisclosureStep & Pick<MessageBody<'disclosure.close'>, 'retention' | 'note'>): Promise<Sent> {
    return await this.#step('disclosure.close', conversation, body, (base) => ({ ...base, on: 'close' }));
  }

  /**
   * What was disclosed, once it is here; at the recipient this is the opening, and the sender is told of it, once.
   * @throws SdkError `case.unknown`, `disclosure.content-missing`
   */
  open({ conversation }: DisclosureStep): DisclosureContent {
    return openDisclosure(this.#runtime, conversation);
  }

  #folded(conversation: ConversationId): FoldedDisclosure {
    const { archive, identity, now } = this.#runtime;
    const folded = foldDisclosure(archive, identity.agency, conversation, now());
    if (folded === undefined) throw new SdkError('case.unknown', 'This case is not a disclosure.');
    return folded;
  }

  #assert(conversation: ConversationId, event: EventOf): void {
    const { archive, identity, now } = this.#runtime;
    assertDisclosureStep(archive, identity.agency, conversation, event, now());
  }

  // Async, so that what is refused before it is queued rejects, as everything else does.
  async #step(
    kind: DisclosureKind,
    conversation: ConversationId,
    body: object,
    event: EventOf,
    also: Partial<Pick<SpokenMessage, 'termsHash' | 'attachments'>> = {},
  ): Promise<Sent> {
    const { archive, identity, now } = this.#runtime;
    const { agencies, priority } = openingOf(archive, conversation);
    this.#assert(conversation, event);
    const hash =
      'termsHash' in body && kind === 'disclosure.accept' ? this.#folded(conversation).offer?.termsHash : null;
    const written = checkedBody(kind, { writtenAtMs: now(), ...body });
    return await this.#dispatch({
      kind: written.kind,
      body: written.body,
      conversation,
      recipients: agencies.filter((agency) => agency !== identity.agency),
      priority,
      caseRef: null,
      termsHash: hash ?? null,
      attachments: [],
      ...also,
      assertAllowed: () => this.#assert(conversation, event),
    });
  }
}

interface Base {
  readonly by: 'sender' | 'recipient';
  readonly atMs: number;
  readonly eh: Hash;
}
type EventOf = (base: Base) => DisclosureEvent;
