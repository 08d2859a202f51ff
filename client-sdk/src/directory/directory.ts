/**
 * The directory kept in step with the relay: synced, verified, stored, and asked by the rest of the SDK. The relay is not
 * believed: what does not verify, or goes back, is refused and raised.
 */

import type { RecipientKey } from '@holdfast/keys';
import { type AgencyChain, type BatchOwner, isKeysError, memberOf } from '@holdfast/keys/verify';
import {
  type AgencyId,
  type DeviceId,
  type EnvelopeCore,
  type FederationId,
  fromBase64url,
  type Hash,
  isProtocolError,
  OPERATIONS,
} from '@holdfast/protocol';
import type { AlarmDetail, Finding } from '../alarms.js';
import type { Archive } from '../archive/archive.js';
import { SdkError } from '../errors.js';
import type { RelaySession } from '../session/session.js';
import { DirectoryAlarm } from './alarm.js';
import { DayKeys, type KeyState } from './day-keys.js';
import { directoryFindings } from './findings.js';
import { confirmRoot, fingerprintOf, quarantinedIn } from './quarantine.js';
import { type RecordsOf, recordsAtHand } from './records-at-hand.js';
import { emptyView, replayStatements, replayTrustLists, withStatements } from './replay.js';
import { addressable, type DirectoryView, type KnownAgency } from './view.js';

export interface DirectoryDependencies {
  readonly archive: Archive;
  /** Who reads: ourselves. */
  readonly self: { readonly fed: FederationId; readonly agency: AgencyId; readonly device: DeviceId };
  readonly now: () => number;
  readonly onAlarm: (alarm: DirectoryAlarm) => void;
}

export class Directory {
  readonly #deps: DirectoryDependencies;
  #view: DirectoryView | undefined;
  readonly #keys: DayKeys;
  /** What an agency has published, as far as it is here; read at once. */
  readonly recordsOf: RecordsOf;

