/** What an officer hands over for a step of a disclosure. */
import type { AgencyId, ConversationId, Hash, MessageBody } from '@holdfast/protocol';
import type { OutgoingAttachment } from '../send/outgoing-attachments.js';

/** What is offered: the whole disclosure, of which the recipient sees nature and terms until it accepts. */
export interface DisclosureOffering {
  readonly to: AgencyId;
  readonly body: MessageBody<'disclosure'>;
  /** The files that the body's attachments name, by id. */
  readonly attachments?: readonly OutgoingAttachment[];
  readonly caseRef?: string;
  /** Until when it can be accepted, at most 28 days; 14 days unless said. */
  readonly openUntilMs?: number;
}

/** A step of one case. */
export interface DisclosureStep {
  readonly conversation: ConversationId;
}
/** `offer` names the terms that the officer has read: others that have come meanwhile are not meant. */
export interface DisclosureTermsStep extends DisclosureStep {
  readonly offer: Hash;
}
