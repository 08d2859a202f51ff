/**
 * The fingerprint of a set of root keys, as digits and as words, for two people to compare by telephone (spec 24-fingerprints).
 * Public; part of `@holdfast/keys/verify`. Both forms stand for the same keys; comparing either is enough.
 */
import { type AgencyId, canonicalBytes, concat, context, type FederationId, type KeySet } from '@holdfast/protocol';
import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { sha512 } from '../primitives/sha512.js';

const GROUPS = 12;
const GROUP_BYTES = 5;
const GROUP_MODULUS = 100_000n;
const WORD_BYTES = 16;

export interface FingerprintSubject {
  readonly fed: FederationId;
  /** Null for the federation's own root, which the trust list names. */
  readonly agency: AgencyId | null;
  readonly root: KeySet;
}

export interface Fingerprint {
  /** 12 groups of five digits, a space between them. */
  readonly digits: string;
  /** 12 words of the English BIP-39 list, a space between them. */
  readonly words: string;
}

/** The fingerprint of an agency's root keys, or of the federation's. The order of the keys does not matter. */
export function rootFingerprint({ fed, agency, root }: FingerprintSubject): Fingerprint {
  const { threshold } = root;
  const subject = canonicalBytes({ agency, fed, root: { keys: [...root.keys].sort(), threshold } });
  const hash = sha512(concat(context('fingerprint'), subject));
  const groups = Array.from({ length: GROUPS }, (_, index) =>
    digitsOf(hash.subarray(index * GROUP_BYTES, (index + 1) * GROUP_BYTES)),
  );
  return { digits: groups.join(' '), words: entropyToMnemonic(hash.subarray(0, WORD_BYTES), wordlist) };
}

function digitsOf(bytes: Uint8Array): string {
  const value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return String(value % GROUP_MODULUS).padStart(5, '0');
}
