/** Enrolling a device: its key is made, certified in the agency's chain and kept in a keystore of its own. */
import { mkdir } from 'node:fs/promises';
import { type Argon2idParams, FileKeystore, generateSigningKey, randomBytes, type Unlock } from '@holdfast/keys';
import type { AgencyChain } from '@holdfast/keys/verify';
import { type DeviceId, MS_PER_DAY, toBase64url, toDeviceId } from '@holdfast/protocol';
import { agencyPaths, devicePaths, writeDeviceId } from '../home/home.js';
import { readSigningKey, storeSigningKey } from '../home/signing-key.js';
import type { OpenSession } from '../session/open-session.js';
import { publishStatement } from './publish.js';

const DEVICE_LIFE_DAYS = 180;

/** Makes the device's keystore and certifies its key in the agency's chain. */
export async function enrolDevice(
  home: string,
  name: string,
  unlock: Unlock,
  session: OpenSession,
  chain: AgencyChain,
  nowMs: number,
  params?: Argon2idParams,
): Promise<{ readonly device: DeviceId; readonly chain: AgencyChain }> {
  const paths = devicePaths(home, name);
  const directoryKey = await readSigningKey(agencyPaths(home).directory, unlock);
  const key = generateSigningKey();
  const device = toDeviceId(randomBytes(16));
  await mkdir(paths.spool, { recursive: true, mode: 0o700 });
  await storeSigningKey(
    await FileKeystore.create(paths.keystore, { unlock, fed: chain.fed, ...(params ? { params } : {}) }),
    key,
  );
  const content = {
    kind: 'device',
    device,
    key: toBase64url(key.publicKey),
    notBeforeMs: nowMs - 60_000,
    notAfterMs: nowMs + DEVICE_LIFE_DAYS * MS_PER_DAY,
  } as const;
  const next = await publishStatement(session, chain, content, [directoryKey, key], nowMs);
  await writeDeviceId(home, name, device);
  return { device, chain: next };
}
