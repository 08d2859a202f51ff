/**
 * A local federation on real processes: one relay, two agencies of fictional States, everything under one folder that may be
 * deleted. Keys are made afresh each time; the trust list says `sandbox`, so that nothing here works anywhere else.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addOfficer,
  admitMember,
  enrol,
  fetchChain,
  initAgency,
  initFederation,
  joinFederation,
  openSession,
  type SdkEvent,
  trustListPath,
} from '@holdfast/client-sdk';
import { randomBytes, readUnlockKey } from '@holdfast/keys';
import type { AcceptedTrustList } from '@holdfast/keys/verify';
import { type AgencyId, OPERATIONS, OriginSchema, PublicKeySchema, parserOf } from '@holdfast/protocol';
import { agencyId } from '../context.js';
import { readInput } from '../input/read-input.js';
import { AgencyProcess, OFFICERS } from './agency.js';
import { type RelayProcess, runRelay, startRelay } from './relay-process.js';

const ORIGIN = parserOf('origin', OriginSchema, 'message.invalid')('relay.sandbox/holdfast');
const parseKey = parserOf('relay key', PublicKeySchema, 'message.invalid');

export interface SandboxMember {
  readonly agency: AgencyId;
  readonly name: string;
  /** Prefix of its files in `samples/`. */
  readonly sample: string;
}

export const MEMBERS: readonly [SandboxMember, SandboxMember] = [
  { agency: agencyId('xa-fiu'), name: 'Financial Intelligence Unit of Arvenia', sample: 'xa' },
  { agency: agencyId('xb-fiu'), name: 'Financial Intelligence Unit of Belmora', sample: 'xb' },
];

export type Report = (name: string, fields: Readonly<Record<string, unknown>>, text: string) => void;

export interface Network {
  readonly home: string;
  readonly trust: AcceptedTrustList;
  relay: RelayProcess;
  readonly relayFolders: readonly string[];
  readonly unlockFile: string;
  /** Starts the relay again after it was killed, on the same port. */
  restartRelay(): Promise<void>;
  startAgency(member: SandboxMember, onEvent: (event: SdkEvent) => void): AgencyProcess;
  agencyHome(member: SandboxMember): string;
  /** Where its officers' key files lie. */
  officersFolder(member: SandboxMember): string;
  /** Ends whatever still runs: nothing may stay behind a failure. */
  killAll(): Promise<void>;
}

