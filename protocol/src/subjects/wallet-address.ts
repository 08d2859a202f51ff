/**
 * Addresses of virtual assets, each with the checksum that its chain gives it: bech32 and bech32m (BIP 173, BIP 350), base58check,
 * mixed-case hexadecimal (EIP-55). For chains not listed here any one-line address is taken as it is.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { base58, bech32, bech32m, createBase58check, hex } from '@scure/base';
import { utf8 } from '../encoding/bytes.js';
import type { Report } from './report.js';

type Finding = string | undefined;
type AddressCheck = (address: string, chain: string) => Finding;

const badChecksum = (address: string): string => `the checksum of ${address} does not fit`;
const base58check = createBase58check(sha256);

/** A chain of bitcoin's kind: segwit under its prefix, else base58check with one of its version bytes. */
const utxo =
  (prefix: string, versions: readonly number[], leading: RegExp): AddressCheck =>
  (address, chain) => {
    if (address.toLowerCase().startsWith(`${prefix}1`))
      return isSegwit(prefix, address) ? undefined : badChecksum(address);
    return base58Finding(address, chain, 21, versions, leading);
  };

const evm: AddressCheck = (address, chain) => {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address))
    return `${address} is not an address of ${chain}: 0x and 40 hexadecimal digits`;
  return hasEip55Checksum(address.slice(2)) ? undefined : badChecksum(address);
};

const CHAINS: Readonly<Record<string, AddressCheck>> = {
  bitcoin: utxo('bc', [0x00, 0x05], /^[13]/),
  litecoin: utxo('ltc', [0x30, 0x32, 0x05], /^[LM3]/),
  dogecoin: (address, chain) => base58Finding(address, chain, 21, [0x1e, 0x16], /^[DA9]/),
  tron: (address, chain) => base58Finding(address, chain, 21, [0x41], /^T/),
  solana: (address, chain) =>
    decoded58(address)?.length === 32 ? undefined : `${address} is not an address of ${chain}: 32 bytes in base 58`,
  ethereum: evm,
  polygon: evm,
  arbitrum: evm,
  optimism: evm,
  base: evm,
  'avalanche-c': evm,
  'bnb-smart-chain': evm,
};

/** Reports an address that the chain cannot have. */
export function checkWalletAddress(chain: string, address: string, at: string, report: Report): void {
  const finding = Object.hasOwn(CHAINS, chain) ? CHAINS[chain]?.(address, chain) : undefined;
  if (finding !== undefined) report(at, finding);
}

function base58Finding(
  address: string,
  chain: string,
  bytes: number,
  versions: readonly number[],
  leading: RegExp,
): Finding {
  if (!leading.test(address) || decoded58(address)?.length !== bytes + 4)
    return `${address} is not an address of ${chain}`;
  try {
    const [version = -1] = base58check.decode(address);
    return versions.includes(version) ? undefined : `${address} is not an address of ${chain}`;
  } catch (error) {
    if (error instanceof Error) return badChecksum(address);
    throw error;
  }
}

/** The bytes; undefined where it is no base 58. Longer than any address is not looked at: the conversion is quadratic. */
const decoded58 = (text: string): Uint8Array | undefined =>
  text.length <= 64 && /^[1-9A-HJ-NP-Za-km-z]+$/.test(text) ? base58.decode(text) : undefined;

/** Version 0 is bech32 with 20 or 32 bytes, 1 to 16 are bech32m with 2 to 40. */
function isSegwit(prefix: string, address: string): boolean {
  const first = bech32.decodeUnsafe(address);
  const decoded = first?.words[0] === 0 ? first : bech32m.decodeUnsafe(address);
  const [version = 17, ...words] = decoded?.words ?? [];
  const length = bech32.fromWordsUnsafe(words)?.length ?? 0;
  if (decoded?.prefix !== prefix || version > 16 || length < 2 || length > 40) return false;
  return version === 0 ? decoded === first && (length === 20 || length === 32) : true;
}

/** One case only carries no checksum, and is taken; mixed case is one. */
function hasEip55Checksum(digits: string): boolean {
  const lower = digits.toLowerCase();
  if (digits === lower || digits === digits.toUpperCase()) return true;
  const hash = hex.encode(keccak_256(utf8(lower)));
  return (
    Array.from(lower, (digit, index) =>
      Number.parseInt(hash[index] ?? '0', 16) >= 8 ? digit.toUpperCase() : digit,
    ).join('') === digits
  );
}
