/**
 * The specification against the code: what can be compared by a machine is. Prose is read by people; tables, constants and
 * links are not left to them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  CLOSE_CODES,
  EPOCH_BATCH_TYP,
  EPOCH_DAYS_AHEAD,
  ERRORS,
  FRAME_TYPES,
  JSON_BOUNDS,
  LIMITS,
  NOTICE_TYP,
  OPERATIONS,
  PROTOCOL_VERSION,
  SESSION_ASSERTION_TYP,
  STATEMENT_TYP,
  SUITE,
  TRUST_LIST_TYP,
} from '@holdfast/protocol';
import t from 'tap';
import { alarmsPage } from '../tools/alarms-page.js';
import { errorsPage } from '../tools/errors-page.js';
import { httpPage } from '../tools/http-page.js';

const SPEC = 'protocol/spec';
const read = (path: string): string => readFileSync(path, 'utf8');
const page = (name: string): string => read(join(SPEC, `${name}.md`));

/** Cells of every table row in a page, header and rule rows included. */
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );

/** Every file below a folder, or the file itself. */
function filesBelow(path: string, extension: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name));
}

const sorted = (set: ReadonlySet<string | undefined>): string[] =>
  [...set].map(String).sort((a, b) => (a < b ? -1 : 1));

t.test('60-errors is the page that the table of errors gives', async (t) => {
  t.equal(page('60-errors'), errorsPage(ERRORS), 'run: node build/test/tools/write-errors-page.js');
});

t.test('docs/alarms.md is the page that the table of alarms gives', async (t) => {
  t.equal(read('docs/alarms.md'), alarmsPage(), 'run: node build/test/tools/write-alarms-page.js');
});

t.test('70-http is the page that the operations give', async (t) => {
  t.equal(page('70-http'), httpPage(OPERATIONS), 'run: node build/test/tools/write-http-page.js');
});

t.test('74-stream lists every frame type and every close code, and no other', async (t) => {
  const frames = [...page('74-stream').matchAll(/^\| `(0x[0-9a-f]{2})` \| `([a-z]+)`/gm)];
  t.strictSame(Object.fromEntries(frames.map(([, type, name]) => [name, Number(type)])), FRAME_TYPES, 'frames');
  const codes = [...page('74-stream').matchAll(/^\| (4\d{3}) \| `([A-Za-z]+)`/gm)];
  t.strictSame(Object.fromEntries(codes.map(([, code, name]) => [name, Number(code)])), CLOSE_CODES, 'close codes');
});

t.test('41-keystore lists every context string of the keystore, and no other', async (t) => {
  const sources = filesBelow('keys/src/keystore', '.ts').map(read).join('\n');
  const used = new Set([...sources.matchAll(/\bcontext\('([a-z-]+)'\)/g)].map(([, what]) => what));
  const listed = [...page('41-keystore').matchAll(/^\| `holdfast\/([a-z-]+)\/v1\\0`/gm)].map(([, what]) => what);
  t.strictSame(sorted(new Set(listed)), sorted(used));
});

t.test('35-limits is the table of limits.ts', async (t) => {
  const documented = rows(page('35-limits')).flatMap(([name = '', value = '']) => {
    const match = /^`([A-Za-z]+)`$/.exec(name);
    return match === null ? [] : [[match[1], Number(value)]];
  });
  t.strictSame(documented, Object.entries(LIMITS), 'same names, same values, same order');
});

t.test('the second table of limits names the constants of the code', async (t) => {
  const other = new Map(rows(page('35-limits')).map(([what = '', value = '']) => [what, value]));
  t.equal(other.get('nesting of JSON'), String(JSON_BOUNDS.depth));
  t.equal(other.get('commas in a JSON text'), String(JSON_BOUNDS.members));
  t.equal(other.get('days of epoch keys published ahead'), String(EPOCH_DAYS_AHEAD));
});

t.test('10-suite lists every context string and every JWS type that the sources use, and no other', async (t) => {
  const suite = page('10-suite');
  const sources = ['protocol/src', 'keys/src', 'client-sdk/src', 'server/src']
    .flatMap((folder) => filesBelow(folder, '.ts'))
    .filter((file) => !file.startsWith('keys/src/keystore/'))
    .map(read)
    .join('\n');
  const used = new Set([...sources.matchAll(/\bcontext\('([a-z-]+)'\)/g)].map(([, what]) => what));
  const listed = new Set([...suite.matchAll(/^\| `holdfast\/([a-z-]+)\/v1\\0`/gm)].map(([, what]) => what));
  t.strictSame(sorted(listed), sorted(used), 'contexts');

  const typesUsed = new Set([...sources.matchAll(/'(holdfast\.[a-z-]+\.v1\+[a-z]+)'/g)].map(([, typ]) => typ));
  const typesListed = new Set([...suite.matchAll(/^\| `(holdfast\.[a-z-]+\.v1\+[a-z]+)`/gm)].map(([, typ]) => typ));
  t.strictSame(sorted(typesListed), sorted(typesUsed), 'types');
  for (const typ of [TRUST_LIST_TYP, STATEMENT_TYP, EPOCH_BATCH_TYP, NOTICE_TYP, SESSION_ASSERTION_TYP])
    t.ok(typesListed.has(typ), typ);
});

t.test('the overview names the version and the suite, and every page', async (t) => {
  const overview = page('00-overview');
  t.match(overview, `The protocol version is \`${PROTOCOL_VERSION}\` and its suite is [\`${SUITE}\`]`);
  const pages = readdirSync(SPEC).filter((name) => name.endsWith('.md') && name !== '00-overview.md');
  for (const name of pages) t.ok(overview.includes(`](${name})`), `00-overview links ${name}`);
});

t.test('every relative link in the documents leads somewhere', async (t) => {
  const documents = ['protocol', 'docs']
    .flatMap((folder) => filesBelow(folder, '.md'))
    .filter((file) => !file.includes('node_modules'));
  const files = [...documents, 'SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];
  let links = 0;
  for (const file of files) {
    for (const [, target = '', anchor] of read(file).matchAll(/\]\(([^)#\s]*)(#[^)\s]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links += 1;
      const path = target === '' ? file : join(dirname(file), target);
      t.ok(existsSync(path), `${file} links ${target}`);
      if (anchor !== undefined && existsSync(path))
        t.ok(anchors(read(path)).has(anchor.slice(1)), `${file} links ${target}${anchor}`);
    }
  }
  t.ok(links > 50, `${links} links were checked`);
});

/** The names that headings get on the usual hosts. */
function anchors(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
