/**
 * Who is a member and which devices are active: trust lists and agency chains, verified as they come in and again at every
 * start. Admission is by the federation's signature, never by the relay.
 */
import {
  type AcceptedTrustList,
  type AgencyChain,
  acceptTrustList,
  activeDevice,
  extendChain,
  isKeysError,
  rootsOf,
  sha256,
  startMemberChain,
} from '@holdfast/keys/verify';
import {
  type AgencyId,
  canonicalText,
  type DeviceId,
  dayOf,
  documentHash,
  type FederationId,
  fromBase64url,
  type GeneralJws,
  LIMITS,
  MS_PER_DAY,
  ProtocolError,
  parseTrustList,
  type SaltedDocument,
  toHash,
} from '@holdfast/protocol';
import type { NewStatement, Store } from '../store/port.js';

const PAGE = 200;
const PAGE_BYTES = 8 * 1024 * 1024;
/** Past its expiry a trust list serves this long, for freeze kinds, which the relay cannot tell apart (decisions, "Bytes"). */
const GRACE_MS = 30 * MS_PER_DAY;

export interface ActiveDevice {
  readonly agency: AgencyId;
  readonly device: DeviceId;
  /** Base64url. */
  readonly key: string;
}

export type MembershipChange = { readonly agency: AgencyId } | { readonly trustList: number };

export class Registry {
  readonly #store: Store;
  readonly #now: () => number;
  readonly fed: FederationId;
  #trust: AcceptedTrustList | undefined;
  #active: ReadonlySet<AgencyId> = new Set();
  readonly #chains = new Map<AgencyId, AgencyChain>();
  readonly #owners = new Map<DeviceId, AgencyId>();
  readonly #listeners = new Set<(change: MembershipChange) => void>();

  private constructor(store: Store, fed: FederationId, now: () => number) {
    this.#store = store;
    this.fed = fed;
    this.#now = now;
  }

  /** Replays everything that the store holds. @throws KeysError where it does not verify: the database was changed */
  static async load(store: Store, fed: FederationId, now: () => number): Promise<Registry> {
    const registry = new Registry(store, fed, now);
    for (;;) {
      const lists = await store.trustLists(registry.trustListVersion + 1, PAGE, PAGE_BYTES);
      for (const jws of lists) registry.#accept(acceptTrustList(registry.#trust, jws, fed));
      if (lists.length === 0) break;
    }
    for (const { agency } of registry.#trust?.list.members ?? []) {
      let chain = registry.#start(agency);
      for (;;) {
        const page = await store.statements(agency, chain.seq + 1, PAGE);
        for (const jws of page) chain = registry.#take(registry.#extend(chain, jws).chain);
        if (page.length < PAGE) break;
      }
      registry.#chains.set(agency, chain);
    }
    return registry;
  }

