/**
 * The form of one relay operation: everything that validation, the client's types and OpenAPI need, said once.
 */
import type { TSchema } from 'typebox';
import type { ProtocolErrorCode } from '../errors.js';

/** Raw bytes, not JSON: the media type of an envelope, a frame list or a blob. */
export const OCTETS = 'application/octet-stream';

export interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST';
  /** Fastify's form of a path; parameters as `:name`. */
  readonly path: string;
  /** `device`: a DPoP-bound session. `signed`: the body carries its own authority. `open`: nothing. */
  readonly auth: 'open' | 'signed' | 'device';
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema | typeof OCTETS;
  readonly bodyLimit?: number;
  readonly response: TSchema | typeof OCTETS;
  readonly status: 200 | 201;
  /** Codes of its own, beside those that every operation can answer with. */
  readonly codes: readonly ProtocolErrorCode[];
}
