/** The case's entities as FollowTheMoney lines, its restrictions first as a note that any tool shows. Pure. */
import { type Entity, entitiesOf, parseEntities } from '@holdfast/protocol';
import type { Case } from '../cases/case.js';
import { headOf } from './terms.js';

/** Ids are those of the messages; where two messages use one id for different things, the later gets its message's number. */
export function caseEntities(found: Case): readonly Entity[] {
  const notes = headOf(found).map(
    ({ title, lines }, index): Entity => ({
      id: `terms-${index + 1}`,
      schema: 'Note',
      properties: { name: [title], description: lines.map(([name, value]) => `${name}: ${value}`) },
    }),
  );
  const taken = new Set(notes.map(({ id }) => id));
  const entities = found.timeline.flatMap(({ message }, index) => {
    if (message.kind === 'unknown') return [];
    const own = entitiesOf(message);
    const renamed = new Map(
      own.flatMap(({ id }) => (taken.has(id) ? [[id, `${id}.${index + 1}`.slice(-128)] as const] : [])),
    );
    for (const { id } of own) taken.add(renamed.get(id) ?? id);
    return renamed.size === 0 ? own : own.map((entity) => rename(entity, renamed));
  });
  const all = [...notes, ...entities];
  return all.length === 0 ? [] : parseAll(all);
}

function rename(entity: Entity, ids: ReadonlyMap<string, string>): Entity {
  const properties: Record<string, string[]> = {};
  for (const [name, values] of Object.entries(entity.properties))
    properties[name] = values.map((value) => ids.get(value) ?? value);
  return { ...entity, id: ids.get(entity.id) ?? entity.id, properties };
}

/** Checked as what comes in is, in portions that the check takes; references lie within one message. */
const parseAll = (entities: readonly Entity[]): readonly Entity[] =>
  entities.length <= 2000 ? parseEntities(entities) : entities;
