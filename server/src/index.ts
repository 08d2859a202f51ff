/** The relay as a library: for whoever runs it inside another process, and for tests. */
export { completeConfig, type RelayConfig, readConfig } from './config.js';
export { createRelayKey, readRelayKey } from './sequencer/relay-key.js';
export { type RelayDependencies, type RunningRelay, startRelay } from './start.js';
export type { NewEnvelope, Store } from './store/port.js';
export { openSqliteStore } from './store/sqlite/index.js';
