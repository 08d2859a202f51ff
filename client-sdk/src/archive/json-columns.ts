/** Columns that hold JSON, read back through a schema: the archive is ours, but a damaged file must not become a wrong type. */
import {
  AgencyIdSchema,
  ApprovalSchema,
  base64urlSchema,
  type EnvelopeId,
  EnvelopeIdSchema,
  type Hash,
  HashSchema,
  ProseSchema,
  parserOf,
  SignatureSchema,
  TimeMsSchema,
} from '@holdfast/protocol';
import { type Static, Type } from 'typebox';

const agencies = parserOf('stored agencies', Type.Array(AgencyIdSchema), 'encoding.malformed');
const hashes = parserOf('stored hashes', Type.Array(HashSchema), 'encoding.malformed');
const follows = parserOf(
  'stored predecessors',
  Type.Array(Type.Union([HashSchema, EnvelopeIdSchema])),
  'encoding.malformed',
);
/** What an officer should know of how a message came, beside what it says. */
const FlagSchema = Type.Union([
  Type.Literal('delayed'),
  Type.Literal('forked'),
  Type.Literal('id-reused'),
  Type.Literal('late'),
  Type.Literal('recovered'),
  /** Another device of the agency has sent the same act too: it counts once. */
  Type.Literal('repeated'),
]);
export type MessageFlag = Static<typeof FlagSchema>;
const flags = parserOf('stored flags', Type.Array(FlagSchema), 'encoding.malformed');

const detail = parserOf('stored detail', Type.Record(Type.String(), Type.Unknown()), 'encoding.malformed');

const reason = parserOf('stored reason', ProseSchema, 'encoding.malformed');

/** What officers have signed of an outgoing message: fixed before it is sealed. */
const SignedPartsSchema = Type.Object({
  salt: base64urlSchema<string>(32, 'Salt of the body hash'),
  actor: HashSchema,
  actorSig: SignatureSchema,
  approvedUntil: TimeMsSchema,
  approvals: Type.Array(ApprovalSchema),
});
export type SignedParts = Static<typeof SignedPartsSchema>;
const signed = parserOf('stored signatures', SignedPartsSchema, 'encoding.malformed');

export const parseReason = (text: string): ReturnType<typeof reason> => reason(JSON.parse(text));
export const parseSigned = (text: string): SignedParts => signed(JSON.parse(text));
export const parseAgencies = (text: string): ReturnType<typeof agencies> => agencies(JSON.parse(text));
export const parseHashes = (text: string): ReturnType<typeof hashes> => hashes(JSON.parse(text));
export const parseFlags = (text: string): ReturnType<typeof flags> => flags(JSON.parse(text));
export const parseDetail = (text: string): ReturnType<typeof detail> => detail(JSON.parse(text));

/** 32 bytes, where an envelope's id has 16. */
const isHash = (name: Hash | EnvelopeId): name is Hash => name.length === 43;
const isEnvelopeId = (name: Hash | EnvelopeId): name is EnvelopeId => !isHash(name);

/** What a waiting message follows: envelopes by their hash, and those of our own that wait before it by their id. */
export function parseFollows(text: string): {
  readonly follows: readonly Hash[];
  readonly followsQueued: readonly EnvelopeId[];
} {
  const names = follows(JSON.parse(text));
  return { follows: names.filter(isHash), followsQueued: names.filter(isEnvelopeId) };
}
