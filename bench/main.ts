/** `npm run bench`: JSON lines {metric, value, unit, limit, ratio, rounds}. With names (seal, relay) only those. */
import { benchRelay } from './relay.js';
import { benchSeal } from './seal.js';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = { seal: benchSeal, relay: benchRelay };
const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(BENCHES)) if (wanted.length === 0 || wanted.includes(name)) await bench();