export interface NetworkOptions {
  readonly home: string;
  readonly samples: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly devices: readonly string[];
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Makes everything afresh under `home` and starts the relay. */
export async function makeNetwork(options: NetworkOptions): Promise<Network> {
  const { home, report } = options;
  await rm(home, { recursive: true, force: true });
  const relayHome = join(home, 'relay');
  const logs = join(home, 'logs');
  for (const folder of [relayHome, logs]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlockFile = join(home, 'unlock.key');
  await writeFile(unlockFile, randomBytes(32), { mode: 0o600 });

  const trust = await foundFederation(options, relayHome, unlockFile);
  const configFile = join(home, 'relay.json');
  const configure = (port: number): Promise<void> =>
    writeFile(
      configFile,
      `${JSON.stringify({ port, dataDir: relayHome, origin: ORIGIN, fed: lastOf(trust).fed, trustListFile: trustListPath(join(home, 'federation'), 1) }, null, 2)}\n`,
    );
  await configure(options.port);
  let relay = await startRelay(configFile, join(logs, 'relay.log'));
  // The same port after a restart, so that clients find it again.
  await configure(relay.port);
  try {
    const operator = openSession(relay.url, options.signal);
    for (const { jws } of trust.slice(1)) await operator.openCall(OPERATIONS.publishTrustList, { body: jws });
  } catch (error) {
    await relay.kill();
    throw error;
  }
  report('relay.ready', { url: relay.url, pid: relay.pid }, `A relay runs at ${relay.url} (process ${relay.pid}).`);

  const started: AgencyProcess[] = [];
  const network: Network = {
    home,
    trust: lastOf(trust),
    get relay() {
      return relay;
    },
    set relay(next) {
      relay = next;
    },
    relayFolders: [relayHome, logs],
    unlockFile,
    restartRelay: async () => {
      relay = await startRelay(configFile, join(logs, 'relay.log'));
    },
    startAgency: (member, onEvent) => {
      const logFile = join(home, `${member.agency}.log`);
      const agency = new AgencyProcess({
        home: network.agencyHome(member),
        device: 'gateway',
        unlockFile,
        officersFolder: network.officersFolder(member),
        logFile,
        onEvent,
      });
      started.push(agency);
      return agency;
    },
    killAll: async () => {
      await Promise.all([network.relay.kill(), ...started.map((agency) => agency.kill())]);
    },
    agencyHome: (member) => join(home, 'agency', member.agency),
    officersFolder: (member) => join(home, 'officers', member.agency),
  };
  try {
    for (const member of MEMBERS) await register(network, member, options);
  } catch (error) {
    // Nothing may stay running behind a failure, or a Ctrl-C.
    await relay.kill();
    throw error;
  }
  return network;
}

function lastOf(trust: readonly AcceptedTrustList[]): AcceptedTrustList {
  const last = trust.at(-1);
  if (last === undefined) throw new Error('A federation has at least one trust list.');
  return last;
}

async function foundFederation(
  { home, report }: NetworkOptions,
  relayHome: string,
  unlockFile: string,
): Promise<AcceptedTrustList[]> {
  const { publicKey } = await runRelay(['init', '--data-dir', relayHome]);
  const unlock = await unlockOf(unlockFile);
  const federation = join(home, 'federation');
  const relay = { origin: ORIGIN, key: parseKey(publicKey) };
  const trust = [
    await initFederation(federation, unlock, {
      name: 'Holdfast sandbox',
      use: 'sandbox',
      relay,
      validDays: 365,
      nowMs: Date.now(),
    }),
  ];
  for (const { agency, name } of MEMBERS) {
    const request = await initAgency(join(home, 'agency', agency), agency, name, unlock);
    trust.push(await admitMember(federation, unlock, request, Date.now()));
  }
  const { fed, list } = lastOf(trust);
  report(
    'federation.made',
    { fed, version: list.version },
    `A federation of two fictional States: trust list ${list.version}, id ${fed}.`,
  );
  return trust;
}

async function register(
  network: Network,
  member: SandboxMember,
  { home, samples, devices, report, signal }: NetworkOptions,
): Promise<void> {
  const { agency, name, sample } = member;
  const unlock = await unlockOf(network.unlockFile);
  const agencyHome = join(home, 'agency', agency);
  await joinFederation({
    home: agencyHome,
    unlock,
    relayUrl: network.relay.url,
    fed: network.trust.fed,
    entry: await readInput(join(samples, `entry-${sample}.json`)),
    capability: await readInput(join(samples, `capability-${sample}.json`)),
    nowMs: Date.now(),
    signal,
  });
  const folder = network.officersFolder(member);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const session = openSession(network.relay.url, signal);
  for (const officer of OFFICERS) {
    const file = join(folder, `${officer.name}.key`);
    await writeFile(file, randomBytes(32), { mode: 0o600 });
    const { chain } = await fetchChain(session, agency, network.trust.fed);
    const work = { home: agencyHome, chain, session, unlock, nowMs: Date.now() };
    await addOfficer(work, { ...officer, unlock: await unlockOf(file) });
  }
  // After its officers, so that no device is told of what happened before it.
  for (const device of devices) await enrol({ home: agencyHome, name: device, unlock, nowMs: Date.now(), signal });
  const officers = OFFICERS.map((officer) => officer.name);
  report(
    'agency.ready',
    { agency, devices, officers },
    `${name} (${agency}) has published its directory entry and capability record; devices: ${devices.join(', ')}; officers: ${officers.join(', ')}.`,
  );
}

async function unlockOf(file: string): Promise<{ readonly kind: 'key'; readonly key: Uint8Array }> {
  return { kind: 'key', key: await readUnlockKey(file) };
}
