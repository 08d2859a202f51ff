/** Making FollowTheMoney entities: ids that the same message always gives, properties without the empty ones. Pure. */
import { type Entity, isFtmCountry } from '../subjects/entity.js';
import type { Name } from '../subjects/person-name.js';

/** Values by property; what is undefined is left out. */
export type Values = Readonly<Record<string, readonly (string | undefined)[]>>;

/** An entity of `schema`, each value once. */
export function entityOf(id: string, schema: string, values: Values, names?: readonly Name[]): Entity {
  const properties: Record<string, string[]> = {};
  for (const [name, list] of Object.entries(values)) {
    const given = list.flatMap((value) => (value === undefined || value === '' ? [] : [value]));
    if (given.length > 0) properties[name] = [...new Set(given)];
  }
  return { id, schema, properties, ...(names === undefined ? {} : { names: [...names] }) };
}

/** The model writes countries in small letters; one that it does not have is left out. */
export const country = (code: string | undefined): string | undefined =>
  code !== undefined && isFtmCountry(code) ? code.toLowerCase() : undefined;

const SUBJECT = 'subject-';
const ASSET = 'asset-';
export const subjectId = (ref: string): string => `${SUBJECT}${ref}`;
export const assetId = (ref: string): string => `${ASSET}${ref}`;

/**
 * Short references for entities of others: the id where it can be one, else what of it can; each once, in the order given.
 * @returns the reference of each id
 */
export function refsOf(ids: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    ids.map((id) => {
      const bare = id.startsWith(SUBJECT)
        ? id.slice(SUBJECT.length)
        : id.startsWith(ASSET)
          ? id.slice(ASSET.length)
          : id;
      const base =
        bare
          .toLowerCase()
          .replace(/[^a-z0-9-]+/g, '-')
          .replace(/^-+/, '')
          .slice(0, 27) || 'x';
      const whole = /^[a-z0-9][a-z0-9-]{0,31}$/.test(bare) ? bare : base;
      let ref = whole;
      for (let count = 2; taken.has(ref); count++) ref = `${base}-${count}`;
      taken.add(ref);
      return [id, ref];
    }),
  );
}
