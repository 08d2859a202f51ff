/** Writes `docs/api`. Run from the repository root, by `npm run api`, after a change to what a package exports. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENTRY_POINTS, writeApiReport } from './api-report.js';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-api-'));
for (const entryPoint of ENTRY_POINTS) {
  writeApiReport(entryPoint, folder);
  writeFileSync(join('docs', 'api', entryPoint.report), readFileSync(join(folder, entryPoint.report)));
}
rmSync(folder, { recursive: true });
