/** Opening a device of an agency: its keystore, its day keys, its archive. Nothing is connected yet. */
import { mkdir } from 'node:fs/promises';
import { FileKeystore, type Unlock } from '@holdfast/keys';
import { type Archive, openArchive } from './archive/archive.js';
import { signingKeyIn } from './enrolment/agency.js';
import { OwnEpochKeys } from './enrolment/own-epoch-keys.js';
import { devicePaths, readDeviceId, readJoinedAgency } from './home/home.js';
import { sweepSpool } from './outbox/attachment-queue.js';
import type { Identity } from './outbox/seal-item.js';
import { type StepOptions, stepHookOf } from './steps.js';
import type { RelayTransport } from './transport/port.js';

export interface OpenOptions {
  /** The agency's home folder. */
  readonly home: string;
  /** The device's name within the home; one process per device. */
  readonly device?: string;
  readonly unlock: Unlock;
  /** The relay's address where it differs from the one that the agency registered with. */
  readonly relayUrl?: string;
  /** Gives up opening; an opened client is closed by `close`. */
  readonly signal?: AbortSignal;
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

/** @throws SdkError `home.*`, `archive.unreadable`; KeysError `keystore.*`; the signal's reason */
export async function openDevice(options: OpenOptions & StepOptions): Promise<OpenedDevice> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { agency, federation } = await readJoinedAgency(options.home);
  const name = options.device ?? 'gateway';
  const device = await readDeviceId(options.home, name);
  const paths = devicePaths(options.home, name);
  const { fed } = federation;
  signal?.throwIfAborted();
  const keystore = await FileKeystore.open(paths.keystore, {
    unlock: options.unlock,
    fed,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const signingKey = await signingKeyIn(keystore);
    const epochKeys = await OwnEpochKeys.load(keystore, stepHookOf(options));
    await mkdir(paths.spool, { recursive: true, mode: 0o700 });
    signal?.throwIfAborted();
    const archive = openArchive(paths.archive, keystore.deriveKey('archive'));
    const identity = { fed, agency, device, signingKey };
    await sweepSpool(archive, paths.spool).catch((error: unknown) => {
      archive.close();
      throw error;
    });
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

/** What `take` makes of an opened device; where it fails, the device is closed again. */
export async function handOver<T>(parts: OpenedDevice, take: (parts: OpenedDevice) => T): Promise<T> {
  try {
    return take(parts);
  } catch (error) {
    parts.archive.close();
    await parts.keystore.close();
    throw error;
  }
}
