/** FollowTheMoney in and out: what investigators' tools read and write. Specification 57-exports. */
import type { Message } from '../messages/index.js';
import type { Entity } from '../subjects/entity.js';
import { freezeEntities } from './freeze.js';

export { type FreezeIntent, type FreezeParts, freezeEntities, freezeParts, type LeftOut } from './freeze.js';
export { ENTITIES_MAX, parseEntities, readEntities } from './parse.js';

/** The entities that a message speaks of; none for kinds that carry none. */
export function entitiesOf(message: Message): readonly Entity[] {
  if (message.kind === 'disclosure') return message.body.entities;
  return message.kind === 'freeze.request' ? freezeEntities(message.body) : [];
}
