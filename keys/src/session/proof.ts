/**
 * The proofs by which a device signs in and stays signed in (spec 73-sessions): the session assertion, and DPoP proofs
 * (RFC 9449) for each request and for the stream. Made with jose.
 */
import {
  ASSERTION_MAX_AGE_S,
  type DeviceId,
  DPOP_TYP,
  type FederationId,
  SESSION_ASSERTION_TYP,
  toBase64url,
  utf8,
} from '@holdfast/protocol';
import { SignJWT } from 'jose';
import { joseKey } from '../jws/sign.js';
import { protectedHeader } from '../jws/verify.js';
import type { SigningKey } from '../primitives/ed25519.js';
import { randomBytes } from '../primitives/random.js';
import { sha256 } from '../primitives/sha256.js';

export interface AssertionRequest {
  readonly device: DeviceId;
  readonly fed: FederationId;
  /** The relay's origin from the trust list, so that an assertion for one relay is useless at another. */
  readonly origin: string;
  readonly nonce: string;
  readonly nowMs: number;
}

/** The signed answer to a challenge; lives a minute. */
export async function signSessionAssertion(request: AssertionRequest, key: SigningKey): Promise<string> {
  const nowS = Math.floor(request.nowMs / 1000);
  return new SignJWT({ fed: request.fed, nonce: request.nonce })
    .setProtectedHeader(protectedHeader(SESSION_ASSERTION_TYP, key.publicKey))
    .setIssuer(request.device)
    .setAudience(request.origin)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + ASSERTION_MAX_AGE_S)
    .setJti(toBase64url(randomBytes(16)))
    .sign(await joseKey(key));
}

export interface ProofRequest {
  readonly method: string;
  /** The configured URL, without query and fragment (RFC 9449 §4.2). */
  readonly url: string;
  readonly accessToken: string;
  readonly nowMs: number;
}

/** A DPoP proof for one request. */
export async function signDpopProof(request: ProofRequest, key: SigningKey): Promise<string> {
  return new SignJWT({ htm: request.method, htu: request.url, ath: toBase64url(sha256(utf8(request.accessToken))) })
    .setProtectedHeader({
      alg: 'EdDSA',
      typ: DPOP_TYP,
      jwk: { kty: 'OKP', crv: 'Ed25519', x: toBase64url(key.publicKey) },
    })
    .setIssuedAt(Math.floor(request.nowMs / 1000))
    .setJti(toBase64url(randomBytes(16)))
    .sign(await joseKey(key));
}
