/**
 * Giving a new device what it missed (spec 36-rewrap), without anybody's asking: a sibling what our agency has received, a sender what
 * a recipient agency has not confirmed. Runs when the directory or the connection changes; does each envelope and device once.
 */
import { type RecipientKey, rewrapEnvelope, zeroize } from '@holdfast/keys';
import { type AgencyId, type DeviceId, fromBase64url, type Hash, OPERATIONS } from '@holdfast/protocol';
import { type AlarmEvent, errorEvent } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import type { RewrapCandidate, RewrapTarget } from '../archive/content-key-table.js';
import { DirectoryAlarm } from '../directory/alarm.js';
import type { Directory } from '../directory/directory.js';
import { addressable, headsOf, senderOf } from '../directory/view.js';
import { isSdkError } from '../errors.js';
import type { Identity } from '../outbox/seal-item.js';
import { manifestOf } from '../receive/evidence.js';
import type { RelaySession } from '../session/session.js';
import { isPassing, isRefusal } from '../transport/refusal.js';
import { everyMinute } from '../upkeep.js';

/** Of one run, for one device: the rest has the next run, so that other requests have their turn. */
const PER_RUN = 200;

export type RewrapEvent =
  /** One envelope was given to one more device. */
  { readonly event: 'rewrapped'; readonly eh: Hash; readonly agency: AgencyId; readonly device: DeviceId } | AlarmEvent;

export interface RewrapperDependencies {
  readonly archive: Archive;
  readonly directory: Directory;
  readonly session: RelaySession;
  readonly identity: Identity;
  readonly events: { readonly emit: (event: RewrapEvent) => void };
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly isOnline: boolean;
}

export class Rewrapper {
  readonly #deps: RewrapperDependencies;
  /** Refused for another reason than that the envelope is gone: not tried again by this process. */
  readonly #failed = new Set<string>();
  #running: Promise<void> | undefined;
  #again = false;

  constructor(deps: RewrapperDependencies) {
    this.#deps = deps;
    everyMinute(() => this.wake(), deps.signal);
  }

  /** A device may be new, or a connection. Never throws; one run at a time. */
  wake(): void {
    this.#again = true;
    if (this.#running !== undefined) return;
    this.#running = this.#run()
      .catch((error: unknown) => this.#report(error))
      .finally(() => {
        this.#running = undefined;
        // Woken after the last look and before this: look again.
        if (this.#again && this.#mayGoOn()) this.wake();
      });
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again && this.#mayGoOn()) {
      this.#again = false;
      const { archive, directory, identity, now } = this.#deps;
      archive.atomically(() => {
        archive.contentKeys.prune(identity.agency, (device) => directory.view.owners.get(device), now());
        // A thief may have been first, with a rewrap that opens nothing; once revoked, it no longer stands.
        for (const by of archive.contentKeys.rewrappers())
          if (!this.#isBelievable(by, now())) archive.contentKeys.unsettle(by);
      });
      for (const target of this.#targets()) await this.#give(target);
    }
  }

  #mayGoOn(): boolean {
    return this.#deps.isOnline && !this.#deps.signal.aborted;
  }

  /** Our own agency's other devices, and those of whoever has not confirmed what we sent. */
  #targets(): RewrapTarget[] {
    const { archive, directory, identity, now } = this.#deps;
    const agencies = new Set([identity.agency, ...archive.contentKeys.unconfirmed(now())]);
    return [...agencies].flatMap((agency) =>
      addressable(directory.view, agency, now())
        .filter(({ device }) => device !== identity.device)
        .map(({ device }) => ({ agency, device, isForeign: agency !== identity.agency })),
    );
  }

  async #give(target: RewrapTarget): Promise<void> {
    const { archive, directory, session, now, signal } = this.#deps;
    const candidates = archive.contentKeys
      .candidates(target, now(), PER_RUN)
      .filter(({ eh }) => !this.#failed.has(`${eh} ${target.device}`));
    if (candidates.length === 0) return;
    if (directory.needsKeys(target.agency)) await directory.refreshEpochKeys(session, target.agency, signal);
    const recipient = directory.recipientKeys(target.agency).find(({ device }) => device === target.device);
    try {
      // It has published no key yet; the relay says when it has.
      if (recipient === undefined) return;
      for (const candidate of candidates) if (this.#mayGoOn()) await this.#rewrap(candidate, target.agency, recipient);
    } finally {
      for (const { key } of candidates) zeroize(key);
    }
  }

  async #rewrap(candidate: RewrapCandidate, agency: AgencyId, recipient: RecipientKey): Promise<void> {
    const { archive, directory, identity, session, events, now, signal } = this.#deps;
    const { eh, key, jws } = candidate;
    const { device } = recipient;
    if (!this.#isBelievable(candidate.from, candidate.tsMs)) return archive.contentKeys.settle(eh, device, null, now());
    const { bytes } = await rewrapEnvelope({
      fed: identity.fed,
      eh,
      ch: fromBase64url(manifestOf({ jws }).ch),
      contentKey: key,
      by: identity.device,
      signingKey: identity.signingKey,
      recipient,
      dir: headsOf(directory.view, new Set([identity.agency, agency])),
      atMs: now(),
    });
    try {
      const { by } = await session.call(OPERATIONS.rewrapEnvelope, { body: bytes, signal });
      archive.contentKeys.settle(eh, device, by, now());
      if (by === identity.device) events.emit({ event: 'rewrapped', eh, agency, device });
    } catch (error) {
      if (isRefusal(error, 'rewrap.refused')) archive.contentKeys.settle(eh, device, null, now());
      else if (isSdkError(error, 'relay.refused') && !isPassing(error)) {
        this.#failed.add(`${eh} ${device}`);
        this.#report(error);
      } else throw error;
    }
  }

  /** Whoever has been revoked since is believed by nobody any more. */
  #isBelievable(device: DeviceId, atMs: number): boolean {
    try {
      senderOf(this.#deps.directory.view, device, atMs);
      return true;
    } catch (error) {
      if (error instanceof DirectoryAlarm) return false;
      throw error;
    }
  }

  /** What passes by itself is tried again at the next occasion; the rest is raised. */
  #report(error: unknown): void {
    if (!this.#deps.signal.aborted && !isPassing(error)) this.#deps.events.emit(errorEvent(error));
  }
}
