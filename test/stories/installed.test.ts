/**
 * The packages as an agency gets them: packed, unpacked into an empty project, compiled against and run there.
 *
 * It proves that each tarball holds all that it needs and nothing stale, that `exports` and types fit NodeNext and bundlers alike, that
 * only declared dependencies are used, and that the program runs. Declarations are used and not checked (`skipLibCheck`): TypeBox's
 * alone take the compiler half a minute. The dependencies of others are linked from this repository, so that nothing is downloaded and SQLite is not compiled again (95 s); that npm installs those is
 * what `npm ci` proves here each time.
 */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import t from 'tap';

const run = promisify(execFile);
const PACKAGES = ['protocol', 'log', 'keys', 'client-sdk'] as const;
const VERSION = '0.1.0';

interface Packed {
  readonly name: string;
  readonly tarball: string;
  /** Where it is unpacked. */
  readonly folder: string;
  readonly manifest: Readonly<Record<string, unknown>> & { readonly dependencies: Readonly<Record<string, string>> };
}

const project = mkdtempSync(join(tmpdir(), 'holdfast-installed-'));
t.teardown(() => rmSync(project, { recursive: true }));
const node = (args: readonly string[], cwd = project) => run(process.execPath, [...args], { cwd });

/** What a program that failed has said. */
const outputOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'stdout' in error && error.stdout !== '' ? error.stdout : error;

/** Packs the package and unpacks it as npm would. */
async function install(name: string): Promise<Packed> {
  const [flags, tarball] = [
    ['--ignore-scripts', '--silent', '--pack-destination', project],
    join(project, `holdfast-${name}-${VERSION}.tgz`),
  ];
  await run('npm', ['pack', '-w', name, ...flags]);
  const folder = join(project, 'node_modules', '@holdfast', name);
  mkdirSync(folder, { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder]);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Packed['manifest'];
  return { name, tarball, folder, manifest };
}

/** Links what the package declares, and no more, from where this repository has it. */
function linkDependencies({ manifest }: Packed): void {
  for (const name of Object.keys(manifest.dependencies)) {
    const target = join(project, 'node_modules', name);
    if (name.startsWith('@holdfast/') || existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(resolve('node_modules', name), target);
  }
}

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

function writeProject(name: string, module: string, moduleResolution: string): void {
  const compilerOptions = {
    target: 'ES2023',
    lib: ['ES2023'],
    module,
    moduleResolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: ['node'],
    outDir: name,
  };
  writeFileSync(join(project, `${name}.json`), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
}

t.test('the packages, packed and installed elsewhere', async (t) => {
  const packed: Packed[] = [];
  for (const name of PACKAGES) packed.push(await install(name));
  packed.forEach(linkDependencies);
  symlinkSync(resolve('node_modules', '@types'), join(project, 'node_modules', '@types'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(join(project, 'consumer.ts'), readFileSync('test/fixtures/consumer.ts'));

  for (const { name, folder, tarball, manifest } of packed) {
    await t.test(`@holdfast/${name}`, async (t) => {
      const found = files(folder);
      const built = found.filter((file) => file.startsWith('dist/') && file.endsWith('.js'));
      const written = found
        .filter((file) => file.startsWith('src/'))
        .map((file) => file.replace(/^src(.*)\.ts$/, 'dist$1.js'));
      t.strictSame(built, written, 'holds the output of each source, and of none that is gone');
      const beside = found.filter((file) => !/^(dist\/.*\.(js|d\.ts)(\.map)?|src\/.*\.ts)$/.test(file));
      t.strictSame(beside, ['LICENSE', 'README.md', 'package.json'], 'and nothing else');
      t.equal(readFileSync(join(folder, 'LICENSE'), 'utf8'), readFileSync('LICENSE', 'utf8'));
      t.match(manifest, { version: VERSION, license: 'Apache-2.0', type: 'module', engines: { node: /^>=20/ } });
      t.notMatch(JSON.stringify(manifest), /workspace:|file:|\^|~/, 'with exact versions of the registry');
      const tarballBytes = readFileSync(tarball);
      const { messages, pkg } = await publint({
        strict: true,
        pack: {
          tarball: tarballBytes.buffer.slice(tarballBytes.byteOffset, tarballBytes.byteOffset + tarballBytes.length),
        },
      });
      t.strictSame(
        messages.map((message) => formatMessage(message, pkg)),
        [],
        'publint finds nothing',
      );
      const attw = resolve('node_modules/@arethetypeswrong/cli/dist/index.js');
      const verdict = await node([attw, tarball, '--profile', 'esm-only', '--no-color', '--no-emoji']).then(
        () => 'right',
        outputOf,
      );
      t.equal(verdict, 'right', 'the types are right for ES modules');
    });
  }

  await t.test('a program compiles against them, and runs', async (t) => {
    writeProject('node-next', 'NodeNext', 'NodeNext');
    writeProject('bundler', 'ESNext', 'Bundler');
    for (const name of ['node-next', 'bundler']) {
      const compiled = await node([resolve('node_modules/typescript/bin/tsc'), '-p', `${name}.json`]).then(
        () => '',
        outputOf,
      );
      t.equal(compiled, '', `${name}: no complaint`);
    }
    const { stdout } = await node([join('node-next', 'consumer.js')]);
    t.equal(stdout, 'sealed, opened, faked\n');
  });
});
