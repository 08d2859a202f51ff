/**
 * Writes `protocol/vectors/*.json`: this protocol's own vectors, language-neutral. Everything in them follows from fixed seeds,
 * so running it again changes nothing unless the bytes of the protocol change. Run from the repository root.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { GOLDEN_VECTORS } from './golden/index.js';

mkdirSync('protocol/vectors', { recursive: true });
for (const [name, make] of Object.entries(GOLDEN_VECTORS)) {
  writeFileSync(`protocol/vectors/${name}.json`, `${JSON.stringify(await make(), null, 2)}\n`);
}
