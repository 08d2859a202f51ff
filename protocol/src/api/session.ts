/**
 * Sessions by key proof (spec 73-sessions): a challenge, a short-lived assertion signed by the device, an access token bound to
 * the device's key (DPoP, RFC 9449). Every later request carries the token and a fresh proof.
 */
import { type Static, Type } from 'typebox';
import { CompactJwsSchema } from '../encoding/jws.js';
import { DeviceIdSchema, FederationIdSchema, TimeMsSchema } from '../ids.js';
import type { Operation } from './operation.js';

const closed = { additionalProperties: false } as const;

/** `typ` of the assertion; claims {iss: device, aud: origin, fed, nonce, iat, exp, jti}; kid = device public key. */
export const SESSION_ASSERTION_TYP = 'holdfast.session.v1+jwt';
export const ACCESS_TOKEN_TYP = 'at+jwt';
export const DPOP_TYP = 'dpop+jwt';
export const ASSERTION_MAX_AGE_S = 60;

export const SessionChallengeSchema = Type.Object(
  { nonce: Type.String({ maxLength: 256 }), expiresAtMs: TimeMsSchema },
  closed,
);
export type SessionChallenge = Static<typeof SessionChallengeSchema>;
export const SessionTokenRequestSchema = Type.Object({ device: DeviceIdSchema, assertion: CompactJwsSchema }, closed);
export type SessionTokenRequest = Static<typeof SessionTokenRequestSchema>;
export const SessionTokenSchema = Type.Object(
  { accessToken: Type.String({ maxLength: 2048 }), expiresAtMs: TimeMsSchema, fed: FederationIdSchema },
  closed,
);
export type SessionToken = Static<typeof SessionTokenSchema>;

export const sessionChallenge = {
  id: 'sessionChallenge',
  summary: 'A single-use nonce to sign',
  method: 'POST',
  path: '/v1/session/challenge',
  auth: 'open',
  response: SessionChallengeSchema,
  status: 200,
  codes: [],
} as const satisfies Operation;

export const sessionToken = {
  id: 'sessionToken',
  summary: 'An access token bound to the device key, for a signed challenge',
  method: 'POST',
  path: '/v1/session/token',
  auth: 'signed',
  body: SessionTokenRequestSchema,
  response: SessionTokenSchema,
  status: 200,
  codes: ['session.proof-invalid', 'session.nonce-used', 'session.device-refused'],
} as const satisfies Operation;
