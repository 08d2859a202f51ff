/**
 * The relay's one signing key: receipts, notices, access tokens. By node:crypto, so that the relay needs nothing secret of
 * `keys`. Made once, kept in a file of mode 0600.
 */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fromBase64url, toBase64url } from '@holdfast/protocol';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

export interface RelayKey {
  /** Base64url, as the trust list names it. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
  sign(bytes: Uint8Array): Uint8Array;
}

/** Makes a key file. @throws Error where there is one already */
export function createRelayKey(path: string): RelayKey {
  writeFileSync(path, `${toBase64url(randomBytes(SEED_BYTES))}\n`, { flag: 'wx', mode: 0o600, flush: true });
  return readRelayKey(path);
}

/** @throws Error where the file is missing or is no seed */
export function readRelayKey(path: string): RelayKey {
  const seed = fromBase64url(readFileSync(path, 'utf8').trim());
  if (seed.length !== SEED_BYTES) throw new Error(`${path} does not hold 32 bytes in base64url.`);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('The key has no public half.');
  return { publicKey: x, privateKey, sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)) };
}
