/**
 * Sessions by key proof (spec 73-sessions): a challenge signed by the device gives a token bound to its key; every request then
 * shows token and a fresh proof (RFC 9449). The registered key decides, never a key that comes along.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { sha256 } from '@holdfast/keys/verify';
import {
  ACCESS_TOKEN_TYP,
  ASSERTION_MAX_AGE_S,
  type DeviceId,
  DeviceIdSchema,
  DPOP_TYP,
  fromBase64url,
  ProtocolError,
  parserOf,
  SESSION_ASSERTION_TYP,
  type SessionChallenge,
  type SessionToken,
  toBase64url,
  utf8,
} from '@holdfast/protocol';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { JOSEError, JWTExpired } from 'jose/errors';
import type { ActiveDevice, Registry } from '../membership/registry.js';
import type { RelayKey } from '../sequencer/relay-key.js';
import type { Store } from '../store/port.js';

const CHALLENGE_LIFE_MS = 60_000;
const TOKEN_LIFE_MS = 10 * 60_000;
const PROOF_MAX_AGE_S = 60;
const MAX_TOKEN_CHARS = 4096;
/** A device's clock may be this far from ours, either way. */
const CLOCK_TOLERANCE_S = 60;

export interface SessionDependencies {
  readonly store: Store;
  readonly registry: Registry;
  readonly key: RelayKey;
  readonly origin: string;
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array;
}

/** A device that has shown its key. */
export interface Session extends ActiveDevice {
  readonly expiresAtMs: number;
}

export interface ShownProof {
  readonly authorization: string | undefined;
  readonly proof: string | undefined;
  readonly method: string;
  /** The configured URL of what is asked for, without query. */
  readonly url: string;
}

const parseDevice = parserOf('device', DeviceIdSchema, 'session.proof-invalid');

export class Sessions {
  readonly #deps: SessionDependencies;
  /** Drawn at each start: challenges of before a restart are simply asked for again. */
  readonly #challengeKey: Uint8Array;

  constructor(deps: SessionDependencies) {
    this.#deps = deps;
    this.#challengeKey = deps.random(32);
  }

  /** A nonce that carries its own expiry and authenticity: nothing is stored until it is used. */
  challenge(): SessionChallenge {
    const expiresAtMs = this.#deps.now() + CHALLENGE_LIFE_MS;
    const body = `${expiresAtMs}.${toBase64url(this.#deps.random(16))}`;
    return { nonce: `${body}.${toBase64url(this.#mac(body))}`, expiresAtMs };
  }

  #mac(body: string): Uint8Array {
    return createHmac('sha256', this.#challengeKey).update(body).digest();
  }

