/** Opening a device of an agency: its keystore, its day keys, its archive. Nothing is connected yet. */
import { mkdir } from 'node:fs/promises';
import { FileKeystore, type Unlock } from '@holdfast/keys';
import { type Archive, openArchive } from './archive/archive.js';
import { OwnEpochKeys } from './enrolment/own-epoch-keys.js';
import { devicePaths, readDeviceId, readJoinedAgency } from './home/home.js';
import { signingKeyIn } from './home/signing-key.js';
import type { Identity } from './outbox/seal-item.js';
import type { RelayTransport } from './transport/port.js';

export interface OpenOptions {
  /** The agency's home folder. */
  readonly home: string;
  /** The device's name within the home; one process per device. */
  readonly device?: string;
  readonly unlock: Unlock;
  /** The relay's address where it differs from the one that the agency registered with. */
  readonly relayUrl?: string;
  readonly now?: () => number;
  readonly random?: () => number;
  /** For tests and for networks that need a tunnel. */
  readonly transport?: RelayTransport;
}

export interface OpenedDevice {
  readonly relayUrl: string;
  readonly identity: Identity;
  readonly archive: Archive;
  readonly keystore: FileKeystore;
  readonly epochKeys: OwnEpochKeys;
  readonly spool: string;
}

/** @throws SdkError `home.*`, `archive.unreadable`; KeysError `keystore.*` */
export async function openDevice(options: OpenOptions): Promise<OpenedDevice> {
  const { agency, federation } = await readJoinedAgency(options.home);
  const name = options.device ?? 'gateway';
  const device = await readDeviceId(options.home, name);
  const paths = devicePaths(options.home, name);
  const { fed } = federation;
  const keystore = await FileKeystore.open(paths.keystore, { unlock: options.unlock, fed });
  try {
    const signingKey = await signingKeyIn(keystore);
    const epochKeys = await OwnEpochKeys.load(keystore);
    await mkdir(paths.spool, { recursive: true, mode: 0o700 });
    const archive = openArchive(paths.archive, keystore.deriveKey('archive'));
    const identity = { fed, agency, device, signingKey };
    return {
      relayUrl: options.relayUrl ?? federation.relayUrl,
      identity,
      archive,
      keystore,
      epochKeys,
      spool: paths.spool,
    };
  } catch (error) {
    await keystore.close();
    throw error;
  }
}