  #accept(accepted: AcceptedTrustList): void {
    this.#trust = accepted;
    this.#active = new Set(
      accepted.list.members.filter(({ status }) => status === 'active').map(({ agency }) => agency),
    );
  }

  #start(agency: AgencyId): AgencyChain {
    const chain = this.#trust === undefined ? undefined : startMemberChain(this.#trust, agency);
    if (chain === undefined) throw new ProtocolError('request.not-found');
    return chain;
  }

  #extend(chain: AgencyChain, jws: GeneralJws): ReturnType<typeof extendChain> {
    return extendChain(chain, jws, this.#trust === undefined ? [] : rootsOf(this.#trust, chain.agency));
  }

  #take(chain: AgencyChain): AgencyChain {
    for (const device of chain.devices.keys()) if (!this.#owners.has(device)) this.#owners.set(device, chain.agency);
    return chain;
  }

  get trustListVersion(): number {
    return this.#trust?.list.version ?? 0;
  }

  /** Name and key of the relay, as the newest list has them. */
  get relay(): AcceptedTrustList['list']['relay'] | undefined {
    return this.#trust?.list.relay;
  }

  get agencies(): number {
    return this.#chains.size;
  }

  get isServing(): boolean {
    return this.#trust !== undefined && this.#now() <= this.#trust.list.expiresAtMs + GRACE_MS;
  }

  onChange(listener: (change: MembershipChange) => void): void {
    this.#listeners.add(listener);
  }

  /** @throws ProtocolError `trust-list.invalid`, `trust-list.conflict` */
  async appendTrustList(jws: GeneralJws): Promise<number> {
    const next = this.trustListVersion + 1;
    const accepted = orRefusal('trust-list.invalid', () => {
      if (parseTrustList(fromBase64url(jws.payload)).version !== next) throw new ProtocolError('trust-list.conflict');
      return acceptTrustList(this.#trust, jws, this.fed);
    });
    if ((await this.#store.appendTrustList(accepted.list.version, jws)) === 'conflict')
      throw new ProtocolError('trust-list.conflict');
    this.#accept(accepted);
    for (const { agency } of accepted.list.members)
      if (!this.#chains.has(agency)) this.#chains.set(agency, this.#start(agency));
    this.#tell({ trustList: accepted.list.version });
    return accepted.list.version;
  }

  /** @throws ProtocolError `request.not-found`, `statement.invalid`, `statement.conflict`, `statement.quota` */
  async appendStatement(agency: AgencyId, jws: GeneralJws, document: SaltedDocument | null): Promise<AgencyChain> {
    const chain = this.#chains.get(agency);
    if (chain === undefined) throw new ProtocolError('request.not-found');
    const { chain: next, statement } = orRefusal('statement.invalid', () => this.#extend(chain, jws));
    const isRevocation = statement.kind === 'revoke';
    // A lost key is revoked whatever else is the matter.
    if (!isRevocation && !this.#active.has(agency)) throw new ProtocolError('request.not-found');
    const atMs = this.#now();
    if (statement.atMs > atMs + LIMITS.clockAheadMs) throw new ProtocolError('statement.invalid', 'It is dated ahead.');
    if (statement.kind === 'device' && this.#owners.has(statement.device))
      throw new ProtocolError('statement.invalid', 'The device id is taken.');
    const today = dayOf(atMs) * MS_PER_DAY;
    // Nor may a thief of the directory key use up the day before the root holders can act.
    const isCounted = !isRevocation && statement.kind !== 'root';
    if (isCounted && (await this.#store.statementsSince(agency, today)) >= LIMITS.statementsPerDay)
      throw new ProtocolError('statement.quota');
    const stored = {
      agency,
      seq: statement.seq,
      jws,
      atMs,
      isCounted,
      document: documentOf(statement, document),
    };
    if ((await this.#store.appendStatement(stored)) === 'conflict') throw new ProtocolError('statement.conflict');
    this.#chains.set(agency, this.#take(next));
    this.#tell({ agency });
    return next;
  }

  #tell(change: MembershipChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  chain(agency: AgencyId): AgencyChain | undefined {
    return this.#chains.get(agency);
  }

  heads(): readonly AgencyChain[] {
    return [...this.#chains.values()].filter(({ head }) => head !== null);
  }

  /** The device where it may sign in, send and be sent to; unknown, revoked, expired and suspended are all alike. */
  device(device: DeviceId): ActiveDevice | undefined {
    const agency = this.#owners.get(device);
    const chain = agency === undefined ? undefined : this.#chains.get(agency);
    if (agency === undefined || chain === undefined || !this.#active.has(agency)) return undefined;
    const certificate = activeDevice(chain, device, this.#now());
    return certificate === undefined ? undefined : { agency, device, key: certificate.key };
  }

  /** Active devices, of one agency or of all, in order of id. */
  devices(agency: AgencyId | undefined): readonly DeviceId[] {
    const ids = [...this.#owners]
      .filter(([, owner]) => agency === undefined || owner === agency)
      .map(([device]) => device);
    return ids.filter((device) => this.device(device) !== undefined).sort();
  }
}

/** A document comes with the statement that names its hash, and with no other. */
function documentOf(
  statement: { readonly kind: string; readonly documentHash?: string },
  document: SaltedDocument | null,
): NewStatement['document'] {
  if (statement.documentHash === undefined) {
    if (document !== null) throw new ProtocolError('statement.invalid', 'This kind of statement names no document.');
    return null;
  }
  if (document === null)
    throw new ProtocolError('statement.invalid', 'The document that the statement names is missing.');
  const json = canonicalText(document.document);
  if (json.length > LIMITS.documentBytes) throw new ProtocolError('encoding.too-large', 'The document is too large.');
  const hash = toHash(documentHash(sha256, fromBase64url(document.salt), document.document));
  if (hash !== statement.documentHash)
    throw new ProtocolError('statement.invalid', 'The document is not the one that the statement names.');
  return { hash, salt: document.salt, json };
}

/** What does not verify is the peer's fault; anything else is ours. */
function orRefusal<T>(code: 'trust-list.invalid' | 'statement.invalid', verify: () => T): T {
  try {
    return verify();
  } catch (cause) {
    if (isKeysError(cause, 'chain.out-of-order')) throw new ProtocolError('statement.conflict', undefined, { cause });
    if (isKeysError(cause)) throw new ProtocolError(code, undefined, { cause });
    throw cause;
  }
}
