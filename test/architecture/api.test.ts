// The public surface of the published packages is what `docs/api` says: a change to it is seen in the diff of a review.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { ENTRY_POINTS, writeApiReport } from '../tools/api-report.js';

const made = mkdtempSync(join(tmpdir(), 'holdfast-api-'));
t.teardown(() => rmSync(made, { recursive: true }));

for (const entryPoint of ENTRY_POINTS) {
  t.test(`${entryPoint.specifier} exports what docs/api says`, (t) => {
    writeApiReport(entryPoint, made);
    const [report, committed] = [made, join('docs', 'api')].map((folder) =>
      readFileSync(join(folder, entryPoint.report), 'utf8'),
    );
    t.equal(committed, report, 'run: npm run api');
    t.end();
  });
}

t.test('every entry point that a manifest exports has its report, and no other', (t) => {
  const exported = [...new Set(ENTRY_POINTS.map(({ workspace }) => workspace))].flatMap((workspace) => {
    const manifest: unknown = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8'));
    const { exports } = manifest as { exports: Readonly<Record<string, { types: string } | string>> };
    return Object.entries(exports).flatMap(([subpath, target]) =>
      typeof target === 'string' ? [] : [`@holdfast/${join(workspace, subpath)} ${join(target.types)}`],
    );
  });
  t.strictSame(exported.sort(), ENTRY_POINTS.map(({ specifier, types }) => `${specifier} ${types}`).sort());
  t.strictSame(readdirSync(join('docs', 'api')).sort(), ENTRY_POINTS.map(({ report }) => report).sort());
  t.end();
});
