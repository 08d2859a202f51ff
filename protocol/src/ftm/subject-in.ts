/** A FollowTheMoney person or organisation as a subject of the freeze alert. What the model does not say is not guessed. Pure. */
import { type Entity, NAME_PROPERTIES } from '../subjects/entity.js';
import { firstForeignLetter, type Name } from '../subjects/person-name.js';
import { IDENTIFIER_TYPES } from '../subjects/subject.js';
import { given, isoCountry, type Placed, type Reading, single, valuesOf } from './reading.js';
import { IDENTIFIER_PROPERTIES } from './subject-out.js';

/** Schemata that are a person or an organisation for certain; a bare `LegalEntity` may be either. */
export const SUBJECT_KINDS: ReadonlyMap<string, 'person' | 'organisation'> = new Map([
  ['Person', 'person'],
  ['Company', 'organisation'],
  ['Organization', 'organisation'],
  ['PublicBody', 'organisation'],
]);

/**
 * @param papers the entities that name this one as their holder
 * @param addresses the `Address` entities by their ids
 * @returns a subject without its role, not yet checked
 */
export function readSubject(
  placed: Placed,
  papers: readonly Placed[],
  addresses: ReadonlyMap<string, Entity>,
  { report, refOf }: Reading,
): Record<string, unknown> {
  const { entity, at } = placed;
  const kind = SUBJECT_KINDS.get(entity.schema);
  const one = (name: string): string | undefined => single(placed, name, report);
  const common = {
    kind,
    subjectRef: refOf(entity.id),
    names: entity.names ?? namesOf(placed, report),
    identifiers: identifiersOf(entity, papers, report),
    addresses: addressesOf(entity, addresses),
  };
  if (kind === 'person') {
    return given({
      ...common,
      bornOn: one('birthDate'),
      birthPlace: one('birthPlace'),
      diedOn: one('deathDate'),
      nationalities: valuesOf(entity, 'nationality').map(isoCountry),
    });
  }
  const registeredIn = one('jurisdiction') ?? one('mainCountry') ?? one('country');
  if (registeredIn === undefined)
    report(`${at}.properties.jurisdiction`, 'is missing: the form asks where an organisation is registered');
  return given({
    ...common,
    legalForm: one('legalForm'),
    registeredIn: isoCountry(registeredIn) ?? 'ZZ',
    registeredOn: one('incorporationDate'),
    dissolvedOn: one('dissolutionDate'),
  });
}

const TYPE_OF: Readonly<Record<(typeof NAME_PROPERTIES)[number], Name['type']>> = {
  name: 'main',
  alias: 'alias',
  weakAlias: 'alias',
  previousName: 'former',
};

/**
 * Names where the entity does not keep the scripts apart itself. One name in another script and one in Latin letters under one
 * property are one name; of more than that, which belongs to which is not for a program to say.
 */
function namesOf({ entity, at }: Placed, report: Reading['report']): Name[] {
  return NAME_PROPERTIES.flatMap((property) => {
    const values = valuesOf(entity, property);
    const foreign = values.filter((value) => firstForeignLetter(value) !== undefined);
    const latin = values.filter((value) => firstForeignLetter(value) === undefined);
    const [original] = foreign;
    const [transliteration] = latin;
    if (original !== undefined && transliteration !== undefined && values.length === 2)
      return [{ original, transliteration, type: TYPE_OF[property] }];
    if (foreign.length > 0) {
      report(
        `${at}.properties.${property}`,
        'does not say which spelling is the transliteration of which; give the entity a member `names`',
      );
    }
    // One main name, as the form asks; further ones are other names.
    return values.map(
      (value, index): Name => ({
        original: value,
        type: property === 'name' && index > 0 ? 'alias' : TYPE_OF[property],
      }),
    );
  });
}

const isIdentifierType = (text: string): boolean => IDENTIFIER_TYPES.some((type) => type === text);

function identifiersOf(entity: Entity, papers: readonly Placed[], report: Reading['report']): object[] {
  const found = papers.map((paper) => {
    const one = (name: string): string | undefined => single(paper, name, report);
    const stated = one('type') ?? '';
    const type = paper.entity.schema === 'Passport' ? 'passport' : isIdentifierType(stated) ? stated : 'other';
    return given({
      type,
      value: one('number'),
      country: isoCountry(one('country')),
      issuedOn: one('startDate'),
      expiresOn: one('endDate'),
    });
  });
  const known = new Set(found.map(({ type, value }) => `${String(type)} ${String(value)}`));
  const bare = IDENTIFIER_PROPERTIES.flatMap(([type, property]) =>
    valuesOf(entity, property).flatMap((value) => (known.has(`${type} ${value}`) ? [] : [{ type, value }])),
  );
  return [...found, ...bare];
}

function addressesOf(entity: Entity, addresses: ReadonlyMap<string, Entity>): object[] {
  const structured = valuesOf(entity, 'addressEntity').flatMap((id) => {
    const found = addresses.get(id);
    const [full] = found === undefined ? [] : valuesOf(found, 'full');
    if (found === undefined || full === undefined) return [];
    return [given({ full, country: isoCountry(valuesOf(found, 'country')[0]) })];
  });
  const known = new Set(structured.map(({ full }) => full));
  return [...structured, ...valuesOf(entity, 'address').flatMap((full) => (known.has(full) ? [] : [{ full }]))];
}
