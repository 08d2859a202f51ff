/**
 * The registry of every kind of message: exhaustive by type, one file per kind, one heading per kind in spec 40-messages, one
 * golden vector per kind. Whoever reads a body from an envelope does it through `parseMessage`.
 */
import { ProtocolError } from '../errors.js';
import { consentAnswer } from './consent-answer.js';
import { consentRequest } from './consent-request.js';
import { consentRevoke } from './consent-revoke.js';
import { consentShared } from './consent-shared.js';
import { disclosure } from './disclosure.js';
import { disclosureAccept } from './disclosure-accept.js';
import { disclosureClose } from './disclosure-close.js';
import { disclosureDecline } from './disclosure-decline.js';
import { disclosureOffer } from './disclosure-offer.js';
import { disclosureRelax } from './disclosure-relax.js';
import { disclosureRelease } from './disclosure-release.js';
import { disclosureRevise } from './disclosure-revise.js';
import { disclosureWithdraw } from './disclosure-withdraw.js';
import { exculpatoryConsult } from './exculpatory-consult.js';
import { exculpatoryDisclosed } from './exculpatory-disclosed.js';
import { exculpatoryInformed } from './exculpatory-informed.js';
import { exculpatoryNotice } from './exculpatory-notice.js';
import { feedbackReport } from './feedback-report.js';
import { freezeAcknowledge } from './freeze-acknowledge.js';
import { freezeAdjust } from './freeze-adjust.js';
import { freezeAsk } from './freeze-ask.js';
import { freezeExtensionDecision } from './freeze-extension-decision.js';
import { freezeExtensionRequest } from './freeze-extension-request.js';
import { freezeImpose } from './freeze-impose.js';
import { freezeLiftByLaw } from './freeze-lift-by-law.js';
import { freezeLiftDecision } from './freeze-lift-decision.js';
import { freezeLiftPropose } from './freeze-lift-propose.js';
import { freezeMlaLink } from './freeze-mla-link.js';
import { freezeNoAssets } from './freeze-no-assets.js';
import { freezeRedirect } from './freeze-redirect.js';
import { freezeRefuse } from './freeze-refuse.js';
import { freezeReleaseRequest } from './freeze-release-request.js';
import { freezeRequest } from './freeze-request.js';
import { freezeRestraint } from './freeze-restraint.js';
import { freezeSupply } from './freeze-supply.js';
import { freezeWithdraw } from './freeze-withdraw.js';
import { note } from './note.js';
import { ownContentKey } from './own-content-key.js';
import { ownDraft } from './own-draft.js';
import { ownDraftDecided } from './own-draft-decided.js';
import { receiptActed } from './receipt-acted.js';
import { receiptDelivered } from './receipt-delivered.js';
import { receiptOpened } from './receipt-opened.js';

export { CONSENT_REFUSAL_CODES, type ConsentDecision, type ConsentRefusalCode } from './consent-answer.js';
export { CONSENT_URGENCIES, type ConsentUrgency } from './consent-request.js';
export { INFORMATION_GRADES, SOURCE_GRADES } from './disclosure.js';
export { CONSULTATION_WISHES } from './exculpatory-consult.js';
export { FEEDBACK_OUTCOMES, FEEDBACK_STAGES, type FeedbackOutcome, type FeedbackStage } from './feedback-report.js';
export { REFUSAL_CODES, type RefusalCode } from './refusal.js';

