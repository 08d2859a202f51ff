/** Agency chains, the documents they name, and devices' epoch keys: what a client needs to seal and to verify. */
import { type Static, Type } from 'typebox';
import { CompactJwsSchema, GeneralJwsSchema } from '../encoding/jws.js';
import { AgencyIdSchema, base64urlSchema, DaySchema, DeviceIdSchema, HashSchema, SequenceSchema } from '../ids.js';
import { LIMITS } from '../limits.js';
import { EPOCH_KEY_BYTES } from '../membership/epoch-batch.js';
import type { Operation } from './operation.js';

const closed = { additionalProperties: false } as const;
const number = Type.String({ pattern: '^[0-9]{1,15}$' });

/** A directory entry or capability record with the salt of its hash. */
export const SaltedDocumentSchema = Type.Object(
  { salt: base64urlSchema<string>(32, 'Salt'), document: Type.Unknown() },
  closed,
);
export type SaltedDocument = Static<typeof SaltedDocumentSchema>;

export const AgencyHeadsSchema = Type.Object(
  {
    agencies: Type.Array(Type.Object({ agency: AgencyIdSchema, seq: SequenceSchema, head: HashSchema }, closed), {
      maxItems: 2000,
    }),
  },
  closed,
);
export type AgencyHeads = Static<typeof AgencyHeadsSchema>;

export const listAgencies = {
  id: 'listAgencies',
  summary: 'Position and head of every agency chain',
  method: 'GET',
  path: '/v1/agencies',
  auth: 'open',
  response: AgencyHeadsSchema,
  status: 200,
  codes: [],
} as const satisfies Operation;

const agencyParams = Type.Object({ agency: AgencyIdSchema }, closed);

export const StatementPageSchema = Type.Object(
  { statements: Type.Array(GeneralJwsSchema, { maxItems: 200 }), next: Type.Union([SequenceSchema, Type.Null()]) },
  closed,
);
export type StatementPage = Static<typeof StatementPageSchema>;

export const getStatements = {
  id: 'getStatements',
  summary: 'An agency chain from position `from` on',
  method: 'GET',
  path: '/v1/agencies/:agency/statements',
  auth: 'open',
  params: agencyParams,
  query: Type.Object({ from: number }, closed),
  response: StatementPageSchema,
  status: 200,
  codes: ['request.not-found'],
} as const satisfies Operation;

export const AppendStatementSchema = Type.Object(
  { statement: GeneralJwsSchema, document: Type.Union([SaltedDocumentSchema, Type.Null()]) },
  closed,
);
export type AppendStatement = Static<typeof AppendStatementSchema>;

export const appendStatement = {
  id: 'appendStatement',
  summary: 'Appends a statement (with the document it names); its signatures are its authority',
  method: 'POST',
  path: '/v1/agencies/:agency/statements',
  auth: 'signed',
  params: agencyParams,
  body: AppendStatementSchema,
  response: Type.Object({ seq: SequenceSchema, head: HashSchema }, closed),
  status: 201,
  codes: ['statement.invalid', 'statement.conflict', 'statement.quota', 'request.not-found'],
} as const satisfies Operation;

export const getDocument = {
  id: 'getDocument',
  summary: 'A directory entry or capability record by its salted hash',
  method: 'GET',
  path: '/v1/documents/:hash',
  auth: 'device',
  params: Type.Object({ hash: HashSchema }, closed),
  response: SaltedDocumentSchema,
  status: 200,
  codes: ['request.not-found'],
} as const satisfies Operation;

export const PublishEpochBatchSchema = Type.Object(
  {
    batch: CompactJwsSchema,
    /** Keys of firstDay, firstDay + 1, … */
    keys: Type.Array(base64urlSchema<string>(EPOCH_KEY_BYTES, 'X-Wing public key'), {
      minItems: 1,
      maxItems: LIMITS.epochKeysPerBatch,
    }),
  },
  closed,
);
export type PublishEpochBatch = Static<typeof PublishEpochBatchSchema>;

export const publishEpochBatch = {
  id: 'publishEpochBatch',
  summary: "Publishes the session device's next batch of epoch keys",
  method: 'POST',
  path: '/v1/epoch-batches',
  auth: 'device',
  body: PublishEpochBatchSchema,
  bodyLimit: 512 * 1024,
  response: Type.Object({ n: SequenceSchema }, closed),
  status: 201,
  codes: ['epoch-batch.invalid', 'epoch-batch.conflict'],
} as const satisfies Operation;

/** One device's key of a day with the proof that the device published it; the last key it has where the day has none. */
export const EpochKeyProofSchema = Type.Object(
  {
    device: DeviceIdSchema,
    batch: CompactJwsSchema,
    day: DaySchema,
    key: base64urlSchema<string>(EPOCH_KEY_BYTES, 'X-Wing public key'),
    path: Type.Array(HashSchema, { maxItems: 16 }),
  },
  closed,
);
export type EpochKeyProof = Static<typeof EpochKeyProofSchema>;
export const EpochKeyPageSchema = Type.Object(
  { keys: Type.Array(EpochKeyProofSchema, { maxItems: 500 }), next: Type.Union([DeviceIdSchema, Type.Null()]) },
  closed,
);
export type EpochKeyPage = Static<typeof EpochKeyPageSchema>;

export const getEpochKeys = {
  id: 'getEpochKeys',
  summary: "The day's epoch key of every device (of one agency), with proofs, in order of device id",
  method: 'GET',
  path: '/v1/epoch-keys',
  auth: 'device',
  query: Type.Object(
    { day: number, agency: Type.Optional(AgencyIdSchema), after: Type.Optional(DeviceIdSchema) },
    closed,
  ),
  response: EpochKeyPageSchema,
  status: 200,
  codes: [],
} as const satisfies Operation;

export const EpochBatchHeadSchema = Type.Object({ batch: Type.Union([CompactJwsSchema, Type.Null()]) }, closed);
export type EpochBatchHead = Static<typeof EpochBatchHeadSchema>;

export const getEpochBatchHead = {
  id: 'getEpochBatchHead',
  summary: "The session device's newest batch, to go on from",
  method: 'GET',
  path: '/v1/epoch-batches/head',
  auth: 'device',
  response: EpochBatchHeadSchema,
  status: 200,
  codes: [],
} as const satisfies Operation;
