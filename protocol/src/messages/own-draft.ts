/**
 * `own.draft`: what an officer has written and another has yet to approve, shared with the agency's own other devices. It carries all
 * that is fixed at drafting, so that whichever device sends it sends the same act. Spec 40-messages, 38-approvals.
 */
import { type Static, Type } from 'typebox';
import { PRIORITIES } from '../envelope/core.js';
import { ApprovalSchema, AttachmentRefSchema } from '../envelope/manifest.js';
import {
  AgencyIdSchema,
  base64urlSchema,
  ConversationIdSchema,
  EnvelopeIdSchema,
  HashSchema,
  OfficerIdSchema,
  SequenceSchema,
  SignatureSchema,
  TimeMsSchema,
} from '../ids.js';
import { LIMITS } from '../limits.js';
import { choice, closed } from '../subjects/shape.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const OwnDraftSchema = Type.Object(
  {
    ...written,
    /** The id that the envelope will have, whoever sends it. */
    draft: EnvelopeIdSchema,
    /** 0 as drafted, one more with each edit; the higher one stands. */
    revision: SequenceSchema,
    conversation: ConversationIdSchema,
    recipients: Type.Array(AgencyIdSchema, { minItems: 1, maxItems: LIMITS.recipients, uniqueItems: true }),
    priority: choice(PRIORITIES),
    kind: Type.String({ pattern: '^[a-z]+(?:[.-][a-z]+)*$', maxLength: 64 }),
    /** The message itself, checked as its own kind when it is taken up. */
    body: Type.Unsafe<object>({ type: 'object' }),
    salt: base64urlSchema<string>(32, 'Salt of the body hash'),
    caseRef: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    termsHash: Type.Optional(HashSchema),
    on: Type.Array(HashSchema, { maxItems: 64 }),
    attachments: Type.Array(AttachmentRefSchema, { maxItems: LIMITS.attachmentsPerEnvelope }),
    approvedUntil: TimeMsSchema,
    drafter: OfficerIdSchema,
    actor: HashSchema,
    actorSig: SignatureSchema,
    approvals: Type.Array(ApprovalSchema, { maxItems: 8 }),
  },
  closed,
);
export type OwnDraft = Static<typeof OwnDraftSchema>;

export const ownDraft = defineKind('own.draft', 'draft', OwnDraftSchema);