  /** @throws ProtocolError `session.device-refused`, `session.proof-invalid`, `session.nonce-used` */
  async signIn(device: DeviceId, assertion: string): Promise<SessionToken> {
    const { registry, origin, now, key } = this.#deps;
    const active = registry.device(device);
    if (active === undefined) throw new ProtocolError('session.device-refused');
    const claims = await this.#verified(assertion, active, {
      typ: SESSION_ASSERTION_TYP,
      issuer: device,
      audience: origin,
      maxTokenAge: ASSERTION_MAX_AGE_S,
      requiredClaims: ['nonce', 'jti', 'exp', 'iat'],
    });
    if (claims.fed !== registry.fed || typeof claims.nonce !== 'string')
      throw new ProtocolError('session.proof-invalid');
    await this.#useNonce(claims.nonce);
    const expiresAtMs = now() + TOKEN_LIFE_MS;
    const accessToken = await new SignJWT({
      fed: registry.fed,
      agency: active.agency,
      cnf: { jkt: await thumbprint(active.key) },
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: ACCESS_TOKEN_TYP })
      .setIssuer(origin)
      .setAudience(origin)
      .setSubject(device)
      .setIssuedAt(Math.floor(now() / 1000))
      .setExpirationTime(Math.floor(expiresAtMs / 1000))
      .sign(key.privateKey);
    return { accessToken, expiresAtMs: Math.floor(expiresAtMs / 1000) * 1000, fed: registry.fed };
  }

  async #useNonce(nonce: string): Promise<void> {
    const [expires = '', random = '', mac = ''] = nonce.split('.');
    const expiresAtMs = Number(expires);
    const expected = this.#mac(`${expires}.${random}`);
    const given = decoded(mac);
    const isOurs = given !== undefined && given.length === expected.length && timingSafeEqual(given, expected);
    const { store, now } = this.#deps;
    if (!isOurs || expiresAtMs < now() || !(await store.useOnce(`nonce ${random}`, expiresAtMs, now())))
      throw new ProtocolError('session.nonce-used');
  }

  /** @throws ProtocolError `session.required`, `session.proof-invalid`, `session.expired`, `session.nonce-used`, `session.device-refused` */
  async authenticate({ authorization, proof, method, url }: ShownProof): Promise<Session> {
    const accessToken = authorization?.startsWith('DPoP ') === true ? authorization.slice(5) : undefined;
    if (accessToken === undefined || proof === undefined) throw new ProtocolError('session.required');
    const { registry, origin, key, store, now } = this.#deps;
    const token = await this.#verified(
      accessToken,
      { key: key.publicKey },
      {
        typ: ACCESS_TOKEN_TYP,
        issuer: origin,
        audience: origin,
        maxTokenAge: TOKEN_LIFE_MS / 1000,
        // Both its times are by our own clock.
        clockTolerance: 0,
        requiredClaims: ['sub', 'exp', 'iat', 'cnf'],
      },
    );
    const device = parseDevice(token.sub);
    const active = registry.device(device);
    if (token.fed !== registry.fed || active === undefined) throw new ProtocolError('session.device-refused');
    const jkt = await thumbprint(active.key);
    if (jktOf(token) !== jkt) throw new ProtocolError('session.proof-invalid');
    const claims = await this.#verified(
      proof,
      active,
      { typ: DPOP_TYP, maxTokenAge: PROOF_MAX_AGE_S, requiredClaims: ['htm', 'htu', 'ath', 'jti', 'iat'] },
      jkt,
    );
    const ath = toBase64url(sha256(utf8(accessToken)));
    if (
      claims.htm !== method ||
      claims.htu !== url ||
      claims.ath !== ath ||
      typeof claims.jti !== 'string' ||
      claims.jti.length > 64
    )
      throw new ProtocolError('session.proof-invalid');
    // Dated a tolerance ahead, it is acceptable for its age and another tolerance.
    const staleAtMs = now() + (PROOF_MAX_AGE_S + 2 * CLOCK_TOLERANCE_S) * 1000;
    if (!(await store.useOnce(`proof ${device} ${claims.jti}`, staleAtMs, now())))
      throw new ProtocolError('session.nonce-used');
    return { ...active, expiresAtMs: (token.exp ?? 0) * 1000 };
  }

  /** One way to verify any of the three: fixed algorithm, our own key, everything that may be asked of the claims. */
  async #verified(
    jwt: string,
    { key }: { readonly key: string },
    expected: Parameters<typeof jwtVerify>[2] & { readonly typ: string },
    jkt?: string,
  ): Promise<JWTPayload> {
    if (jwt.length > MAX_TOKEN_CHARS) throw new ProtocolError('session.proof-invalid');
    try {
      if (jkt !== undefined && (await embeddedThumbprint(jwt)) !== jkt)
        throw new ProtocolError('session.proof-invalid');
      const { payload } = await jwtVerify(jwt, await publicKey(key), {
        clockTolerance: CLOCK_TOLERANCE_S,
        ...expected,
        algorithms: ['EdDSA'],
        currentDate: new Date(this.#deps.now()),
      });
      return payload;
    } catch (cause) {
      if (cause instanceof JWTExpired) throw new ProtocolError('session.expired', undefined, { cause });
      if (cause instanceof JOSEError || cause instanceof TypeError)
        throw new ProtocolError('session.proof-invalid', undefined, { cause });
      throw cause;
    }
  }
}

const publicKey = (x: string): ReturnType<typeof importJWK> => importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA');
const thumbprint = (x: string): Promise<string> => calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });

/** RFC 9449 puts the key into the proof's header; it must be the one the token is bound to, and it is not what verifies. */
async function embeddedThumbprint(jwt: string): Promise<string | undefined> {
  const { jwk } = decodeProtectedHeader(jwt);
  if (jwk === undefined || !isPublicOkp(jwk)) return undefined;
  return thumbprint(jwk.x);
}

const isPublicOkp = (jwk: JWK): jwk is JWK & { readonly x: string } =>
  jwk.kty === 'OKP' && jwk.crv === 'Ed25519' && typeof jwk.x === 'string' && jwk.d === undefined;

function jktOf({ cnf }: JWTPayload): string | undefined {
  return typeof cnf === 'object' && cnf !== null && 'jkt' in cnf && typeof cnf.jkt === 'string' ? cnf.jkt : undefined;
}

function decoded(text: string): Uint8Array | undefined {
  try {
    return fromBase64url(text);
  } catch {
    return undefined;
  }
}
