/**
 * Makes JWS with jose (RFC 7515, RFC 8037). `typ` is the context; kid is the public key itself.
 */
import { type GeneralJws, toBase64url } from '@holdfast/protocol';
import { CompactSign, GeneralSign, importJWK } from 'jose';
import type { SigningKey } from '../primitives/ed25519.js';
import { protectedHeader } from './verify.js';

/** Compact JWS over `payload` by one key. */
export async function signCompactJws(payload: Uint8Array, typ: string, key: SigningKey): Promise<string> {
  return new CompactSign(payload).setProtectedHeader(protectedHeader(typ, key.publicKey)).sign(await joseKey(key));
}

/** General JWS over `payload` by each of `keys`. */
export async function signGeneralJws(
  payload: Uint8Array,
  typ: string,
  keys: readonly SigningKey[],
): Promise<GeneralJws> {
  const jws = new GeneralSign(payload);
  for (const key of keys) jws.addSignature(await joseKey(key)).setProtectedHeader(protectedHeader(typ, key.publicKey));
  const { payload: encoded, signatures } = await jws.sign();
  return {
    payload: encoded,
    signatures: signatures.map(({ protected: head, signature }) => ({ protected: head ?? '', signature })),
  };
}

/** The same JWS with one more signature; the payload is not looked at. A key that has signed already signs no second time. */
export async function coSignGeneralJws(
  payload: Uint8Array,
  signatures: GeneralJws['signatures'],
  typ: string,
  key: SigningKey,
): Promise<GeneralJws> {
  const signed = await signGeneralJws(payload, typ, [key]);
  const isOwn = ({ protected: head }: { readonly protected: string }): boolean =>
    head === signed.signatures[0]?.protected;
  return {
    payload: signed.payload,
    signatures: [...signatures.filter((other) => !isOwn(other)), ...signed.signatures],
  };
}

/** The key in the form jose wants. */
export function joseKey(key: SigningKey): ReturnType<typeof importJWK> {
  return importJWK({ kty: 'OKP', crv: 'Ed25519', x: toBase64url(key.publicKey), d: toBase64url(key.seed) }, 'EdDSA');
}
