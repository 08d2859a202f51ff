/**
 * An agency's statements: the append-only chain that says which keys speak for it (spec 22-agency-chain). Only root and
 * directory keys write it; whoever registers a key also proves possession of it. No personal data: numbers and hashes.
 */
import { type Static, Type } from 'typebox';
import { concat, context } from '../encoding/bytes.js';
import { canonicalBytes, parseCanonical } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import type { Sha256 } from '../envelope/core.js';
import { ProtocolError } from '../errors.js';
import {
  AgencyIdSchema,
  base64urlSchema,
  DeviceIdSchema,
  FederationIdSchema,
  HashSchema,
  OfficerIdSchema,
  PublicKeySchema,
  SequenceSchema,
  TimeMsSchema,
} from '../ids.js';
import { LIMITS } from '../limits.js';
import { EPOCH_KEY_BYTES } from './epoch-batch.js';
import { isKeySet, KeySetSchema } from './key-set.js';

export const STATEMENT_TYP = 'holdfast.statement.v1+jws';
export const ROLES = ['analyst', 'approver', 'liaison', 'duty', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const header = {
  v: Type.Literal(1),
  fed: FederationIdSchema,
  agency: AgencyIdSchema,
  seq: SequenceSchema,
  /** Hash of the statement before it; null at position 0. */
  prev: Type.Union([HashSchema, Type.Null()]),
  atMs: TimeMsSchema,
};
const validity = { key: PublicKeySchema, notBeforeMs: TimeMsSchema, notAfterMs: TimeMsSchema };
const document = { documentHash: HashSchema, expiresAtMs: TimeMsSchema };
const closed = { additionalProperties: false } as const;

/** Signed by the agency root's threshold and by the new key. */
export const DirectoryKeyStatementSchema = Type.Object(
  { ...header, kind: Type.Literal('directory-key'), ...validity },
  closed,
);
/** What bounds an officer who signs for an agency only within limits, such as a liaison officer abroad (ADR 0028). */
export const DelegationSchema = Type.Object(
  {
    /** Kinds of message that the officer may draft or approve. */
    kinds: Type.Array(Type.String({ pattern: '^[a-z]+(?:[.-][a-z]+)*$', maxLength: 64 }), {
      minItems: 1,
      maxItems: 32,
      uniqueItems: true,
    }),
    /** Agencies that they may go to; any where it is absent. */
    counterparts: Type.Optional(Type.Array(AgencyIdSchema, { minItems: 1, maxItems: 32, uniqueItems: true })),
    /** Last instant of signing, which may be before the key's own end. */
    untilMs: TimeMsSchema,
  },
  closed,
);
export type Delegation = Static<typeof DelegationSchema>;

/** Signed by the directory key and the officer's key. */
export const OfficerStatementSchema = Type.Object(
  {
    ...header,
    kind: Type.Literal('officer'),
    officer: OfficerIdSchema,
    roles: Type.Array(
      Type.Union([
        Type.Literal('analyst'),
        Type.Literal('approver'),
        Type.Literal('liaison'),
        Type.Literal('duty'),
        Type.Literal('admin'),
      ]),
      {
        minItems: 1,
        maxItems: 5,
        uniqueItems: true,
      },
    ),
    delegation: Type.Optional(DelegationSchema),
    ...validity,
  },
  closed,
);
/** Signed by the directory key and the device's key. */
export const DeviceStatementSchema = Type.Object(
  { ...header, kind: Type.Literal('device'), device: DeviceIdSchema, ...validity },
  closed,
);
/** Names the directory entry in force by its salted hash. Signed by the directory key. */
export const EntryStatementSchema = Type.Object({ ...header, kind: Type.Literal('entry'), ...document }, closed);
/** Names the capability record in force by its salted hash. Signed by the directory key. */
export const CapabilityStatementSchema = Type.Object(
  { ...header, kind: Type.Literal('capability'), ...document },
  closed,
);
/** Signed by the directory key, or by the root's threshold, alone. `target` is the revoked public key. */
export const RevokeStatementSchema = Type.Object(
  {
    ...header,
    kind: Type.Literal('revoke'),
    target: PublicKeySchema,
    reason: Type.Union([
      Type.Literal('lost'),
      Type.Literal('compromised'),
      Type.Literal('superseded'),
      Type.Literal('left-service'),
    ]),
  },
  closed,
);
/** Replaces the root keys. Signed by the new threshold, and by the old one unless the trust list vouches for the new set. */
export const RootStatementSchema = Type.Object({ ...header, kind: Type.Literal('root'), root: KeySetSchema }, closed);
/** The X-Wing key under which the agency keeps its own archive, private half offline. Signed by the directory key. */
export const ArchiveStatementSchema = Type.Object(
  {
    ...header,
    kind: Type.Literal('archive'),
    archiveKey: base64urlSchema<string>(EPOCH_KEY_BYTES, 'X-Wing public key'),
    notBeforeMs: TimeMsSchema,
    notAfterMs: TimeMsSchema,
  },
  closed,
);

export const StatementSchema = Type.Union([
  DirectoryKeyStatementSchema,
  OfficerStatementSchema,
  DeviceStatementSchema,
  EntryStatementSchema,
  CapabilityStatementSchema,
  RevokeStatementSchema,
  RootStatementSchema,
  ArchiveStatementSchema,
]);
export type Statement = Static<typeof StatementSchema>;
export type StatementKind = Statement['kind'];
export type StatementOf<K extends StatementKind> = Extract<Statement, { kind: K }>;

const check = parserOf('statement', StatementSchema, 'statement.invalid');

export const encodeStatement = (statement: Statement): Uint8Array => canonicalBytes(statement);

/** Reads a statement's payload. @throws ProtocolError `encoding.*`, `statement.invalid` */
export function parseStatement(bytes: Uint8Array): Statement {
  if (bytes.length > LIMITS.statementBytes)
    throw new ProtocolError('encoding.too-large', 'The statement is too large.');
  const statement = check(parseCanonical(bytes));
  if ((statement.seq === 0) !== (statement.prev === null))
    throw new ProtocolError('statement.invalid', 'Only position 0 has no predecessor.');
  if ('notAfterMs' in statement && statement.notAfterMs <= statement.notBeforeMs) {
    throw new ProtocolError('statement.invalid', 'The key ends before it begins.');
  }
  if (statement.kind === 'root' && !isKeySet(statement.root))
    throw new ProtocolError('statement.invalid', 'The root threshold is higher than the number of keys.');
  return statement;
}

/** Names a statement in the next one's `prev`, and the chain's head in `dir`. */
export const statementHash = (sha256: Sha256, payload: Uint8Array): Uint8Array =>
  sha256(concat(context('statement'), payload));

/** Salted hash of a directory entry or capability record, which live outside the chain and can be erased. */
export const documentHash = (sha256: Sha256, salt: Uint8Array, document: unknown): Uint8Array =>
  sha256(concat(context('document'), salt, canonicalBytes(document)));
