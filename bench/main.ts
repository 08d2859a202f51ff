/** `npm run bench`: JSON lines {metric, value, unit, limit, ratio, rounds}. With names (seal, relay, verification, recovery, attachment, statistics, memory) only those. */
import { benchAttachment } from './attachment.js';
import { benchMemory } from './memory.js';
import { benchRecovery } from './recovery.js';
import { benchRelay } from './relay.js';
import { benchSeal } from './seal.js';
import { benchStatistics } from './statistics.js';
import { benchVerification } from './verification.js';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  seal: benchSeal,
  relay: benchRelay,
  verification: benchVerification,
  recovery: benchRecovery,
  attachment: benchAttachment,
  statistics: benchStatistics,
  memory: benchMemory,
};
const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(BENCHES)) if (wanted.length === 0 || wanted.includes(name)) await bench();
