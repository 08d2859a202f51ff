/**
 * What an offer tells of its content and its terms, and no more: the same in `disclosure.offer` and `disclosure.revise`. The key is
 * in neither; it goes out with `disclosure.release`, after the acceptance (spec 53-disclosure).
 */
import { Type } from 'typebox';
import { BlobIdSchema, HashSchema, MS_PER_DAY, TimeMsSchema } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { Report } from '../subjects/report.js';
import { checkRestrictions, type Restrictions, RestrictionsSchema } from '../subjects/restrictions.js';
import { closed } from '../subjects/shape.js';
import { instant } from './common.js';

/** The relay keeps a blob for 30 days; the content must still be there when the last acceptance comes. */
const OPEN_DAYS = 28;

export const OfferedSchema = {
  /** What the recipient is asked to comply with, whole. What it signs is the hash. */
  terms: RestrictionsSchema,
  content: Type.Object(
    {
      blobId: BlobIdSchema,
      /** Ciphertext bytes, padding included. */
      size: Type.Integer({ minimum: 1, maximum: LIMITS.contentBytes }),
      /** SHA-256 of the whole ciphertext, whose header commits to the one key that opens it. */
      ctHash: HashSchema,
    },
    closed,
  ),
  /** Until when the terms can be accepted. */
  openUntilMs: TimeMsSchema,
  /** The offer's approval covers the release: the key goes out by itself on a valid acceptance. */
  automaticRelease: Type.Literal(true),
};

export interface Offered {
  readonly writtenAtMs: number;
  readonly terms: Restrictions;
  readonly content: { readonly blobId: string; readonly size: number; readonly ctHash: string };
  readonly openUntilMs: number;
}

export function checkOffered(body: Offered, report: Report): void {
  checkRestrictions(body.terms, 'terms', report);
  if (body.openUntilMs <= body.writtenAtMs)
    report('openUntilMs', `${instant(body.openUntilMs)} is not after this was written`);
  else if (body.openUntilMs > body.writtenAtMs + OPEN_DAYS * MS_PER_DAY)
    report('openUntilMs', `${instant(body.openUntilMs)} is more than ${OPEN_DAYS} days after this was written`);
}
