/**
 * What `Holdfast` stands on, as a port: over a relay it is the running device, under test it is memory (`testing/`). Whatever is
 * above it (checking, queueing, cases, the inbox) is the same code in both.
 */
import { join } from 'node:path';
import { type AgencyChain, activeOfficer, type OfficerCertificate } from '@holdfast/keys/verify';
import type { AgencyId, AttachmentRef, BlobId, OfficerId, TrustList } from '@holdfast/protocol';
import type { Archive } from './archive/archive.js';
import { downloadBlob, fetchSealed, type SealedBlob } from './attachments/download.js';
import { encryptToSpool, type Spooled } from './attachments/spool.js';
import { approvalsRequired } from './directory/approval-policy.js';
import { fingerprintOf, type NamedFingerprint } from './directory/fingerprints.js';
import { firstSight, publishedBy } from './directory/first-sight.js';
import type { PublishedAgency } from './directory/published.js';
import type { RecordsOf } from './directory/records-at-hand.js';
import { SdkError } from './errors.js';
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

/** Our own agency's officers, as the newest directory that is here has them. */
export interface OfficerView {
  /** Our own chain. @throws SdkError `relay.unreachable` before the first sync */
  readonly chain: AgencyChain;
  /** In force now. @throws SdkError `relay.unreachable` before the first sync */
  certificate(officer: OfficerId): OfficerCertificate | undefined;
  /** Approvers besides the drafter, by our own published policy. */
  required(): 1 | 2;
}

export interface SpoolOrder {
  readonly id: BlobId;
  readonly source: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly signal: AbortSignal;
}

export interface DeskRuntime {
  readonly identity: Pick<Identity, 'agency' | 'device' | 'fed'>;
  readonly archive: Archive;
  readonly events: EventHub;
  readonly now: () => number;
  /** Aborted when the client is closed. */
  readonly signal: AbortSignal;
  readonly isOnline: boolean;
  readonly outbox: { wake(): void; settled(): Promise<void> };
  /** Tests only. */
  readonly onStep: StepHook | undefined;
  online(signal: AbortSignal): Promise<void>;
  caughtUp(signal: AbortSignal): Promise<void>;
  readonly officers: OfficerView;
  /** Encrypts a file beside the archive, from where it is uploaded. @throws SdkError `attachment.*`, `aborted` */
  spool(order: SpoolOrder): Promise<Spooled>;
  /** What the federation is for, as its trust list says. */
  federationUse(): TrustList['use'];
  /** What an agency has published. @throws SdkError `directory.unknown-agency`, `relay.unreachable` */
  published(agency: AgencyId, signal?: AbortSignal): Promise<PublishedAgency>;
  /** What is here of that, read at once. */
  readonly recordsOf: RecordsOf;
  /** Every agency of the federation; online, after the directory is brought in step. */
  agencies(signal: AbortSignal): Promise<Iterable<AgencyId>>;
  /** Of an agency's root keys, or (null) of the federation's. @throws SdkError `directory.unknown-agency`, `relay.*` */
  fingerprint(agency: AgencyId | null, signal: AbortSignal): Promise<NamedFingerprint>;
  /** Remembers that a person has compared an agency's root. @returns false where what was typed is another */
  confirmRoot(agency: AgencyId, typed: string): Promise<boolean>;
  /** Where files lie encrypted until they are uploaded. */
  readonly spoolFolder: string;
  /** An uploaded blob as it is, of this size and hash, or nothing. @throws SdkError `attachment.*`, `relay.*`, `aborted` */
  fetchBlob(blob: SealedBlob, signal: AbortSignal): Promise<Uint8Array>;
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
    officers: officersOf(runtime),
    spool: ({ id, source, ...rest }) =>
      encryptToSpool({ id, sourcePath: source, spoolPath: join(runtime.spool, id), ...rest }),
    federationUse: () => directory.view.trust.list.use,
    published: (agency, abort) => publishedBy(runtime, agency, abort),
    recordsOf: directory.recordsOf,
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
    spoolFolder: outbox.spool,
    fetchBlob: (ref, abort) =>
      fetchSealed({ session, ref, targetPath: join(outbox.spool, `fetched.${ref.id}`), signal: abort }),
    download: (order) => downloadBlob({ session, ...order }),
    eraseFiles: (files) => {
      const { spool } = devicePaths(place.home, place.device ?? 'gateway');
      return eraseDeviceFiles(files, { home: place.home, spool, device: identity.device });
    },
    stop: () => runtime.stop(),
  };
}

function officersOf({ identity, archive, directory, now }: Runtime): OfficerView {
  const { agency } = identity;
  const own = (): AgencyChain => {
    const chain = directory.chainOf(agency);
    if (chain === undefined)
      throw new SdkError('relay.unreachable', 'Our own chain is not here yet; the first sync needs the relay.');
    return chain;
  };
  return {
    get chain() {
      return own();
    },
    certificate: (officer) => activeOfficer(own(), officer, now()),
    required: () => approvalsRequired(archive, directory.view, agency, own().seq, now()),
  };
}
