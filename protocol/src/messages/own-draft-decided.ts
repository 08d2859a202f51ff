/** `own.draft-decided`: what has become of a draft, told to the agency's own other devices. Spec 40-messages, 38-approvals. */
import { type Static, Type } from 'typebox';
import { EnvelopeIdSchema, OfficerIdSchema, SequenceSchema } from '../ids.js';
import type { Check } from '../subjects/report.js';
import { choice, closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const OwnDraftDecidedSchema = Type.Object(
  {
    ...written,
    draft: EnvelopeIdSchema,
    revision: SequenceSchema,
    outcome: choice(['sent', 'returned']),
    officer: OfficerIdSchema,
    /** Why it goes back to its drafter. */
    reason: Type.Optional(ProseSchema),
  },
  closed,
);
export type OwnDraftDecided = Static<typeof OwnDraftDecidedSchema>;

const check: Check<OwnDraftDecided> = ({ outcome, reason }, _at, report) => {
  if ((outcome === 'returned') !== (reason !== undefined))
    report('reason', outcome === 'returned' ? 'is missing: the drafter must know why' : 'is only for a draft returned');
  if (reason !== undefined) checkProse(reason, 'reason', report);
};

export const ownDraftDecided = defineKind('own.draft-decided', 'decision on a draft', OwnDraftDecidedSchema, check);
