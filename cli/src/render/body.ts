/** The body of any message in words: one function a kind, none forgotten. */
import type { UnknownMessage } from '@holdfast/client-sdk';
import { MESSAGES, type Message } from '@holdfast/protocol';
import { renderDisclosure } from './disclosure.js';
import {
  renderAcceptance,
  renderClosing,
  renderDecline,
  renderOffer,
  renderRelaxation,
  renderRelease,
  renderRevision,
} from './disclosure-steps.js';
import {
  renderConsentAnswer,
  renderConsentRequest,
  renderConsentRevoke,
  renderConsentShared,
  renderConsult,
  renderDisclosed,
  renderInformed,
  renderNotice,
} from './duty-messages.js';
import { renderFeedback } from './feedback.js';
import {
  renderAcknowledge,
  renderAsk,
  renderImpose,
  renderNoAssets,
  renderRedirect,
  renderRefuse,
} from './freeze-decision.js';
import {
  renderAdjust,
  renderExtensionDecision,
  renderExtensionRequest,
  renderLiftByLaw,
  renderLiftDecision,
  renderLiftPropose,
  renderMlaLink,
  renderReason,
  renderRestraint,
  renderSupply,
} from './freeze-later.js';
import { renderFreezeRequest } from './freeze-request.js';
import { renderTable, stack } from './table.js';
import { indent, safeJson, safeLine, wrap } from './text.js';
import { quote, type RenderClock } from './values.js';

/** What people call a message. */
export function titleOf(message: Message | UnknownMessage): string {
  if (message.kind === 'unknown' && message.isErased === true)
    return `erased message (${safeLine(message.claimedKind)})`;
  if (message.kind === 'unknown') return `message of a newer version (${safeLine(message.claimedKind)})`;
  return message.kind === 'freeze.request' ? `${message.body.urgency} freeze request` : MESSAGES[message.kind].title;
}

export function renderBody(message: Message | UnknownMessage, clock: RenderClock): string {
  switch (message.kind) {
    case 'disclosure':
      return renderDisclosure(message.body);
    case 'disclosure.offer':
      return renderOffer(message.body, clock);
    case 'disclosure.accept':
      return renderAcceptance(message.body);
    case 'disclosure.decline':
      return renderDecline(message.body);
    case 'disclosure.revise':
      return renderRevision(message.body, clock);
    case 'disclosure.release':
      return renderRelease(message.body);
    case 'disclosure.relax':
      return renderRelaxation(message.body, clock);
    case 'disclosure.close':
      return renderClosing(message.body);
    case 'freeze.request':
      return renderFreezeRequest(message.body, clock);
    case 'freeze.acknowledge':
      return renderAcknowledge(message.body, clock);
    case 'freeze.ask':
      return renderAsk(message.body, clock);
    case 'freeze.supply':
      return renderSupply(message.body);
    case 'freeze.redirect':
      return renderRedirect(message.body, clock);
    case 'freeze.refuse':
      return renderRefuse(message.body);
    case 'freeze.no-assets':
      return renderNoAssets(message.body, clock);
    case 'freeze.impose':
      return renderImpose(message.body, clock);
    case 'freeze.adjust':
      return renderAdjust(message.body);
    case 'freeze.extension-request':
      return renderExtensionRequest(message.body, clock);
    case 'freeze.extension-decision':
      return renderExtensionDecision(message.body, clock);
    case 'freeze.lift-propose':
      return renderLiftPropose(message.body, clock);
    case 'freeze.lift-decision':
      return renderLiftDecision(message.body, clock);
    case 'freeze.lift-by-law':
      return renderLiftByLaw(message.body, clock);
    case 'freeze.mla-link':
      return renderMlaLink(message.body, clock);
    case 'freeze.restraint':
      return renderRestraint(message.body, clock);
    case 'freeze.release-request':
    case 'freeze.withdraw':
    case 'disclosure.withdraw':
      return renderReason(message.body);
    case 'consent.request':
      return renderConsentRequest(message.body);
    case 'consent.answer':
      return renderConsentAnswer(message.body);
    case 'consent.shared':
      return renderConsentShared(message.body, clock);
    case 'consent.revoke':
      return renderConsentRevoke(message.body);
    case 'exculpatory.notice':
      return renderNotice(message.body);
    case 'exculpatory.consult':
      return renderConsult(message.body);
    case 'exculpatory.disclosed':
      return renderDisclosed(message.body, clock);
    case 'exculpatory.informed':
      return renderInformed(message.body, clock);
    case 'feedback.report':
      return renderFeedback(message.body);
    case 'receipt.delivered':
    case 'receipt.opened':
      return `of ${message.body.eh}`;
    case 'receipt.acted':
      return `of ${message.body.eh}, by ${message.body.event}`;
    case 'note':
      return stack(quote(message.body.text), attachmentTable(message.body.attachments ?? []));
    case 'own.draft':
      return `${message.body.kind} to ${message.body.recipients.join(', ')}, revision ${message.body.revision}`;
    case 'own.draft-decided':
      return stack(
        `${message.body.outcome} by ${message.body.officer}`,
        message.body.reason && quote(message.body.reason),
      );
    case 'own.content-key':
      return `the key of ${message.body.blobId}, offered in ${message.body.conversation}`;
    case 'unknown':
      if (message.isErased === true) return indent('ERASED: its words are not kept here any more.');
      return indent(wrap(`Update this program to read it. As it came: ${safeJson(message.body)}`));
    default:
      return message satisfies never;
  }
}

function attachmentTable(
  attachments: readonly { readonly id: string; readonly name: string; readonly mediaType: string }[],
): string {
  return renderTable(
    ['attachment', 'name', 'type'],
    attachments.map(({ id, name, mediaType }) => [id, name, mediaType]),
  );
}
