/**
 * A case as a STIX 2.1 bundle: people, organisations and agencies as identities, what STIX has no object for (accounts, wallets,
 * payments) as notes that say so in words, all in one grouping. Marked as its senders marked it, and with nothing more. Pure.
 */
import { sha256 } from '@holdfast/keys/verify';
import { type Entity, type Restrictions, utf8 } from '@holdfast/protocol';
import type { Case } from '../cases/case.js';
import { headLine, headOf, termsOf } from './terms.js';

type StixObject = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };

/** TLP 2.0 as published by OASIS: an extension, with one marking of a fixed id for each level. */
const TLP_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
const TLP: Readonly<Record<Restrictions['tlp'], string>> = {
  CLEAR: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  GREEN: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  AMBER: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'AMBER+STRICT': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  RED: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};

/** The same thing of the same case has the same id in every export: a name-based UUID over SHA-256. */
function idOf(type: string, ...name: readonly string[]): string {
  const digest = sha256(utf8(`holdfast/stix/v1\0${type}\0${name.join('\0')}`)).slice(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(digest).toString('hex');
  return `${type}--${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}`;
}

const PEOPLE: Readonly<Record<string, 'individual' | 'organization'>> = {
  Person: 'individual',
  Company: 'organization',
  Organization: 'organization',
  PublicBody: 'organization',
  LegalEntity: 'organization',
};

/** @param entities the case's, as `caseEntities` gives them */
export function stixBundle(found: Case, entities: readonly Entity[], atMs: number): object {
  const stamp = new Date(atMs).toISOString();
  const { conversation } = found;
  const markings = markingsOf(found, stamp);
  const marked = markings.length === 0 ? {} : { object_marking_refs: markings.map(({ id }) => id) };
  const object = (type: string, name: readonly string[], members: object): StixObject => ({
    type,
    spec_version: '2.1',
    id: idOf(type, conversation, ...name),
    created: stamp,
    modified: stamp,
    ...marked,
    ...members,
  });
  const agencies = found.agencies.map((agency) =>
    object('identity', ['agency', agency], { name: agency, identity_class: 'organization' }),
  );
  const identities = new Map<string, StixObject>();
  for (const entity of entities) {
    const identity_class = PEOPLE[entity.schema];
    if (identity_class === undefined) continue;
    const name = entity.properties.name?.[0] ?? entity.id;
    identities.set(entity.id, object('identity', [entity.id], { name, identity_class, description: wordsOf(entity) }));
  }
  const everyone = [...agencies, ...identities.values()];
  const others = entities.flatMap((entity) => {
    if (identities.has(entity.id) || entity.id.startsWith('terms-')) return [];
    const named = Object.values(entity.properties).flatMap((values) =>
      values.flatMap((value) => identities.get(value)?.id ?? []),
    );
    const object_refs = named.length > 0 ? [...new Set(named)] : agencies.map(({ id }) => id);
    return [
      object('note', [entity.id], {
        abstract: `${entity.schema} (FollowTheMoney)`,
        content: wordsOf(entity),
        object_refs,
      }),
    ];
  });
  const grouping = object('grouping', ['case'], {
    name: `Case ${found.caseRef ?? conversation}`,
    context: 'suspicious-activity',
    object_refs: [...everyone, ...others].map(({ id }) => id),
  });
  return {
    type: 'bundle',
    id: idOf('bundle', conversation, stamp),
    objects: [...markings, grouping, ...everyone, ...others],
  };
}

const wordsOf = ({ properties }: Entity): string =>
  Object.entries(properties)
    .map(([name, values]) => `${name}: ${values.join('; ')}`)
    .join('\n') || 'nothing more is said of it';

/** What the senders set: their TLP levels, and every axis in words, since STIX has none for them. */
function markingsOf(found: Case, created: string): readonly StixObject[] {
  const levels = [...new Set(termsOf(found).map(({ restrictions }) => restrictions.tlp))];
  return [
    ...headOf(found).map(
      (section, index): StixObject => ({
        type: 'marking-definition',
        spec_version: '2.1',
        id: idOf('marking-definition', found.conversation, String(index)),
        created,
        definition_type: 'statement',
        definition: { statement: headLine(section) },
      }),
    ),
    ...levels.map(
      (level): StixObject => ({
        type: 'marking-definition',
        spec_version: '2.1',
        id: TLP[level],
        created: '2022-10-01T00:00:00.000Z',
        name: `TLP:${level}`,
        extensions: { [TLP_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: level.toLowerCase() } },
      }),
    ),
  ];
}
