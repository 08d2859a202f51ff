/**
 * What a wrap holds: one stored message, with all that its case needs (spec 42-recovery). Read only after the wrap has opened
 * under its device's signature; whether the sender signed it is verify-record.ts's to say.
 */
import {
  type AgencyId,
  AgencyIdSchema,
  ByteReader,
  ConversationIdSchema,
  canonicalBytes,
  concat,
  DeviceIdSchema,
  HashSchema,
  parseCanonical,
  parserOf,
  prefixed,
  TimeMsSchema,
} from '@holdfast/protocol';
import { type Static, Type } from 'typebox';
import type { StoredMessage } from '../archive/message-table.js';

const closed = { additionalProperties: false } as const;

const RecordHeadSchema = Type.Object(
  {
    v: Type.Literal(1),
    eh: HashSchema,
    direction: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('sibling')]),
    conversation: ConversationIdSchema,
    kind: Type.String({ maxLength: 64 }),
    agency: AgencyIdSchema,
    device: DeviceIdSchema,
    tsMs: TimeMsSchema,
    storedAtMs: TimeMsSchema,
    priority: Type.Union([Type.Literal('flash'), Type.Literal('urgent'), Type.Literal('routine')]),
    caseRef: Type.Union([Type.String({ minLength: 1, maxLength: 128 }), Type.Null()]),
    follows: Type.Array(HashSchema, { maxItems: 64 }),
    /** The agencies of the conversation. */
    agencies: Type.Array(AgencyIdSchema, { maxItems: 64 }),
    /** The sender's signed manifest: it names the body, the attachments and their keys. */
    jws: Type.String({ maxLength: 65_536 }),
  },
  closed,
);
export type RecordHead = Static<typeof RecordHeadSchema>;
export interface RecoveryRecord {
  readonly head: RecordHead;
  readonly body: Uint8Array;
}

/** A message of 1 MiB; the rest is small. */
const PART_MAX_BYTES = 2_097_152;
const check = parserOf('recovery record', RecordHeadSchema, 'encoding.malformed');

/** @param agencies those of the message's conversation */
export function encodeRecord(message: StoredMessage, agencies: readonly AgencyId[]): Uint8Array {
  const { eh, direction, conversation, kind, agency, device, tsMs, storedAtMs, priority, caseRef, jws } = message;
  const head: RecordHead = {
    v: 1,
    eh,
    direction,
    conversation,
    kind,
    agency,
    device,
    tsMs,
    storedAtMs,
    priority,
    caseRef,
    follows: [...message.follows],
    agencies: [...agencies],
    jws,
  };
  return concat(prefixed(canonicalBytes(head)), prefixed(message.body));
}

/** @throws ProtocolError `encoding.*` */
export function parseRecord(bytes: Uint8Array): RecoveryRecord {
  const reader = new ByteReader(bytes);
  const head = check(parseCanonical(reader.prefixed(PART_MAX_BYTES)));
  const body = reader.prefixed(PART_MAX_BYTES).slice();
  reader.end();
  return { head, body };
}
