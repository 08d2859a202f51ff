/**
 * FollowTheMoney entities as they stand in a disclosure, so that a lead drops into the tools that investigators use. Schema and
 * property names are checked against the published model, references against the message; a wallet's private key never travels.
 */
import { defaultModel, Model, type Property, type Schema } from '@opensanctions/followthemoney';
import { type Static, Type } from 'typebox';
import { checkNames, type Name, NameSchema } from './person-name.js';
import { below, type Check, checkUnique, type Report } from './report.js';
import { closed } from './shape.js';

export const EntitySchema = Type.Object(
  {
    id: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$',
      description: 'entity id: letters, digits, _ . -',
    }),
    schema: Type.String({ pattern: '^[A-Z][A-Za-z]{1,60}$', description: 'name of a FollowTheMoney schema' }),
    properties: Type.Record(
      Type.String(),
      Type.Array(Type.String({ minLength: 1, maxLength: 65_536 }), { maxItems: 500 }),
      { maxProperties: 200 },
    ),
    /**
     * The entity's names with original script and transliteration kept apart, which FollowTheMoney has no place for; each of their
     * spellings stands in `properties` too, so that a tool that knows nothing of this loses none.
     */
    names: Type.Optional(Type.Array(NameSchema, { minItems: 1, maxItems: 40 })),
  },
  closed,
);
export type Entity = Static<typeof EntitySchema>;

let loaded: Model | undefined;
/** The model is large; it is read when the first entity is. */
const model = (): Model => (loaded ??= new Model(defaultModel));

/** Checks a whole list: ids stand once, every reference resolves within it to an entity that the property may name. */
export const checkEntities: Check<readonly Entity[]> = (entities, at, report) => {
  checkUnique(entities, at, report, 'id', ({ id }) => id);
  const byId = new Map(entities.map((entity) => [entity.id, entity]));
  entities.forEach((entity, index) => {
    checkEntity(entity, below(at, index), report, byId);
  });
};

function checkEntity(entity: Entity, at: string, report: Report, byId: ReadonlyMap<string, Entity>): void {
  const schema = schemaOf(entity.schema);
  if (schema === undefined) {
    report(`${at}.schema`, `${entity.schema} is not a schema of FollowTheMoney`);
    return;
  }
  if (schema.abstract) {
    report(`${at}.schema`, `${entity.schema} is abstract; use one of the schemas beneath it`);
    return;
  }
  for (const name of schema.required) {
    if ((entity.properties[name]?.length ?? 0) === 0)
      report(`${at}.properties.${name}`, `is missing: ${schema.name} needs it`);
  }
  const properties = schema.getProperties();
  if (entity.names !== undefined) checkSpellings(entity, entity.names, at, report);
  for (const [name, values] of Object.entries(entity.properties)) {
    const path = `${at}.properties.${name}`;
    const property = properties.get(name);
    if (name === 'privateKey') report(path, 'is refused: a private key gives the funds to whoever reads it');
    else if (property === undefined) report(path, `is not a property of ${schema.name}`);
    else if (property.stub) report(path, 'is the reverse of another property; put the reference there');
    else checkValues(property, values, path, report, byId);
  }
}

/** Names of every property that holds names of the entity itself. */
export const NAME_PROPERTIES = ['name', 'alias', 'weakAlias', 'previousName'] as const;

function checkSpellings(entity: Entity, names: readonly Name[], at: string, report: Report): void {
  checkNames(names, `${at}.names`, report);
  const written = new Set(NAME_PROPERTIES.flatMap((property) => entity.properties[property] ?? []));
  names.forEach(({ original, transliteration }, index) => {
    if (!written.has(original)) report(`${at}.names.${index}.original`, 'stands in no name property of the entity');
    if (transliteration !== undefined && !written.has(transliteration))
      report(`${at}.names.${index}.transliteration`, 'stands in no name property of the entity');
  });
}

function checkValues(
  property: Property,
  values: readonly string[],
  at: string,
  report: Report,
  byId: ReadonlyMap<string, Entity>,
): void {
  const { type } = property;
  values.forEach((value, index) => {
    if (type.isEntity) {
      const target = byId.get(value);
      if (target === undefined) report(below(at, index), `${value} is not among the entities of this message`);
      else if (property.hasRange && schemaOf(target.schema)?.isA(property.getRange()) === false) {
        report(below(at, index), `${value} is a ${target.schema}; this must be a ${property.getRange().name}`);
      }
    } else if (type.name === 'country' && !isFtmCountry(value)) {
      report(below(at, index), `${value} is not a country code of FollowTheMoney`);
    } else if (type.name === 'date' && !/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?)?)?$/.test(value)) {
      report(below(at, index), `${value} is not a date such as 2026-04-08`);
    } else if ((type.name === 'topic' || type.name === 'gender') && !type.values.has(value)) {
      report(below(at, index), `${value} is not a ${type.name} of FollowTheMoney`);
    }
  });
}

/** Whether FollowTheMoney knows the country, or it is user-assigned. */
export const isFtmCountry = (code: string): boolean =>
  /^(aa|q[m-z]|x[a-z]|zz)$/i.test(code) || model().getType('country').values.has(code.toLowerCase());

/** A schema of the model by its name. */
export function schemaOf(name: string): Schema | undefined {
  const { schemata } = model();
  return Object.hasOwn(schemata, name) ? schemata[name] : undefined;
}
