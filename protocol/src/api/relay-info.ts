/** What a client may know before it signs in. Nothing here is believed: origin and key come from the trust list. */
import { type Static, Type } from 'typebox';
import { FederationIdSchema, TimeMsSchema } from '../ids.js';
import { OriginSchema } from '../relay/receipt.js';
import type { Operation } from './operation.js';

export const RelayInfoSchema = Type.Object(
  {
    origin: OriginSchema,
    fed: FederationIdSchema,
    /** The URLs that proofs must name. */
    baseUrl: Type.String({ maxLength: 512 }),
    streamUrl: Type.String({ maxLength: 512 }),
    version: Type.String({ maxLength: 64 }),
    nowMs: TimeMsSchema,
  },
  { additionalProperties: false },
);
export type RelayInfo = Static<typeof RelayInfoSchema>;

export const relayInfo = {
  id: 'relayInfo',
  summary: 'Origin, federation and addresses of this relay',
  method: 'GET',
  path: '/v1/relay',
  auth: 'open',
  response: RelayInfoSchema,
  status: 200,
  codes: [],
} as const satisfies Operation;
