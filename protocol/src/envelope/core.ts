/**
 * The envelope's core: all that the relay and every recipient see in the clear, and nothing else (spec 31-core).
 * Untrusted until `sig` verifies; read only after its size is bounded.
 */
import { type Static, Type } from 'typebox';
import { concat, context } from '../encoding/bytes.js';
import { canonicalBytes, parseCanonical } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import { ProtocolError } from '../errors.js';
import {
  AgencyIdSchema,
  type DeviceId,
  DeviceIdSchema,
  EnvelopeIdSchema,
  EpochKeyNameSchema,
  FederationIdSchema,
  HashSchema,
  mapSchema,
  SequenceSchema,
  TimeMsSchema,
} from '../ids.js';
import { LIMITS } from '../limits.js';
import { PROTOCOL_VERSION, SUITE } from '../version.js';

/** SHA-256, handed in by whoever has an implementation: this package holds no primitive. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export const PRIORITIES = ['flash', 'urgent', 'routine'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Agency → position and head of its chain, as the sender saw it. */
export const DirectoryHeadsSchema = mapSchema(AgencyIdSchema, Type.Tuple([SequenceSchema, HashSchema]));

export const EnvelopeCoreSchema = Type.Object(
  {
    v: Type.Literal(PROTOCOL_VERSION),
    suite: Type.Literal(SUITE),
    fed: FederationIdSchema,
    id: EnvelopeIdSchema,
    from: DeviceIdSchema,
    to: Type.Array(Type.Tuple([DeviceIdSchema, EpochKeyNameSchema]), { minItems: 1, maxItems: LIMITS.recipients }),
    dir: DirectoryHeadsSchema,
    ts: TimeMsSchema,
    exp: TimeMsSchema,
    prio: Type.Union([Type.Literal('flash'), Type.Literal('urgent'), Type.Literal('routine')]),
  },
  { additionalProperties: false },
);
export type EnvelopeCore = Static<typeof EnvelopeCoreSchema>;

const check = parserOf('envelope core', EnvelopeCoreSchema, 'envelope.malformed');

/** Canonical bytes of a core. */
export const encodeCore = (core: EnvelopeCore): Uint8Array => canonicalBytes(core);

/**
 * Reads a core from its bytes: canonical, of the schema, `to` sorted without repeats and without the sender, `ts` before `exp`.
 * @throws ProtocolError `encoding.*`, `envelope.malformed`
 */
export function parseCore(bytes: Uint8Array): EnvelopeCore {
  if (bytes.length > LIMITS.coreBytes) throw new ProtocolError('encoding.too-large', 'The core is too large.');
  const core = check(parseCanonical(bytes));
  let previous = '';
  for (const [device] of core.to) {
    if (device <= previous)
      throw new ProtocolError('envelope.malformed', '`to` is not sorted by device, or names one twice.');
    if (device === core.from) throw new ProtocolError('envelope.malformed', '`to` names the sending device.');
    previous = device;
  }
  if (core.exp <= core.ts) throw new ProtocolError('envelope.malformed', '`exp` is not after `ts`.');
  return core;
}

/** ch = SHA-256("holdfast/core/v1\0" ‖ core): what the manifest, the body and every stanza are bound to. */
export const coreHash = (sha256: Sha256, coreBytes: Uint8Array): Uint8Array =>
  sha256(concat(context('core'), coreBytes));

/** The two mailboxes of a device; an acknowledged alert never swallows an unread lead. */
export const MAILBOXES = ['alert', 'routine'] as const;
export type Mailbox = (typeof MAILBOXES)[number];
export const mailboxOf = (priority: Priority): Mailbox => (priority === 'routine' ? 'routine' : 'alert');

/** The devices that `to` names, in its order. */
export const recipientsOf = (core: EnvelopeCore): readonly DeviceId[] => core.to.map(([device]) => device);
