/**
 * `disclosure.revise`: other terms for the same content, or a term waived; the content is encrypted anew under another key. Spec
 * 40-messages. It replaces the offer: an acceptance of what it replaces is not one.
 */
import { type Static, Type } from 'typebox';
import { HashSchema } from '../ids.js';
import type { Check } from '../subjects/report.js';
import { choice, closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';
import { checkOffered, OfferedSchema } from './offered-content.js';

export const DisclosureReviseSchema = Type.Object(
  {
    ...written,
    /** The offer or revision that this one replaces. */
    offer: HashSchema,
    /** `waived`: nothing is asked beyond the terms before, and something less. */
    change: choice(['revised', 'waived']),
    reason: ProseSchema,
    ...OfferedSchema,
  },
  closed,
);
export type DisclosureRevise = Static<typeof DisclosureReviseSchema>;

const check: Check<DisclosureRevise> = (body, _at, report) => {
  checkProse(body.reason, 'reason', report);
  checkOffered(body, report);
};

export const disclosureRevise = defineKind('disclosure.revise', 'revision of terms', DisclosureReviseSchema, check);
