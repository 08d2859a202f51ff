/**
 * The fixed world that the golden vectors live in: keys from counted seeds, two agencies of fictional States, one day.
 * Never a pattern for real use: every secret here is published.
 */
import { type SigningKey, signingKeyFromSeed, xwingKeyPairFromSeed } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import { type AgencyId, type DeviceId, MS_PER_DAY, toBase64url, utf8 } from '@holdfast/protocol';

/** 32 bytes that anyone can derive again: SHA-256("holdfast golden vectors: " ‖ name). */
export const seedOf = (name: string): Uint8Array => sha256(utf8(`holdfast golden vectors: ${name}`));

/** The signing key of that name. */
export const signingKeyOf = (name: string): SigningKey => signingKeyFromSeed(seedOf(name));

/** A random-looking id of 16 bytes, the first half of the seed of that name. */
export const idOf = (name: string): string => toBase64url(seedOf(name).subarray(0, 16));

/** 2026-01-01T00:00:00Z, a UTC midnight. */
export const ISSUED_AT_MS = 1_767_225_600_000;
export const FIRST_DAY = ISSUED_AT_MS / MS_PER_DAY;
export const ORIGIN = 'relay.example/hf';

export interface GoldenAgency {
  readonly agency: AgencyId;
  readonly name: string;
  readonly rootNames: readonly string[];
  readonly threshold: number;
  readonly devices: readonly string[];
}

/** Fictional agencies; the names of their keys are `<agency>/<what>`. */
export const AGENCIES: readonly GoldenAgency[] = [
  {
    agency: 'xa-fiu' as AgencyId,
    name: 'Financial Intelligence Unit of Arvenia',
    rootNames: ['xa-fiu/root-1', 'xa-fiu/root-2', 'xa-fiu/root-3'],
    threshold: 2,
    devices: ['xa-fiu/device-1', 'xa-fiu/device-2'],
  },
  {
    agency: 'xb-fiu' as AgencyId,
    name: 'Financial Intelligence Unit of Belmora',
    rootNames: ['xb-fiu/root-1'],
    threshold: 1,
    devices: ['xb-fiu/device-1', 'xb-fiu/device-2'],
  },
];

export const deviceIdOf = (name: string): DeviceId => idOf(name) as DeviceId;

export interface GoldenEpochKey {
  readonly day: number;
  readonly seed: Uint8Array;
  readonly key: Uint8Array;
}

/** A device's X-Wing pair of one day, from the seed "<device>/epoch/<day>". */
export function epochKeyOf(device: string, day: number): GoldenEpochKey {
  const seed = seedOf(`${device}/epoch/${day}`);
  return { day, seed, key: xwingKeyPairFromSeed(seed).publicKey };
}
