/** Submit over HTTP, fetch and acknowledge by cursor: the same acts as on the stream, for clients that cannot hold one. */
import { type Static, Type } from 'typebox';
import { DeviceIdSchema, HashSchema, SequenceSchema, SignatureSchema } from '../ids.js';
import { LIMITS } from '../limits.js';
import { ReceiptSchema } from '../relay/receipt.js';
import { OCTETS, type Operation } from './operation.js';

const closed = { additionalProperties: false } as const;
const mailboxParams = Type.Object({ mailbox: Type.Union([Type.Literal('alert'), Type.Literal('routine')]) }, closed);

export const submitEnvelope = {
  id: 'submitEnvelope',
  summary: 'Submits an envelope; idempotent by sender and envelope id, answers with the (original) receipt',
  method: 'POST',
  path: '/v1/envelopes',
  auth: 'device',
  body: OCTETS,
  bodyLimit: LIMITS.envelopeBytes,
  response: ReceiptSchema,
  status: 200,
  codes: [
    'envelope.malformed',
    'envelope.sender-mismatch',
    'envelope.recipient-unavailable',
    'envelope.federation-mismatch',
    'envelope.expired',
    'envelope.time-refused',
    'envelope.id-conflict',
    'mailbox.full',
  ],
} as const satisfies Operation;

/** `by`: whose rewrap stands, which may be another party's. */
export const RewrappedSchema = Type.Object({ eh: HashSchema, device: DeviceIdSchema, by: DeviceIdSchema }, closed);
export type Rewrapped = Static<typeof RewrappedSchema>;

export const rewrapEnvelope = {
  id: 'rewrapEnvelope',
  summary: 'Adds a recipient device to an envelope that the relay still holds; idempotent by envelope and device',
  method: 'POST',
  path: '/v1/envelopes/rewrap',
  auth: 'device',
  body: OCTETS,
  bodyLimit: LIMITS.rewrapBytes + LIMITS.stanzaBytes + 76,
  response: RewrappedSchema,
  status: 200,
  codes: [
    'rewrap.malformed',
    'rewrap.refused',
    'envelope.sender-mismatch',
    'envelope.federation-mismatch',
    'envelope.time-refused',
    'mailbox.full',
  ],
} as const satisfies Operation;

/** What names an envelope and proves who sent it, without its content. */
export const SubmissionSchema = Type.Object(
  {
    eh: HashSchema,
    core: Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: Math.ceil((LIMITS.coreBytes * 4) / 3) }),
    stanzasHash: HashSchema,
    ctHash: HashSchema,
    sig: SignatureSchema,
  },
  closed,
);
export type Submission = Static<typeof SubmissionSchema>;
export const LastSubmissionSchema = Type.Object({ submission: Type.Union([SubmissionSchema, Type.Null()]) }, closed);

export const getLastSubmission = {
  id: 'getLastSubmission',
  summary: 'The newest envelope that the relay has taken from the session device, by its hashes and signature',
  method: 'GET',
  path: '/v1/submissions/last',
  auth: 'device',
  response: LastSubmissionSchema,
  status: 200,
  codes: [],
} as const satisfies Operation;

export const fetchMailbox = {
  id: 'fetchMailbox',
  summary:
    'Items of a mailbox after a number, as delivery frames one after another, each u32be-prefixed; at most 4 MiB',
  method: 'GET',
  path: '/v1/mailboxes/:mailbox',
  auth: 'device',
  params: mailboxParams,
  query: Type.Object(
    {
      after: Type.String({ pattern: '^[0-9]{1,15}$' }),
      limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$' })),
    },
    closed,
  ),
  response: OCTETS,
  status: 200,
  codes: [],
} as const satisfies Operation;

export const AcknowledgeSchema = Type.Object({ cursor: SequenceSchema }, closed);
export type Acknowledge = Static<typeof AcknowledgeSchema>;

export const acknowledgeMailbox = {
  id: 'acknowledgeMailbox',
  summary: 'Acknowledges every item up to and including `cursor`',
  method: 'POST',
  path: '/v1/mailboxes/:mailbox/acknowledge',
  auth: 'device',
  params: mailboxParams,
  body: AcknowledgeSchema,
  response: AcknowledgeSchema,
  status: 200,
  codes: ['mailbox.cursor-ahead'],
} as const satisfies Operation;
