/** Reading FollowTheMoney entities into the freeze alert's form: each value that does not fit is told by its field. Pure. */
import type { Entity } from '../subjects/entity.js';
import type { Report } from '../subjects/report.js';

/** An entity with its place in the list. */
export interface Placed {
  readonly entity: Entity;
  readonly at: string;
}

/** What reading needs of its surroundings. */
export interface Reading {
  readonly report: Report;
  /** The short reference of an entity that became a subject. */
  readonly refOf: (id: string) => string | undefined;
}

export const valuesOf = ({ properties }: Entity, name: string): readonly string[] => properties[name] ?? [];

/** The one value of a property, or none. Several are told: which of them holds is not for a program to choose. */
export function single({ entity, at }: Placed, name: string, report: Report): string | undefined {
  const [first, ...others] = valuesOf(entity, name);
  if (others.length > 0) report(`${at}.properties.${name}`, 'has several values; the form takes one');
  return first;
}

/** A country as ISO 3166 writes it; what FollowTheMoney has beyond that stays as it is, and the form says so. */
export const isoCountry = (code: string | undefined): string | undefined =>
  code?.length === 2 ? code.toUpperCase() : code;

/** The members that are there: a form has no empty ones. */
export const given = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