  constructor(deps: DirectoryDependencies) {
    this.#deps = deps;
    this.recordsOf = recordsAtHand((agency) => this.chainOf(agency), deps.archive);
    const { directory } = deps.archive;
    const trust = replayTrustLists(undefined, directory.trustLists(), deps.self.fed);
    if (trust !== undefined) this.#hold(replayStatements(emptyView(trust), directory.statements()));
    this.#keys = new DayKeys({
      table: directory,
      now: deps.now,
      ownerOf: (device) => this.#batchOwner(device),
      onAlarm: deps.onAlarm,
    });
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

  /** Makes `view` the newest; a root that a person must compare is raised once. */
  #hold(view: DirectoryView): void {
    const { told } = this.#deps.archive;
    const quarantined = quarantinedIn(view, told);
    this.#view = { ...view, quarantined };
    for (const agency of quarantined) {
      const known = view.agencies.get(agency);
      if (known === undefined) continue;
      const { digits, words } = fingerprintOf(known);
      if (told.once(`root-replaced ${agency} ${digits}`, this.#deps.now()))
        this.#raise(new DirectoryAlarm('directory.root-replaced', { agency, digits, words }));
    }
  }

  /** Remembers that a person has compared it. @returns false where what was typed is another. @throws SdkError `directory.unknown-agency` */
  confirmRoot(agency: AgencyId, typed: string): boolean {
    const { archive, now } = this.#deps;
    const matches = confirmRoot(this.#known(agency), typed, archive.told, now());
    if (matches) this.#hold(this.view);
    return matches;
  }

  #known(agency: AgencyId): KnownAgency {
    const known = this.view.agencies.get(agency);
    if (known === undefined) throw new SdkError('directory.unknown-agency', `The directory has no agency "${agency}".`);
    return known;
  }

  get isKnown(): boolean {
    return this.#view !== undefined;
  }

  chainOf(agency: AgencyId): AgencyChain | undefined {
    return this.#view?.agencies.get(agency)?.chain;
  }

  /**
   * Fetches and verifies trust lists and chains. Two calls at once are safe: each applies only what is next. What does not verify is
   * raised, and keeps nobody else's from coming in.
   * @throws SdkError `relay.*`; `federation.mismatch` where there is no trust list to begin with
   */
  async sync(session: RelaySession, signal?: AbortSignal): Promise<void> {
    await this.#refusing({ what: 'trust-list' }, () => this.#syncTrustLists(session, signal));
    if (this.#view === undefined)
      throw new SdkError('federation.mismatch', 'The relay has no trust list of this federation.');
    const { agencies } = await session.openCall(OPERATIONS.listAgencies, signal === undefined ? {} : { signal });
    for (const { agency, seq, head } of agencies) {
      if (memberOf(this.view.trust, agency) === undefined) continue;
      const known = this.view.agencies.get(agency);
      const ours = known?.chain.seq ?? -1;
      if (seq < ours || (seq === ours && known !== undefined && known.chain.head !== head))
        this.#raise(new DirectoryAlarm(seq < ours ? 'directory.rolled-back' : 'directory.forked', { agency, seq }));
      else if (seq > ours) await this.#refusing({ agency, seq }, () => this.#syncChain(session, agency, signal));
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
      const trust = replayTrustLists(this.#view?.trust, page.lists, this.#deps.self.fed);
      if (trust === undefined) break;
      this.#deps.archive.atomically(() => {
        for (const [index, jws] of page.lists.entries()) this.#deps.archive.directory.addTrustList(from + index, jws);
      });
      this.#hold({ ...(this.#view ?? emptyView(trust)), trust });
    }
  }

  /** Does `work`, whose refusal of what the relay shows is an alarm. */
  async #refusing(what: AlarmDetail, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isKeysError(error) && !isProtocolError(error)) throw error;
      this.#raise(new DirectoryAlarm('directory.refused', { ...what, cause: error.code }));
    }
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
      this.#hold(next);
      this.#tellOwn(agency, from, fresh.length);
      if (page.next === null || page.statements.length === 0) return;
    }
  }

  /** Whoever keeps our agency's keys must hear of everything that is said in its name; not of what was there before us. */
  #tellOwn(agency: AgencyId, from: number, count: number): void {
    if (agency !== this.#deps.self.agency || from === 0 || count === 0) return;
    this.#raise(new DirectoryAlarm('directory.own-changed', { agency, fromSeq: from, toSeq: from + count - 1 }));
  }

  #raise(alarm: DirectoryAlarm): void {
    this.#deps.onAlarm(alarm);
  }

  /** Fetches the day's epoch keys, of one agency or of all; what does not verify is left out and raised. */
  refreshEpochKeys(session: RelaySession, agency?: AgencyId, signal?: AbortSignal): Promise<void> {
    return this.#keys.refresh(session, agency, signal);
  }

  #batchOwner(device: DeviceId): BatchOwner | undefined {
    const agency = this.view.owners.get(device);
    const certificate = agency === undefined ? undefined : this.chainOf(agency)?.devices.get(device);
    return agency === undefined || certificate === undefined
      ? undefined
      : { fed: this.#deps.self.fed, agency, device, key: fromBase64url(certificate.key) };
  }

  /** The devices of an agency that can be sealed to now, with their keys; a dormant one is not addressed. */
  recipientKeys(agency: AgencyId): readonly RecipientKey[] {
    return this.#addressable(agency).flatMap(({ device }) => this.#keys.recipientKey(device) ?? []);
  }

  /** True where some addressable device of `agency` has no key yet, or only an old one. */
  needsKeys(agency: AgencyId): boolean {
    return this.#addressable(agency).some(({ device }) => this.#keys.needsKey(device));
  }

  /** An agency's devices and whether they can be sealed to. */
  devicesOf(agency: AgencyId): readonly { readonly device: DeviceId; readonly keys: KeyState }[] {
    return this.#addressable(agency).map(({ device }) => ({ device, keys: this.#keys.stateOf(device) }));
  }

  #addressable(agency: AgencyId): ReturnType<typeof addressable> {
    return addressable(this.view, agency, this.#deps.now());
  }

  /** What an envelope's `dir` and `to` say beside whether they hold. */
  findingsOn(core: EnvelopeCore, eh: Hash): readonly Finding[] {
    const { agency, device } = this.#deps.self;
    return directoryFindings(this.view, core, eh, { agency, device, lastDayOf: this.#keys.lastDayOf });
  }

  /** Every member agency's id, in order. */
  agencies(): readonly AgencyId[] {
    return this.view.trust.list.members.map(({ agency }) => agency);
  }
}
