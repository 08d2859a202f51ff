// Biome and oxlint, run with the project's own configuration over planted violations that they must report, and over an
// innocent file that they must not. One run of each tool for all of them: starting a tool is what costs time.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import t, { type Test } from 'tap';

type Planted = readonly (readonly [rule: string, path: string, text: string])[];

const biomeRules: Planted = [
  ['noRestrictedImports', 'server/src/a.ts', "import '@holdfast/keys';\n"],
  ['noRestrictedImports', 'server/src/b.ts', "import '@holdfast/client-sdk';\n"],
  ['noRestrictedImports', 'server/src/c.ts', "import 'libsodium-wrappers-sumo';\n"],
  ['noRestrictedImports', 'protocol/src/a.ts', "import '@holdfast/log';\n"],
  ['noRestrictedImports', 'log/src/a.ts', "import '@holdfast/protocol';\n"],
  ['noRestrictedImports', 'keys/src/a.ts', "import '@holdfast/client-sdk';\n"],
  ['noRestrictedImports', 'keys/src/b.ts', "import 'libsodium-wrappers-sumo';\n"],
  ['noRestrictedImports', 'client-sdk/src/a.ts', "import '@holdfast/server';\n"],
  ['noRestrictedImports', 'cli/src/a.ts', "import '@holdfast/server';\n"],
  ['noNodejsModules', 'protocol/src/b.ts', "import 'node:fs';\n"],
  ['noNodejsModules', 'log/src/b.ts', "import 'node:crypto';\n"],
  ['noUndeclaredDependencies', 'log/src/c.ts', "import 'left-pad';\n"],
  ['noImportCycles', 'log/src/d.ts', "import { e } from './e.js';\n\nexport const d = e;\n"],
  ['noImportCycles', 'log/src/e.ts', "import { d } from './d.js';\n\nexport const e = d;\n"],
  ['noExplicitAny', 'log/src/f.ts', 'export const f = (x: any): unknown => x;\n'],
  ['noDefaultExport', 'log/src/g.ts', 'export default 1;\n'],
  ['useImportType', 'log/src/h.ts', "import { T } from './i.js';\n\nexport const h: T = 1;\n"],
  ['noNonNullAssertion', 'log/src/j.ts', 'export const j = (x?: string): string => x!;\n'],
  ['noConsole', 'keys/src/k.ts', "console.log('secret');\n"],
  ['noExcessiveLinesPerFile', 'log/src/l.ts', 'export const l = 1;\n'.repeat(251)],
  ['useFilenamingConvention', 'log/src/BadName.ts', 'export const m = 1;\n'],
  ['noEmptyBlockStatements', 'log/src/n.ts', 'try {\n  f();\n} catch {}\n'],
  ['noTsIgnore', 'log/src/o.ts', '// @ts-ignore\nexport const o = 1;\n'],
  ['format', 'log/src/p.ts', 'export const p = "double"\n'],
  ['organizeImports', 'log/src/q.ts', "import { b } from './b.js';\nimport { a } from './a.js';\n\nf(a, b);\n"],
];

const promise = 'const later = async (): Promise<number> => 1;\n';
const oxlintRules: Planted = [
  ['no-floating-promises', 'server/src/a.ts', `${promise}later();\n`],
  ['no-floating-promises', 'test/a.test.ts', `import t from 'tap';\nt.rejects(Promise.reject(new Error('x')));\n`],
  ['no-misused-promises', 'server/src/b.ts', `${promise}export const b = later() ? 1 : 2;\n`],
  ['await-thenable', 'server/src/c.ts', 'export const c = async (): Promise<number> => await 1;\n'],
  [
    'switch-exhaustiveness-check',
    'server/src/d.ts',
    "export function d(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
  ],
  ['no-unsafe-assignment', 'server/src/e.ts', "export const e: string = JSON.parse('1');\n"],
  ['no-unsafe-member-access', 'server/src/f.ts', "export const f: unknown = JSON.parse('1').f;\n"],
  ['no-unsafe-argument', 'server/src/g.ts', "export const g = Math.floor(JSON.parse('1'));\n"],
  ['no-unsafe-return', 'server/src/h.ts', "export const h = (): string => JSON.parse('1');\n"],
  ['no-unsafe-type-assertion', 'server/src/i.ts', 'export const i = (x: unknown): string => x as string;\n'],
  [
    'return-await',
    'server/src/j.ts',
    `${promise}export async function j() {\n  try {\n    return later();\n  } catch {\n    return 2;\n  }\n}\n`,
  ],
];

