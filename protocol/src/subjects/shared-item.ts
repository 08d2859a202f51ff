/** What the duties of article 46(5) speak of: which part of which message, and the body that is to have it. */
import { type Static, Type } from 'typebox';
import { AgencyIdSchema, BlobIdSchema, HashSchema } from '../ids.js';
import { AssetRefSchema } from './asset.js';
import { CountrySchema, checkCountry } from './codes.js';
import { EntitySchema } from './entity.js';
import type { Check, Report } from './report.js';
import { closed, line, tagged } from './shape.js';

/** A message of the case as a whole, or one part of it. A message covers its parts. */
export const SharedItemSchema = Type.Object(
  {
    eh: HashSchema,
    part: Type.Optional(
      tagged('kind', {
        asset: Type.Object({ kind: Type.Literal('asset'), assetRef: AssetRefSchema }, closed),
        entity: Type.Object({ kind: Type.Literal('entity'), id: EntitySchema.properties.id }, closed),
        attachment: Type.Object({ kind: Type.Literal('attachment'), id: BlobIdSchema }, closed),
      }),
    ),
  },
  closed,
);
export type SharedItem = Static<typeof SharedItemSchema>;
export const SharedItemsSchema = Type.Array(SharedItemSchema, { minItems: 1, maxItems: 200 });

/** The same text for the same item. */
export const itemKey = ({ eh, part }: SharedItem): string => (part === undefined ? eh : `${eh} ${partKey(part)}`);
const partKey = (part: NonNullable<SharedItem['part']>): string =>
  `${part.kind} ${part.kind === 'asset' ? part.assetRef : part.id}`;

/** Is `wanted` one of `items`, or a part of a message that is? */
export const coversItem = (items: readonly SharedItem[], wanted: SharedItem): boolean =>
  items.some((item) => item.eh === wanted.eh && (item.part === undefined || itemKey(item) === itemKey(wanted)));

export function checkItems(items: readonly SharedItem[], at: string, report: Report): void {
  items.forEach((item, index) => {
    const earlier = items.findIndex((other) => itemKey(other) === itemKey(item));
    if (earlier !== index) report(`${at}.${index}`, `stands twice, first at ${at}.${earlier}`);
  });
}

/** An authority by name; `agency` where it is in the directory. */
export const NamedBodySchema = Type.Object(
  { name: line(300), country: CountrySchema, agency: Type.Optional(AgencyIdSchema) },
  closed,
);
export type NamedBody = Static<typeof NamedBodySchema>;
export const checkNamedBody: Check<NamedBody> = (body, at, report) => {
  checkCountry(body.country, `${at}.country`, report);
};

/** Do two names mean one body? By agency id where both have one, else by State and name. */
export function isSameBody(a: NamedBody, b: NamedBody): boolean {
  if (a.agency !== undefined && b.agency !== undefined) return a.agency === b.agency;
  return a.country === b.country && plainName(a.name) === plainName(b.name);
}
const plainName = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();
