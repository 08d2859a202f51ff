/**
 * A disclosure as its case shows it: where it stands, which terms are in force and what is asked now, what was refused and why, and
 * the content once it is out. Also: whether a step of ours is allowed, with what still waits in the outbox.
 */
import { sha256 } from '@holdfast/keys/verify';
import {
  type AgencyId,
  assertNextDisclosure,
  type ConversationId,
  type DisclosureCase,
  type DisclosureContent,
  type DisclosureEvent,
  type DisclosureEventName,
  type DisclosureState,
  disclosureEventOf,
  disclosureSteps,
  effectiveRestrictions,
  type Hash,
  isProtocolError,
  type MessageBody,
  nextDisclosure,
  type OfferInForce,
  parseContent,
  type Restrictions,
  toHash,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { StoredMessage } from '../archive/message-table.js';
import { SdkError } from '../errors.js';
import { attachmentsOf, signedOf } from '../receive/evidence.js';
import { readMessage } from '../receive/read-message.js';
import { type DisclosureMessage, type RefusedStep, replayDisclosure } from './replay-disclosure.js';

/** A disclosure, offered or sent directly. */
export interface FoldedDisclosure {
  readonly state: DisclosureState;
  readonly role: 'sender' | 'recipient';
  readonly sender: AgencyId;
  /** The terms in force, by the envelope that offered them; null only where nothing counts yet. */
  readonly offer: OfferInForce | null;
  /** What is asked of the recipient now: the terms, less what was relaxed or has ended by its date. */
  readonly restrictions: Restrictions | null;
  /** Acceptances of the terms in force. */
  readonly accepted: readonly Hash[];
  /** What the recipient cannot comply with, while it has declined. */
  readonly declined: MessageBody<'disclosure.decline'>['terms'];
  /** The releases, or the direct disclosure. */
  readonly released: readonly Hash[];
  readonly endedBy: DisclosureCase['endedBy'];
  /** What our side may do now. */
  readonly steps: readonly DisclosureEventName[];
  /** At the sender its own; at the recipient once it was released, fetched and verified. */
  readonly content: DisclosureContent | null;
  readonly refused: ReadonlyMap<Hash, RefusedStep>;
}

/** Everything of the case that counts for a disclosure: receipts are among it. */
const messagesOf = (archive: Archive, conversation: ConversationId): readonly DisclosureMessage[] =>
  archive.messages.ofConversation(conversation).map(asDisclosureMessage);

const asDisclosureMessage = (stored: StoredMessage): DisclosureMessage => {
  const { eh, follows, tsMs, agency } = stored;
  return { eh, follows, tsMs, agency, termsHash: signedOf(stored).termsHash, message: readMessage(stored) };
};

/** @returns undefined where the conversation is no disclosure */
export function foldDisclosure(
  archive: Archive,
  self: AgencyId,
  conversation: ConversationId,
  nowMs: number,
): FoldedDisclosure | undefined {
  const messages = messagesOf(archive, conversation);
  const replayed = replayDisclosure(messages);
  if (replayed === undefined) return undefined;
  const clock = nextDisclosure(replayed.disclosureCase, { on: 'clock', by: 'node', atMs: nowMs });
  const now = clock.kind === 'disclosure-case' ? clock : replayed.disclosureCase;
  const role = replayed.sender === self ? 'sender' : 'recipient';
  const { state, offer, accepted, released, endedBy } = now;
  return {
    state,
    role,
    sender: replayed.sender,
    offer,
    restrictions: effectiveRestrictions(now, nowMs),
    accepted,
    declined: state === 'terms-declined' ? declinedOf(messages, offer) : [],
    released,
    endedBy,
    steps: disclosureSteps(state, role).filter((step) => step !== 'release'),
    content: contentOf(archive, messages, offer),
    refused: replayed.refused,
  };
}

function declinedOf(messages: readonly DisclosureMessage[], offer: OfferInForce | null): FoldedDisclosure['declined'] {
  return messages.flatMap(({ message }) =>
    message.kind === 'disclosure.decline' && message.body.offer === offer?.eh ? message.body.terms : [],
  );
}

function contentOf(
  archive: Archive,
  messages: readonly DisclosureMessage[],
  offer: OfferInForce | null,
): DisclosureContent | null {
  const opening = messages.find(({ eh }) => eh === offer?.eh);
  if (opening?.message.kind === 'disclosure') {
    const stored = archive.messages.get(opening.eh);
    const attachments = stored === undefined ? [] : [...attachmentsOf(stored)];
    return { disclosure: opening.message.body, attachments };
  }
  const blob = opening === undefined ? undefined : blobOf(opening);
  const kept = blob === undefined ? null : (archive.contents.get(blob)?.content ?? null);
  return kept === null ? null : parseContent(kept);
}

const blobOf = ({ message }: Pick<DisclosureMessage, 'message'>) =>
  message.kind === 'disclosure.offer' || message.kind === 'disclosure.revise' ? message.body.content.blobId : undefined;

/** Stands for the name of what is queued and has none yet. */
const UNNAMED = toHash(new Uint8Array(32));

/**
 * Does the disclosure, with what is still queued here, allow this step of ours?
 * @throws SdkError `case.unknown`; `case.event-not-allowed` naming state, event, who may, and what can be done instead
 */
export function assertDisclosureStep(
  archive: Archive,
  self: AgencyId,
  conversation: ConversationId,
  event: (base: { readonly by: 'sender' | 'recipient'; readonly atMs: number; readonly eh: Hash }) => DisclosureEvent,
  nowMs: number,
): void {
  const replayed = replayDisclosure(messagesOf(archive, conversation));
  if (replayed === undefined) throw new SdkError('case.unknown', 'This case is not a disclosure.');
  const base = { by: replayed.sender === self ? 'sender' : 'recipient', atMs: nowMs, eh: UNNAMED } as const;
  try {
    let { disclosureCase } = replayed;
    const queued = archive.outbox
      .list()
      .filter((item) => item.conversation === conversation && item.state === 'queued');
    for (const message of queued.map(readMessage)) {
      const waiting = message.kind === 'unknown' ? undefined : disclosureEventOf(message, base, sha256);
      if (waiting !== undefined && waiting.on !== 'open')
        disclosureCase = assertNextDisclosure(disclosureCase, waiting);
    }
    const clock = nextDisclosure(disclosureCase, { on: 'clock', by: 'node', atMs: nowMs });
    assertNextDisclosure(clock.kind === 'disclosure-case' ? clock : disclosureCase, event(base));
  } catch (cause) {
    if (!isProtocolError(cause, 'state.event-not-allowed')) throw cause;
    throw new SdkError('case.event-not-allowed', cause.message, { cause, issues: cause.issues });
  }
}
