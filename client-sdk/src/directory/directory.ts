/**
 * The directory kept in step with the relay: synced, verified, stored, and asked by the rest of the SDK. The relay is not
 * believed: what does not verify, or goes back, is refused and raised.
 */

import type { RecipientKey } from '@holdfast/keys';
import { type AgencyChain, type BatchOwner, isKeysError, memberOf, verifyEpochKey } from '@holdfast/keys/verify';
import {
  type AgencyId,
  type DeviceId,
  dayOf,
  type EpochKeyProof,
  type FederationId,
  fromBase64url,
  OPERATIONS,
} from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import { SdkError } from '../errors.js';
import type { RelaySession } from '../session/session.js';
import { DirectoryAlarm } from './alarm.js';
import { emptyView, replayStatements, replayTrustLists, withStatements } from './replay.js';
import { addressable, type DirectoryView } from './view.js';

export interface DirectoryDependencies {
  readonly archive: Archive;
  readonly fed: FederationId;
  readonly now: () => number;
  readonly onAlarm: (alarm: DirectoryAlarm) => void;
}

export class Directory {
  readonly #deps: DirectoryDependencies;
  #view: DirectoryView | undefined;
  #keys: Map<DeviceId, RecipientKey>;

  constructor(deps: DirectoryDependencies) {
    this.#deps = deps;
    const { directory } = deps.archive;
    const trust = replayTrustLists(undefined, directory.trustLists(), deps.fed);
    this.#view = trust === undefined ? undefined : replayStatements(emptyView(trust), directory.statements());
    this.#keys = new Map(directory.epochKeys().map((row) => [row.device, row]));
  }

