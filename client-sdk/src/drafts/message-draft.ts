/** A draft as an application shows it: what would be said, by whom it was drafted, who has approved it, and until when. */
import {
  type AgencyId,
  type AttachmentRef,
  type ConversationId,
  canonicalBytes,
  type DraftState,
  type EnvelopeId,
  type Message,
  type OfficerId,
  type Priority,
  type Prose,
} from '@holdfast/protocol';
import type { StoredDraft } from '../archive/draft-table.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { readMessage, type UnknownMessage } from '../receive/read-message.js';
import type { SendHandle } from '../send/handle.js';

export interface MessageDraft {
  /** The id that its envelope will have, whichever device sends it. */
  readonly id: EnvelopeId;
  /** 0 as drafted, one more with each edit. */
  readonly revision: number;
  readonly conversation: ConversationId;
  readonly recipients: readonly AgencyId[];
  readonly priority: Priority;
  readonly caseRef: string | null;
  readonly message: Message | UnknownMessage;
  readonly attachments: readonly AttachmentRef[];
  /** Who drafted it, or edited it last: never one of its approvers. */
  readonly drafter: OfficerId;
  readonly approvals: readonly OfficerId[];
  /** Approvers that it needs besides its drafter, by the agency's own policy. */
  readonly required: number;
  /** `draft`: returned to its drafter; `expired`: past `approvedUntilMs`, to be edited or left. */
  readonly state: DraftState | 'expired';
  readonly approvedUntilMs: number;
  /** Who sent or returned it, and why it was returned. */
  readonly decidedBy: OfficerId | null;
  readonly reason: Prose | null;
  readonly createdAtMs: number;
}

/** What speaking as an officer brings: a message on its way, or a draft that awaits approval. */
export type Spoken =
  | { readonly kind: 'sent'; readonly handle: SendHandle }
  | { readonly kind: 'draft'; readonly draft: MessageDraft };

/** The draft as it stands now. */
export function viewOf({ officers, now }: DeskRuntime, stored: StoredDraft): MessageDraft {
  const { draft, state, decidedBy, reason, createdAtMs } = stored;
  const { kind, body, approvedUntil, approvals, drafter, revision, conversation, recipients, priority, attachments } =
    draft;
  return {
    id: draft.draft,
    revision,
    conversation,
    recipients,
    priority,
    caseRef: draft.caseRef ?? null,
    message: readMessage({ kind, body: canonicalBytes(body) }),
    attachments,
    drafter,
    approvals: approvals.map(({ officer }) => officer),
    required: officers.required(),
    state: state === 'awaiting-approval' && now() > approvedUntil ? 'expired' : state,
    approvedUntilMs: approvedUntil,
    decidedBy,
    reason,
    createdAtMs,
  };
}

/** @throws SdkError `approval.no-draft` */
export function storedDraft({ archive }: DeskRuntime, id: EnvelopeId): StoredDraft {
  const stored = archive.drafts.get(id);
  if (stored === undefined) throw new SdkError('approval.no-draft', `There is no draft ${id} on this device.`);
  return stored;
}