/** Every kind by its name. */
export const MESSAGES = {
  disclosure,
  'disclosure.offer': disclosureOffer,
  'disclosure.accept': disclosureAccept,
  'disclosure.decline': disclosureDecline,
  'disclosure.revise': disclosureRevise,
  'disclosure.release': disclosureRelease,
  'disclosure.withdraw': disclosureWithdraw,
  'disclosure.relax': disclosureRelax,
  'disclosure.close': disclosureClose,
  'freeze.request': freezeRequest,
  'freeze.acknowledge': freezeAcknowledge,
  'freeze.ask': freezeAsk,
  'freeze.supply': freezeSupply,
  'freeze.redirect': freezeRedirect,
  'freeze.refuse': freezeRefuse,
  'freeze.no-assets': freezeNoAssets,
  'freeze.impose': freezeImpose,
  'freeze.adjust': freezeAdjust,
  'freeze.extension-request': freezeExtensionRequest,
  'freeze.extension-decision': freezeExtensionDecision,
  'freeze.lift-propose': freezeLiftPropose,
  'freeze.release-request': freezeReleaseRequest,
  'freeze.lift-decision': freezeLiftDecision,
  'freeze.lift-by-law': freezeLiftByLaw,
  'freeze.mla-link': freezeMlaLink,
  'freeze.restraint': freezeRestraint,
  'freeze.withdraw': freezeWithdraw,
  'consent.request': consentRequest,
  'consent.answer': consentAnswer,
  'consent.shared': consentShared,
  'consent.revoke': consentRevoke,
  'exculpatory.notice': exculpatoryNotice,
  'exculpatory.consult': exculpatoryConsult,
  'exculpatory.disclosed': exculpatoryDisclosed,
  'exculpatory.informed': exculpatoryInformed,
  'feedback.report': feedbackReport,
  'receipt.delivered': receiptDelivered,
  'receipt.opened': receiptOpened,
  'receipt.acted': receiptActed,
  note,
  'own.draft': ownDraft,
  'own.draft-decided': ownDraftDecided,
  'own.content-key': ownContentKey,
} as const;

export type MessageKind = keyof typeof MESSAGES;
/** The body of a kind. */
export type MessageBody<K extends MessageKind = MessageKind> = ReturnType<(typeof MESSAGES)[K]['parse']>;
/** A message that has been parsed: `body` is what `kind` says. */
export type Message = { [K in MessageKind]: { readonly kind: K; readonly body: MessageBody<K> } }[MessageKind];
/** Kinds that an agency's devices tell one another. */
export type OwnKind = Extract<MessageKind, `own.${string}`>;
export type FreezeKind = Extract<MessageKind, `freeze.${string}`>;
/** The steps of a disclosure after its offer, and the offer; the direct `disclosure` is beside them. */
export type DisclosureKind = Extract<MessageKind, `disclosure.${string}`>;

export const isMessageKind = (kind: string): kind is MessageKind => Object.hasOwn(MESSAGES, kind);

/** The kinds, in the order of the specification. */
export const KINDS: readonly MessageKind[] = Object.keys(MESSAGES).filter(isMessageKind);

/** Freeze kinds pass for 30 days under an expired trust list and have their own expiry and padding. */
export const isFreezeKind = (kind: string): kind is FreezeKind => isMessageKind(kind) && kind.startsWith('freeze.');

/** Is it for the agency's own other devices, and for nobody else? Also of a kind that only a newer version knows. */
export const isOwnKind = (kind: string): boolean => kind.startsWith('own.');

export type DutyKind = Extract<MessageKind, `consent.${string}` | `exculpatory.${string}` | 'feedback.report'>;

/** The kinds of the duties beside the flows: consent, exculpatory disclosure, feedback. */
export const isDutyKind = (kind: string): kind is DutyKind =>
  isMessageKind(kind) && /^(consent|exculpatory|feedback)\./.test(kind);

export type MessageOf<K extends MessageKind> = Extract<Message, { readonly kind: K }>;

/**
 * Reads a body that arrived under `kind`.
 * @throws ProtocolError `message.unknown-kind`, `message.invalid` with the issues
 */
export function parseMessage<K extends MessageKind>(kind: K, body: unknown): MessageOf<K>;
export function parseMessage(kind: string, body: unknown): Message;
export function parseMessage(kind: string, body: unknown): Message {
  if (!isMessageKind(kind))
    throw new ProtocolError(
      'message.unknown-kind',
      `This version does not know the kind ${JSON.stringify(kind.slice(0, 64))}.`,
    );
  return MESSAGES[kind].read(body);
}

export type PaddingClass = 'request' | 'answer' | 'padme';

/** How the plaintext is padded (spec 34): approve and refuse look alike, a request shows only its bucket. */
export function paddingClass(kind: string): PaddingClass {
  if (!isFreezeKind(kind)) return 'padme';
  return kind === 'freeze.request' ? 'request' : 'answer';
}
