/**
 * Addresses of virtual assets: the forms that can be told without a hash function. Bech32 (BIP 173, BIP 350) carries a checksum
 * that is checked; for chains not listed here any one-line address is taken as it is.
 */
import type { Report } from './report.js';

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
const BASE58 = /^[1-9A-HJ-NP-Za-km-z]+$/;

/** Reports an address that the chain cannot have. */
export function checkWalletAddress(chain: string, address: string, at: string, report: Report): void {
  switch (chain) {
    case 'bitcoin':
      if (/^bc1/i.test(address)) {
        if (!hasBech32Checksum(address)) report(at, `the checksum of ${address} does not fit`);
      } else if (!BASE58.test(address) || !/^[13]/.test(address) || address.length < 26 || address.length > 35) {
        report(at, `${address} is not a bitcoin address`);
      }
      return;
    case 'ethereum':
    case 'polygon':
    case 'bnb-smart-chain':
      if (!/^0x[0-9a-fA-F]{40}$/.test(address))
        report(at, `${address} is not an address of ${chain}: 0x and 40 hexadecimal digits`);
      return;
    case 'tron':
      if (!BASE58.test(address) || !/^T.{33}$/.test(address))
        report(at, `${address} is not an address of tron: T and 33 more characters`);
      return;
    default:
      return;
  }
}

/** Whether the checksum of a segwit address fits: 1 for version 0 (BIP 173), 0x2bc830a3 for later ones (BIP 350). */
export function hasBech32Checksum(address: string): boolean {
  if (address !== address.toLowerCase() && address !== address.toUpperCase()) return false;
  const text = address.toLowerCase();
  const split = text.lastIndexOf('1');
  const data = Array.from(text.slice(split + 1), (character) => BECH32.indexOf(character));
  if (split < 1 || text.length > 90 || data.length < 7 || data.includes(-1)) return false;
  const prefix = Array.from(text.slice(0, split), (character) => character.charCodeAt(0));
  const sum = polymod([...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]);
  return sum === (data[0] === 0 ? 1 : 0x2bc830a3);
}

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    GENERATORS.forEach((generator, bit) => {
      if (((top >> bit) & 1) === 1) sum ^= generator;
    });
  }
  return sum;
}
