/**
 * The verdict on a JWS: libsodium's rule, never jose's (audit-log, "One Ed25519 rule everywhere"). The protected header
 * must be exactly {"alg":"EdDSA","kid":<public key>,"typ":<context>}: no embedded or remote key, no `crit`, no choice.
 * Holds no secret; part of `@holdfast/keys/verify`.
 */
import {
  CompactJwsSchema,
  fromBase64url,
  type GeneralJws,
  GeneralJwsSchema,
  JwsHeaderSchema,
  parseCanonical,
  parserOf,
  toBase64url,
  utf8,
} from '@holdfast/protocol';
import { KeysError } from '../errors.js';
import { isAcceptablePublicKey, verifySignature } from '../primitives/ed25519-verify.js';

const checkHeader = parserOf('JWS header', JwsHeaderSchema, 'encoding.malformed');
const checkCompact = parserOf('compact JWS', CompactJwsSchema, 'encoding.malformed');
const checkGeneral = parserOf('JWS', GeneralJwsSchema, 'encoding.malformed');

/** The protected header for a key and a context, as it stands in the JWS. */
export function protectedHeader(
  typ: string,
  publicKey: Uint8Array,
): { readonly alg: 'EdDSA'; readonly kid: string; readonly typ: string } {
  return { alg: 'EdDSA', kid: toBase64url(publicKey), typ };
}

export interface VerifiedJws {
  readonly payload: Uint8Array;
  /** Public keys, base64url, that signed; every signature in the JWS has verified. */
  readonly signers: ReadonlySet<string>;
}

/**
 * Verifies a compact JWS by the one key that must have signed it.
 * @returns the payload's bytes
 * @throws KeysError `jws.invalid`
 */
export function verifyCompactJws(
  jws: string,
  expected: { readonly typ: string; readonly key: Uint8Array },
): Uint8Array {
  return guard(() => {
    const [head = '', payload = '', signature = ''] = checkCompact(jws).split('.');
    const kid = verifyOne(head, payload, signature, expected.typ);
    if (kid !== toBase64url(expected.key)) throw new KeysError('jws.invalid', 'The JWS is signed by another key.');
    return fromBase64url(payload);
  });
}

/**
 * Verifies a general JWS: every signature in it, each by another key.
 * Which keys must be among the signers is the caller's rule. @throws KeysError `jws.invalid`
 */
export function verifyGeneralJws(jws: unknown, expected: { readonly typ: string }): VerifiedJws {
  return guard(() => {
    const general: GeneralJws = checkGeneral(jws);
    const signers = new Set<string>();
    for (const { protected: head, signature } of general.signatures) {
      const kid = verifyOne(head, general.payload, signature, expected.typ);
      if (signers.has(kid)) throw new KeysError('jws.invalid', 'One key signed twice.');
      signers.add(kid);
    }
    return { payload: fromBase64url(general.payload), signers };
  });
}

function verifyOne(head: string, payload: string, signature: string, typ: string): string {
  const header = checkHeader(parseCanonical(fromBase64url(head)));
  if (header.typ !== typ) throw new KeysError('jws.invalid', 'The JWS belongs to another context.');
  const key = fromBase64url(header.kid);
  if (!isAcceptablePublicKey(key) || !verifySignature(fromBase64url(signature), utf8(`${head}.${payload}`), key)) {
    throw new KeysError('jws.invalid', 'A signature does not verify.');
  }
  return header.kid;
}

/** Malformed and wrong look alike from outside. */
function guard<T>(verify: () => T): T {
  try {
    return verify();
  } catch (cause) {
    if (cause instanceof KeysError) throw cause;
    throw new KeysError('jws.invalid', 'The JWS is malformed.', { cause });
  }
}
