/**
 * FollowTheMoney entities as they stand in a disclosure, so that a lead drops into the tools that investigators use. Schema and
 * property names are checked against the published model, references against the message; a wallet's private key never travels.
 */
import { defaultModel, Model, type Property, type Schema } from '@opensanctions/followthemoney';
import { type Static, Type } from 'typebox';
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
  for (const [name, values] of Object.entries(entity.properties)) {
    const path = `${at}.properties.${name}`;
    const property = properties.get(name);
    if (name === 'privateKey') report(path, 'is refused: a private key gives the funds to whoever reads it');
    else if (property === undefined) report(path, `is not a property of ${schema.name}`);
    else if (property.stub) report(path, 'is the reverse of another property; put the reference there');
    else checkValues(property, values, path, report, byId);
  }
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
    } else if (
      type.name === 'country' &&
      !type.values.has(value.toLowerCase()) &&
      !/^(aa|q[m-z]|x[a-z]|zz)$/i.test(value)
    ) {
      report(below(at, index), `${value} is not a country code of FollowTheMoney`);
    } else if (type.name === 'date' && !/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?)?)?$/.test(value)) {
      report(below(at, index), `${value} is not a date such as 2026-04-08`);
    } else if ((type.name === 'topic' || type.name === 'gender') && !type.values.has(value)) {
      report(below(at, index), `${value} is not a ${type.name} of FollowTheMoney`);
    }
  });
}

function schemaOf(name: string): Schema | undefined {
  const { schemata } = model();
  return Object.hasOwn(schemata, name) ? schemata[name] : undefined;
}
