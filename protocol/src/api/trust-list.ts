/** The federation's trust lists: all versions from one on, and the next one. */
import { type Static, Type } from 'typebox';
import { GeneralJwsSchema } from '../encoding/jws.js';
import type { Operation } from './operation.js';

const closed = { additionalProperties: false } as const;

export const TrustListPageSchema = Type.Object(
  { lists: Type.Array(GeneralJwsSchema, { maxItems: 64 }), latest: Type.Integer({ minimum: 0 }) },
  closed,
);
export type TrustListPage = Static<typeof TrustListPageSchema>;

export const getTrustLists = {
  id: 'getTrustLists',
  summary: 'Trust lists from version `from` on, in order',
  method: 'GET',
  path: '/v1/trust-lists',
  auth: 'open',
  query: Type.Object({ from: Type.String({ pattern: '^[1-9][0-9]{0,6}$' }) }, closed),
  response: TrustListPageSchema,
  status: 200,
  codes: [],
} as const satisfies Operation;

export const publishTrustList = {
  id: 'publishTrustList',
  summary: 'Publishes the next trust list; its signatures are its authority',
  method: 'POST',
  path: '/v1/trust-lists',
  auth: 'signed',
  body: GeneralJwsSchema,
  bodyLimit: 1_600_000,
  response: Type.Object({ version: Type.Integer({ minimum: 1 }) }, closed),
  status: 201,
  codes: ['trust-list.invalid', 'trust-list.conflict'],
} as const satisfies Operation;
