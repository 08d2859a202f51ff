/**
 * A network for an integrator's own tests: connected desks in this process, with no relay, no keys and no ceremony. What a desk
 * checks, queues, stores and shows is the SDK's own code; sealing, signatures and the directory's proofs are left out, so
 * nothing here says anything about security.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@holdfast/keys/verify';
import {
  type AgencyId,
  parseAgencyId,
  parseCapabilityRecord,
  parseDirectoryEntry,
  type Restrictions,
  termsHash,
  toHash,
} from '@holdfast/protocol';
import type { PublishedAgency } from '../directory/published.js';
import { SdkError } from '../errors.js';
import { FakeAgency } from './fake-agency.js';
import { FakeRelay } from './fake-relay.js';
import { exampleCapability, exampleEntry } from './published-examples.js';

/** One agency of the network: who it is, and what it has published. */
export interface FakeAgencyOptions {
  /** Such as `xa-fiu`: the State's code, a hyphen, a name. */
  readonly agency: string;
  /** Restrictions that it accepts in advance; a disclosure to it must carry one of them. */
  readonly accepts?: readonly Restrictions[];
  /** Instead of an entry that says little. @throws ProtocolError `message.invalid` where it is none */
  readonly entry?: unknown;
  /** Instead of a record of an agency that may freeze everything for five days. */
  readonly capability?: unknown;
}

/** Who is in the network, and its clock. */
export interface FakeNetworkOptions {
  /** Two unless given: `xa-fiu` and `xb-fiu`. */
  readonly agencies?: readonly FakeAgencyOptions[];
  /** The clock of all of them, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** Connected agencies in this process. */
export interface FakeNetwork extends AsyncDisposable {
  /** In the order of the options. */
  readonly agencies: readonly FakeAgency[];
  /** One of them by its id. @throws SdkError `directory.unknown-agency` */
  agency(id: string): FakeAgency;
  /** Resolves when everything that can move has moved. */
  settled(): Promise<void>;
  /** Closes every desk and removes what they stored. */
  close(): Promise<void>;
}

/** Makes the network, connected. Close it after the test. */
export async function fakeNetwork(options: FakeNetworkOptions = {}): Promise<FakeNetwork> {
  const { agencies: members = [{ agency: 'xa-fiu' }, { agency: 'xb-fiu' }], now = Date.now } = options;
  const published = members.map((member) => publishedBy(member, now()));
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-fake-'));
  const relay = new FakeRelay(now);
  const agencies = published.map((each) => {
    const made = new FakeAgency(each.agency, join(folder, `${each.agency}.db`), relay);
    relay.admit(each, (envelope) => made.receive(envelope));
    return made;
  });
  const underWay = (): Promise<void>[] => agencies.flatMap((each) => each.underWay ?? []);
  const close = async (): Promise<void> => {
    for (const each of agencies) await each.desk.close();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    agencies,
    agency: (id) => {
      const found = agencies.find(({ agency }) => agency === id);
      if (found === undefined) throw new SdkError('directory.unknown-agency', `The fake network has no "${id}".`);
      return found;
    },
    settled: async () => {
      while (underWay().length > 0) await Promise.all(underWay());
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function publishedBy(
  { agency: id, accepts = [], entry, capability }: FakeAgencyOptions,
  nowMs: number,
): PublishedAgency {
  const agency: AgencyId = parseAgencyId(id);
  const acceptedTerms = accepts.map((terms) => toHash(termsHash(sha256, terms)));
  const said = parseDirectoryEntry(entry ?? { ...exampleEntry(agency, nowMs), acceptedTerms });
  const powers = parseCapabilityRecord(capability ?? exampleCapability(agency, nowMs));
  return {
    agency,
    name: said.names.english,
    active: true,
    entry: said,
    capability: powers,
    entryExpiresAtMs: said.expiresAtMs,
    capabilityExpiresAtMs: powers.expiresAtMs,
    devices: 1,
    deviceKeys: ['current'],
    quarantined: false,
  };
}
