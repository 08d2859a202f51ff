/** Making a relay from its configuration, starting it, and ending it in order. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sha256 } from '@holdfast/keys/verify';
import { fromUtf8, GeneralJwsSchema, parserOf, parseStrict, toBase64url } from '@holdfast/protocol';
import { buildApp } from './app.js';
import { expireBlobs } from './blobs/routes.js';
import { publicUrls, type RelayConfig } from './config.js';
import { createLogger } from './logger.js';
import { Acceptor } from './mailbox/accept.js';
import { expireEnvelopes } from './mailbox/expire.js';
import { Registry } from './membership/registry.js';
import type { Relay } from './relay.js';
import { receiptSealer } from './sequencer/receipt-batches.js';
import { readRelayKey } from './sequencer/relay-key.js';
import { Sessions } from './session/sessions.js';
import { openSqliteStore } from './store/sqlite/index.js';
import { StreamGateway } from './stream/gateway.js';
import { RELAY_VERSION } from './version.js';

const HOUSEKEEPING_MS = 5000;
/** Requests under way may take this long to end. */
const DRAIN_MS = 8000;
/** Items of one sweep, so that no commit waits long behind it. */
const SWEEP_ITEMS = 500;
const parseJws = parserOf('trust list', GeneralJwsSchema, 'trust-list.invalid');

export interface RelayDependencies {
  readonly now?: () => number;
  readonly log?: (line: string) => void;
}

export interface RunningRelay {
  readonly url: string;
  readonly port: number;
  /** Removes what has expired and what everyone has; runs by itself every few seconds. */
  housekeeping(): Promise<void>;
  /** Stops taking, lets commits finish, closes. */
  stop(): Promise<void>;
}

/** Starts a relay. @throws Error where configuration, key, database or trust list are not as they must be */
export async function startRelay(config: RelayConfig, dependencies: RelayDependencies = {}): Promise<RunningRelay> {
  const now = dependencies.now ?? Date.now;
  const logger = createLogger(dependencies.log ?? ((line) => void process.stderr.write(line)), now);
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const key = readRelayKey(config.keyFile);
  const store = openSqliteStore(join(config.dataDir, 'relay.db'), sha256);
  const { origin, limits } = config;

  const registry = await Registry.load(store, config.fed, now);
  if (registry.trustListVersion === 0 && config.trustListFile !== undefined) {
    await registry.appendTrustList(
      parseJws(parseStrict(fromUtf8(readFileSync(config.trustListFile)), { depth: 8, members: 100_000 })),
    );
  }
  assertNamed(registry, origin, key.publicKey);
  const wake = (devices: Iterable<Parameters<Registry['device']>[0]>): void => gateway.wake(devices);
  const acceptor = new Acceptor({
    store,
    registry,
    sealer: receiptSealer(origin, key, await store.lastBatch(), random),
    now,
    mailboxItems: limits.mailboxItems,
    onStored: wake,
  });
  const sessions = new Sessions({ store, registry, key, origin, now, random });
  let urls = publicUrls(config, config.port);
  const authenticate = (authorization: string, proof: string) =>
    sessions.authenticate({ authorization, proof, method: 'GET', url: urls.streamUrl });
  const gateway = new StreamGateway({
    store,
    registry,
    acceptor,
    logger,
    now,
    bufferedBytes: limits.bufferedBytes,
    timeouts: config.timeouts,
    authenticate,
  });
  const relay: Relay = { config, store, registry, sessions, acceptor, gateway, logger, now, urls: () => urls };

  const app = await buildApp(relay, () => toBase64url(random(9)));
  await app.listen({ host: config.host, port: config.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  urls = publicUrls(config, port);

  const housekeeping = async (): Promise<void> => {
    const envelopes = await expireEnvelopes({ store, key, fed: config.fed, origin, now, onStored: wake });
    if (envelopes > 0) logger.expired({ envelopes });
    while ((await store.sweep(SWEEP_ITEMS)) === SWEEP_ITEMS) await nextTurn();
    await expireBlobs(relay);
  };
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(housekeeping).catch((error: unknown) => logger.failed({ where: 'housekeeping', error }));
  }, HOUSEKEEPING_MS);
  logger.started({ port, version: RELAY_VERSION, agencies: registry.agencies });

  return {
    url: urls.baseUrl,
    port,
    housekeeping,
    stop: async () => {
      const startedAtMs = now();
      clearInterval(timer);
      await running;
      // Whoever waits for a receipt gets it before the streams close.
      await acceptor.drain();
      await gateway.close();
      const late = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
      await app.close();
      clearTimeout(late);
      await store.close();
      logger.stopped({ tookMs: now() - startedAtMs });
    },
  };
}

/** Receipts by a key or under a name that no member expects would be worth nothing; better not to start. */
function assertNamed(registry: Registry, origin: string, publicKey: string): void {
  const { relay } = registry;
  if (relay === undefined) return;
  if (relay.key !== publicKey)
    throw new Error('The trust list names another key for its relay than the one in keyFile.');
  if (relay.origin !== origin)
    throw new Error(`The trust list names its relay ${relay.origin}, the configuration ${origin}.`);
}
