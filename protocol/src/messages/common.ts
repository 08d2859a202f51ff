/** Parts that several kinds share: when it was written, which assets it speaks of, until when a measure holds. */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import { AssetRefSchema } from '../subjects/asset.js';
import { checkUnique, type Report } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';

/** Every body begins with it: the sender's clock when the text was written, which may be long before it left. */
export const written = { writtenAtMs: TimeMsSchema };

/** Assets of the alert by their refs. */
export const AssetRefsSchema = Type.Array(AssetRefSchema, { minItems: 1, maxItems: 200 });

/** The instant at which a measure ends, with the reckoning in words, both by the recipient's law. */
export const ExpirySchema = Type.Object(
  { atMs: TimeMsSchema, explanation: Type.String({ minLength: 1, maxLength: 1000 }) },
  closed,
);
export type Expiry = Static<typeof ExpirySchema>;

export function checkRefs(refs: readonly string[], at: string, report: Report): void {
  refs.forEach((ref, index) => {
    const earlier = refs.indexOf(ref);
    if (earlier !== index) report(`${at}.${index}`, `${ref} stands twice, first at ${at}.${earlier}`);
  });
}

/** One outcome per asset. */
export function checkOutcomes(outcomes: readonly { readonly assetRef: string }[], at: string, report: Report): void {
  checkUnique(outcomes, at, report, 'assetRef', ({ assetRef }) => assetRef);
}

/** Says an instant in a message to people. */
export const instant = (atMs: number): string => new Date(atMs).toISOString();

/** Reports an act that lies after the writing: what is told has happened. */
export function checkHappened(atMs: number, writtenAtMs: number, at: string, report: Report): void {
  if (atMs > writtenAtMs) report(at, `${instant(atMs)} is after this was written`);
}
