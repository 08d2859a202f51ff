/**
 * What `Holdfast` stands on, as a port: over a relay it is the running device, under test it is memory (`testing/`). Whatever is
 * above it (checking, queueing, cases, the inbox) is the same code in both.
 */
import type { AgencyId, AttachmentRef, TrustList } from '@holdfast/protocol';
import type { Archive } from './archive/archive.js';
import { downloadBlob } from './attachments/download.js';
import { fingerprintOf, type NamedFingerprint } from './directory/fingerprints.js';
import { firstSight, publishedBy } from './directory/first-sight.js';
import type { PublishedAgency } from './directory/published.js';
import type { EventHub } from './events.js';
import { devicePaths } from './home/home.js';
import type { OpenOptions } from './open-device.js';
import type { Identity } from './outbox/seal-item.js';
import { type DeviceFiles, eraseDeviceFiles } from './retention/erase-files.js';
import type { Runtime } from './runtime.js';
import type { StepHook } from './steps.js';
import { untilAborted } from './transport/linked-signal.js';

export interface DownloadOrder {
  readonly ref: AttachmentRef;
  readonly targetPath: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (receivedBytes: number) => void;
}

export interface DeskRuntime {
  readonly identity: Pick<Identity, 'agency' | 'device' | 'fed'>;
  readonly archive: Archive;
  readonly events: EventHub;
  readonly now: () => number;
  /** Aborted when the client is closed. */
  readonly signal: AbortSignal;
  readonly isOnline: boolean;
  readonly outbox: { wake(): void };
  /** Tests only. */
  readonly onStep: StepHook | undefined;
  online(signal: AbortSignal): Promise<void>;
  caughtUp(signal: AbortSignal): Promise<void>;
  /** What the federation is for, as its trust list says. */
  federationUse(): TrustList['use'];
  /** What an agency has published. @throws SdkError `directory.unknown-agency`, `relay.unreachable` */
  published(agency: AgencyId, signal?: AbortSignal): Promise<PublishedAgency>;
  /** Every agency of the federation; online, after the directory is brought in step. */
  agencies(signal: AbortSignal): Promise<Iterable<AgencyId>>;
  /** Of an agency's root keys, or (null) of the federation's. @throws SdkError `directory.unknown-agency`, `relay.*` */
  fingerprint(agency: AgencyId | null, signal: AbortSignal): Promise<NamedFingerprint>;
  /** Remembers that a person has compared an agency's root. @returns false where what was typed is another */
  confirmRoot(agency: AgencyId, typed: string): Promise<boolean>;
  /** @throws SdkError `attachment.*`, `relay.*`, `aborted` */
  download(order: DownloadOrder): Promise<void>;
  /** Removes what this device has written beside its archive of messages that are being erased. */
  eraseFiles(files: DeviceFiles): Promise<void>;
  stop(): Promise<void>;
}

/** The port over a running device, whose files lie in `place`. */
export function deskRuntime(runtime: Runtime, place: Pick<OpenOptions, 'home' | 'device'>): DeskRuntime {
  const { identity, archive, events, now, signal, outbox, onStep, session, directory } = runtime;
  return {
    identity,
    archive,
    events,
    now,
    signal,
    outbox,
    onStep,
    get isOnline() {
      return runtime.isOnline;
    },
    online: (abort) => runtime.online(abort),
    caughtUp: (abort) => runtime.caughtUp(abort),
    federationUse: () => directory.view.trust.list.use,
    published: (agency, abort) => publishedBy(runtime, agency, abort),
    agencies: async (abort) => {
      if (runtime.isOnline) await untilAborted(runtime.sync(), abort);
      else if (!directory.isKnown) await firstSight(runtime, abort);
      return directory.agencies();
    },
    fingerprint: (agency, abort) => fingerprintOf(runtime, agency, abort),
    confirmRoot: async (agency, typed) => {
      if (!directory.confirmRoot(agency, typed)) return false;
      await runtime.receiver.retryHeld();
      outbox.wake();
      return true;
    },
    download: (order) => downloadBlob({ session, ...order }),
    eraseFiles: (files) => {
      const { spool } = devicePaths(place.home, place.device ?? 'gateway');
      return eraseDeviceFiles(files, { home: place.home, spool, device: identity.device });
    },
    stop: () => runtime.stop(),
  };
}