  /** The newest view. @throws SdkError `relay.unreachable` before the first sync */
  get view(): DirectoryView {
    if (this.#view === undefined)
      throw new SdkError(
        'relay.unreachable',
        'The directory has not been fetched yet; the first sync needs the relay.',
      );
    return this.#view;
  }

  get isKnown(): boolean {
    return this.#view !== undefined;
  }

  chainOf(agency: AgencyId): AgencyChain | undefined {
    return this.#view?.agencies.get(agency)?.chain;
  }

  /** Fetches and verifies trust lists and chains. Two calls at once are safe: each applies only what is next. */
  async sync(session: RelaySession, signal?: AbortSignal): Promise<void> {
    await this.#syncTrustLists(session, signal);
    const { agencies } = await session.openCall(OPERATIONS.listAgencies, signal === undefined ? {} : { signal });
    for (const { agency, seq, head } of agencies) {
      if (memberOf(this.view.trust, agency) === undefined) continue;
      const known = this.view.agencies.get(agency);
      const ours = known?.chain.seq ?? -1;
      if (seq < ours || (seq === ours && known !== undefined && known.chain.head !== head))
        this.#raise(new DirectoryAlarm(seq < ours ? 'directory.rolled-back' : 'directory.forked', { agency, seq }));
      else if (seq > ours) await this.#syncChain(session, agency, signal);
    }
  }

  async #syncTrustLists(session: RelaySession, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const from = (this.#view?.trust.list.version ?? 0) + 1;
      const page = await session.openCall(OPERATIONS.getTrustLists, {
        query: { from: String(from) },
        ...(signal ? { signal } : {}),
      });
      if (page.latest < from - 1) this.#raise(new DirectoryAlarm('directory.rolled-back', { trustList: page.latest }));
      if (page.lists.length === 0) break;
      const trust = replayTrustLists(this.#view?.trust, page.lists, this.#deps.fed);
      if (trust === undefined) break;
      this.#deps.archive.atomically(() => {
        for (const [index, jws] of page.lists.entries()) this.#deps.archive.directory.addTrustList(from + index, jws);
      });
      this.#view = { ...(this.#view ?? emptyView(trust)), trust };
    }
    if (this.#view === undefined)
      throw new SdkError('federation.mismatch', 'The relay has no trust list of this federation.');
  }

  async #syncChain(session: RelaySession, agency: AgencyId, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const from = (this.chainOf(agency)?.seq ?? -1) + 1;
      const page = await session.openCall(OPERATIONS.getStatements, {
        params: { agency },
        query: { from: String(from) },
        ...(signal ? { signal } : {}),
      });
      const fresh = (this.chainOf(agency)?.seq ?? -1) + 1 === from ? page.statements : [];
      const next = withStatements(this.view, agency, fresh);
      this.#deps.archive.atomically(() => {
        for (const [index, jws] of fresh.entries())
          this.#deps.archive.directory.addStatement(agency, from + index, jws);
      });
      this.#view = next;
      if (page.next === null || page.statements.length === 0) return;
    }
  }

  #raise(alarm: DirectoryAlarm): void {
    this.#deps.onAlarm(alarm);
  }

  /** Fetches the day's epoch keys of every device, each with its proof; what does not verify is left out and raised. */
  async refreshEpochKeys(session: RelaySession, agency?: AgencyId, signal?: AbortSignal): Promise<void> {
    const day = String(dayOf(this.#deps.now()));
    let after: DeviceId | undefined;
    do {
      const query = { day, ...(agency === undefined ? {} : { agency }), ...(after === undefined ? {} : { after }) };
      const page = await session.call(OPERATIONS.getEpochKeys, { query, ...(signal ? { signal } : {}) });
      const fresh: RecipientKey[] = [];
      for (const proof of page.keys) {
        const key = this.#verified(proof);
        if (key !== undefined) fresh.push(key);
      }
      this.#deps.archive.directory.putEpochKeys(fresh);
      for (const key of fresh) this.#keys.set(key.device, key);
      after = page.next ?? undefined;
    } while (after !== undefined);
  }

  /** One bad proof must not keep the others' keys away: it is raised and left out. */
  #verified(proof: EpochKeyProof): RecipientKey | undefined {
    const owner = this.#batchOwner(proof.device);
    if (owner === undefined) return undefined;
    try {
      const { device, day, key, batch } = verifyEpochKey(proof, owner);
      const today = dayOf(this.#deps.now());
      // Today's key, or the last that the device has published; an older one would be the relay's choice, not the device's.
      const isLast = day === batch.batch.firstDay + batch.batch.count - 1;
      if (day !== today && !(isLast && day < today)) throw new DirectoryAlarm('epoch-key.refused', { device, day });
      return day >= (this.#keys.get(device)?.day ?? 0) ? { device, day, key } : undefined;
    } catch (error) {
      if (error instanceof DirectoryAlarm) this.#raise(error);
      else if (isKeysError(error))
        this.#raise(new DirectoryAlarm('epoch-key.refused', { device: proof.device, cause: error.code }));
      else throw error;
      return undefined;
    }
  }

  #batchOwner(device: DeviceId): BatchOwner | undefined {
    const agency = this.view.owners.get(device);
    const certificate = agency === undefined ? undefined : this.chainOf(agency)?.devices.get(device);
    return agency === undefined || certificate === undefined
      ? undefined
      : { fed: this.#deps.fed, agency, device, key: fromBase64url(certificate.key) };
  }

  /** The devices of an agency that can be sealed to now, with their keys. */
  recipientKeys(agency: AgencyId): readonly RecipientKey[] {
    return addressable(this.view, agency, this.#deps.now()).flatMap(({ device }) => this.#keys.get(device) ?? []);
  }

  /** True where some addressable device of `agency` has no key yet, or only an old one. */
  needsKeys(agency: AgencyId): boolean {
    const today = dayOf(this.#deps.now());
    return addressable(this.view, agency, this.#deps.now()).some(
      ({ device }) => (this.#keys.get(device)?.day ?? 0) < today,
    );
  }

  /** Every member agency's id, in order. */
  agencies(): readonly AgencyId[] {
    return this.view.trust.list.members.map(({ agency }) => agency);
  }
}