const innocent: Planted = [
  [
    '',
    'server/src/fine.ts',
    "import '@holdfast/keys/verify';\nimport '@holdfast/log';\nimport '@holdfast/protocol';\n",
  ],
  ['', 'log/src/i.ts', 'export type T = number;\n'],
  [
    '',
    'keys/src/primitives/fine.ts',
    "import sodium from 'libsodium-wrappers-sumo';\n\nexport const { ready } = sodium;\n",
  ],
  ['', 'test/fine.test.ts', "import t from 'tap';\n\nt.test('subtest', async (t) => {\n  t.pass();\n});\n"],
];

/** A folder under build/ with the planted files and a configuration made of the project's own, without its exclusions. */
function plant(t: Test, files: Planted, configName: string, withoutExclusions: object): string {
  mkdirSync('build', { recursive: true });
  const folder = mkdtempSync(join('build', 'planted-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
  });
  // A repository of its own: else oxlint finds all of build/ ignored by the project's .gitignore.
  mkdirSync(join(folder, '.git'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const config: unknown = JSON.parse(readFileSync(configName, 'utf8'));
  write(configName, JSON.stringify(Object.assign({}, config, withoutExclusions)));
  write('package.json', '{"name":"planted","private":true,"type":"module"}');
  for (const room of ['protocol', 'log', 'keys', 'server', 'client-sdk', 'cli']) {
    write(`${room}/package.json`, readFileSync(join(room, 'package.json'), 'utf8'));
  }
  write(
    'tsconfig.json',
    '{"extends":"../../tsconfig.base.json","compilerOptions":{"types":["node"]},"include":["**/*.ts"]}',
  );
  for (const [, path, text] of [...files, ...innocent]) write(path, text);
  return folder;
}

/** What a tool writes to stdout; it exits with 1 since it finds something, which is no failure here; silence is. */
function report(tool: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((done, fail) => {
    const command = resolve('node_modules', '.bin', tool);
    // Through env: tap adds its loader to every node process that a test starts, and oxlint does not start under it.
    const clean = ['-i', `PATH=${process.env.PATH ?? ''}`, command, ...args];
    execFile('/usr/bin/env', clean, { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error?.code === 1 && stdout !== '') done(stdout);
      else fail(new Error(`${tool} reported nothing: ${stderr}`, { cause: error }));
    });
  });
}

/** `path rule` of each finding, from lines that name both. */
function compare(t: Test, files: Planted, found: ReadonlySet<string>): void {
  for (const [rule, path, text] of files)
    t.ok(found.has(`${path} ${rule}`), `${rule} in ${path}: ${text.slice(0, 50)}`);
  const wrong = [...found].filter((finding) => innocent.some(([, path]) => finding.startsWith(`${path} `)));
  t.same(wrong, [], 'the innocent files are left alone');
}

t.test('Biome reports what was planted', async (t) => {
  const folder = plant(t, biomeRules, 'biome.json', { files: { includes: ['**'] } });
  const output = await report('biome', ['check', '--reporter=github', '--max-diagnostics=none', '.'], folder);
  const found = new Set<string>();
  for (const [, title = '', file = ''] of output.matchAll(/^::\w+ title=([^,]+),file=([^,]+),/gm)) {
    found.add(`${relative(folder, file)} ${title.split('/').at(-1)}`);
  }
  compare(t, biomeRules, found);
});

t.test('oxlint reports what was planted', async (t) => {
  const folder = plant(t, oxlintRules, '.oxlintrc.json', { ignorePatterns: [] });
  const output = await report('oxlint', ['--type-aware', '--format=unix'], folder);
  const found = new Set<string>();
  for (const [, file = '', rule = ''] of output.matchAll(/^([^:\n]+):\d+:\d+:.*\[\w+\/[\w-]+\(([\w-]+)\)\]$/gm)) {
    found.add(`${file} ${rule}`);
  }
  compare(t, oxlintRules, found);
});
