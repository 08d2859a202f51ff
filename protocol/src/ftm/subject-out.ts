/** A subject as FollowTheMoney entities: the person or company, its papers and its addresses. Pure. */
import type { Entity } from '../subjects/entity.js';
import type { Name } from '../subjects/person-name.js';
import type { Identifier, Ownership, Subject } from '../subjects/subject.js';
import { country, entityOf, subjectId, type Values } from './build.js';

const spellings = (names: readonly Name[], ...types: readonly Name['type'][]): (string | undefined)[] =>
  names
    .filter(({ type }) => types.includes(type))
    .flatMap(({ original, transliteration }) => [original, transliteration]);

/** Where the model has a property of its own for an identifier. */
export const IDENTIFIER_PROPERTIES = [
  ['passport', 'passportNumber', 'Person'],
  ['national-id', 'idNumber', 'LegalEntity'],
  ['tax', 'taxNumber', 'LegalEntity'],
  ['social-security', 'socialSecurityNumber', 'Person'],
  ['company-register', 'registrationNumber', 'LegalEntity'],
  ['lei', 'leiCode', 'LegalEntity'],
  ['vat', 'vatCode', 'LegalEntity'],
  ['imo', 'imoNumber', 'Company'],
] as const satisfies readonly (readonly [Identifier['type'], string, string])[];

/** The subject first, then what refers to it. */
export function subjectEntities(subject: Subject): readonly Entity[] {
  const { subjectRef, names, identifiers = [], addresses = [] } = subject;
  const id = subjectId(subjectRef);
  const schema = subject.kind === 'person' ? 'Person' : 'Company';
  const common: Values = {
    name: spellings(names, 'main'),
    alias: spellings(names, 'alias', 'trading'),
    previousName: spellings(names, 'former', 'birth'),
    address: addresses.map(({ full }) => full),
    addressEntity: addresses.map((_address, index) => `${id}-address-${index}`),
    ...identifierValues(identifiers, schema),
  };
  return [
    entityOf(id, schema, { ...common, ...ownValues(subject) }, names),
    ...addresses.map((address, index) =>
      entityOf(`${id}-address-${index}`, 'Address', { full: [address.full], country: [country(address.country)] }),
    ),
    ...identifiers.map(({ type, value, country: of, issuedOn, expiresOn }, index) =>
      entityOf(`${id}-identifier-${index}`, 'Identification', {
        holder: [id],
        type: [type],
        number: [value],
        country: [country(of)],
        startDate: [issuedOn],
        endDate: [expiresOn],
      }),
    ),
  ];
}

function identifierValues(identifiers: readonly Identifier[], schema: 'Person' | 'Company'): Values {
  return Object.fromEntries(
    IDENTIFIER_PROPERTIES.filter(([, , owner]) => owner === 'LegalEntity' || owner === schema).map(
      ([type, property]) => [
        property,
        identifiers.filter((identifier) => identifier.type === type).map(({ value }) => value),
      ],
    ),
  );
}

function ownValues(subject: Subject): Values {
  if (subject.kind === 'organisation') {
    return {
      legalForm: [subject.legalForm],
      jurisdiction: [country(subject.registeredIn)],
      incorporationDate: [subject.registeredOn],
      dissolutionDate: [subject.dissolvedOn],
    };
  }
  const { pep } = subject;
  return {
    birthDate: [subject.bornOn],
    birthPlace: [subject.birthPlace],
    deathDate: [subject.diedOn],
    nationality: (subject.nationalities ?? []).map(country),
    topics: pep === undefined ? [] : [pep.relation === 'self' ? 'role.pep' : 'role.rca'],
    // The office of a relative is not the subject's own.
    position: pep?.relation === 'self' ? [pep.office] : [],
  };
}

/** Who owns whom among the subjects. */
export const ownershipEntity = ({ owner, owned, by, percent, asAt }: Ownership, index: number): Entity =>
  entityOf(`ownership-${index}`, 'Ownership', {
    owner: [subjectId(owner)],
    asset: [subjectId(owned)],
    ownershipType: [by],
    percentage: [percent],
    date: [asAt],
  });
