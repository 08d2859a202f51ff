// The rules of the house over the real tree, and each rule over a small tree with a planted violation that it must catch.
// A planted tree is the innocent one plus one file: the rule is silent on the first and names the file in the second.
import t from 'tap';
import {
  acyclic,
  declared,
  directions,
  libsodiumInPrimitives,
  portable,
  pure,
  type Rule,
  serverReach,
  short,
  typed,
  verifyHoldsNoSecret,
} from './architecture/rules.js';
import { ROOMS, readRepository, type SourceTree } from './architecture/source-tree.js';

const rules: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    acyclic,
    declared,
    directions,
    libsodiumInPrimitives,
    portable,
    pure,
    serverReach,
    short,
    typed,
    verifyHoldsNoSecret,
  }),
);

const manifest = (...names: string[]): string =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])) });

const innocent: SourceTree = new Map([
  ['protocol/package.json', manifest('typebox')],
  [
    'protocol/src/index.ts',
    "import { Type } from 'typebox';\nexport const at = (ms: number): Date => new Date(ms);\nexport const day = (d: Date) => Date.UTC(d.getFullYear(), 0);\nexport type Clock = { readonly performance: Date };\nexport const half = Math.floor(1.5);\nexport { Type };\n",
  ],
  ['log/package.json', manifest()],
  ['log/src/index.ts', "export { leaf } from './leaf.js';\n"],
  ['log/src/leaf.ts', 'export const leaf = 1;\n'],
  ['keys/package.json', manifest('@holdfast/protocol', '@holdfast/log', 'libsodium-wrappers-sumo')],
  [
    'keys/src/index.ts',
    "import '@holdfast/protocol';\nexport { sign } from './sign.js';\nexport { check } from './verify.js';\n",
  ],
  ['keys/src/sign.ts', "import { randomBytes } from 'node:crypto';\nexport const sign = () => randomBytes(32);\n"],
  ['keys/src/verify.ts', "export { check } from './primitives/ed25519-verify.js';\n"],
  [
    'keys/src/primitives/ed25519-verify.ts',
    "import sodium from 'libsodium-wrappers-sumo';\nexport const check = sodium.crypto_sign_verify_detached;\n",
  ],
  ['server/package.json', manifest('@holdfast/keys', '@holdfast/protocol', '@holdfast/log')],
  [
    'server/src/main.ts',
    "import { check } from '@holdfast/keys/verify';\nimport '@holdfast/log';\nimport '@holdfast/protocol';\nexport const run = check;\n",
  ],
  ['client-sdk/package.json', manifest('@holdfast/keys')],
  ['client-sdk/src/index.ts', "export { sign } from '@holdfast/keys';\n"],
  ['cli/package.json', manifest('@holdfast/client-sdk')],
  ['cli/src/main.ts', "import { sign } from '@holdfast/client-sdk';\nexport const main = sign;\n"],
]);

/** One planted file (or replaced one) per row: rule, path, text, and what the report must say. */
const planted: readonly (readonly [rule: string, path: string, text: string, says: RegExp])[] = [
  [
    'directions',
    'server/src/bad.ts',
    "import { x } from '@holdfast/client-sdk';",
    /server may not import @holdfast\/client-sdk/,
  ],
  [
    'directions',
    'server/src/bad.ts',
    "import type { x } from '@holdfast/keys';",
    /server may not import @holdfast\/keys/,
  ],
  ['directions', 'server/src/bad.ts', "export * from '@holdfast/keys/seal';", /keys\/seal/],
  ['directions', 'server/src/bad.ts', "const x = await import('@holdfast/keys');", /@holdfast\/keys/],
  ['directions', 'server/src/bad.ts', "import '../../keys/src/sign.js';", /server may not import \.\.\/\.\.\/keys/],
  ['directions', 'server/src/bad.ts', "type T = import('@holdfast/cli').T;", /@holdfast\/cli/],
  ['directions', 'protocol/src/bad.ts', "import '@holdfast/log';", /protocol may not import/],
  ['directions', 'log/src/bad.ts', "import '@holdfast/protocol';", /log may not import/],
  ['directions', 'keys/src/bad.ts', "import '@holdfast/client-sdk';", /keys may not import/],
  ['directions', 'client-sdk/src/bad.ts', "import '@holdfast/server';", /client-sdk may not import/],
  ['directions', 'cli/src/bad.ts', "import '@holdfast/server';", /cli may not import/],
  ['directions', 'keys/src/bad.ts', "import '../../test/keys/fakes.js';", /keys may not import/],
  [
    'libsodiumInPrimitives',
    'keys/src/suite/bad.ts',
    "import s from 'libsodium-wrappers-sumo';",
    /libsodium-wrappers-sumo/,
  ],
  ['libsodiumInPrimitives', 'server/src/bad.ts', "const s = require('libsodium-wrappers');", /libsodium-wrappers/],
  ['libsodiumInPrimitives', 'client-sdk/src/bad.ts', "import 'libsodium-sumo/dist/x.js';", /libsodium-sumo/],
  ['verifyHoldsNoSecret', 'keys/src/verify.ts', "export { sign } from './sign.js';", /secret half/],
  ['verifyHoldsNoSecret', 'keys/src/verify.ts', "export * from './envelope/via.js';", /secret half/],
  [
    'verifyHoldsNoSecret',
    'keys/src/primitives/ed25519-verify.ts',
    'export const check = (s: S) => s.crypto_sign_detached;',
    /crypto_sign_detached/,
  ],
  ['verifyHoldsNoSecret', 'keys/src/verify.ts', "import { randomBytes } from 'node:crypto';", /randomBytes/],
  ['verifyHoldsNoSecret', 'keys/src/verify.ts', 'export const f = (deviceSecretKey: K) => 1;', /deviceSecretKey/],
  ['verifyHoldsNoSecret', 'keys/src/verify.ts', "export { SignJWT } from 'jose';", /SignJWT/],
  ['serverReach', 'server/src/bad.ts', "import '@holdfast/keys';", /not part of keys\/verify/],
  ['serverReach', 'server/src/bad.ts', "import '../../client-sdk/src/index.js';", /reached by server/],
  [
    'serverReach',
    'protocol/src/index.ts',
    "export * from '@holdfast/client-sdk';",
    /client-sdk\/src\/index\.ts: reached by server/,
  ],
  [
    'serverReach',
    'log/src/leaf.ts',
    "export * from '@holdfast/client-sdk';",
    /client-sdk\/src\/index\.ts: reached by server/,
  ],
  ['pure', 'protocol/src/bad.ts', "import { readFileSync } from 'node:fs';", /node:fs/],
  ['pure', 'log/src/bad.ts', "import { createHash } from 'crypto';", /crypto/],
  ['pure', 'log/src/bad.ts', 'export const t = Date.now();', /Date\.now/],
  ['pure', 'log/src/bad.ts', 'export const t = new Date();', /new Date\(\)/],
  ['pure', 'log/src/bad.ts', 'export const t = new Date;', /new Date\(\)/],
  ['pure', 'log/src/bad.ts', 'export const t = Date();', /uses Date/],
  ['pure', 'log/src/bad.ts', "export const t = Date['now']();", /uses Date/],
  ['pure', 'log/src/bad.ts', 'const { now } = Date; export { now };', /uses Date/],
  ['pure', 'protocol/src/bad.ts', 'export const t = performance.now();', /performance/],
  ['pure', 'protocol/src/bad.ts', 'export const t = globalThis.Date;', /globalThis/],
  ['pure', 'protocol/src/bad.ts', 'export const t = Temporal.Now.instant();', /Temporal\.Now/],
  ['pure', 'protocol/src/bad.ts', 'export const r = Math.random();', /Math\.random/],
  ['pure', 'protocol/src/bad.ts', 'setTimeout(() => 1, 5);', /setTimeout/],
  ['acyclic', 'log/src/leaf.ts', "import './index.js';", /leads back/],
  ['acyclic', 'log/src/self.ts', "import './self.js';", /leads back/],
  [
    'acyclic',
    'protocol/src/index.ts',
    "import type { S } from '@holdfast/client-sdk';",
    /protocol\/src\/index\.ts: .*leads back/,
  ],
  ['declared', 'protocol/src/bad.ts', "import fastify from 'fastify';", /fastify is not in protocol/],
  ['declared', 'cli/src/bad.ts', "import '@holdfast/keys';", /@holdfast\/keys is not in cli/],
  ['declared', 'log/src/bad.ts', "import x from '@scope/pkg/deep';", /@scope\/pkg\/deep/],
  ['short', 'log/src/bad.ts', 'export const a = 1;\n'.repeat(251), /251 lines/],
  ['typed', 'log/src/bad.ts', 'export const f = (x: any) => x;', /any/],
  ['typed', 'log/src/bad.ts', 'export const f = (x: unknown) => x as any as Map<string, any>;', /any/],
  ['typed', 'log/src/bad.ts', 'export default 1;', /export default/],
  ['typed', 'log/src/bad.ts', 'export default function f() {}', /export default/],
  ['typed', 'log/src/bad.ts', 'enum A { B }', /enum/],
  ['portable', 'docs/x.md', `see ${['', 'work', 'main'].join('/')}`, /contains/],
  ['portable', 'docs/x.md', `"${['', 'root', '.npmrc'].join('/')}"`, /contains/],
  ['portable', 'test/x.ts', `readFileSync('${['..', 'shared', 'vectors'].join('/')}')`, /contains/],
];

t.test('the real tree keeps every rule', async (t) => {
  const tree = readRepository();
  for (const room of ROOMS) {
    t.ok(
      [...tree.keys()].some((path) => path.startsWith(`${room}/src/`)),
      `${room} has sources`,
    );
  }
  t.ok(tree.has('keys/src/verify.ts'), 'the relay has its entry into keys');
  for (const [name, rule] of rules) t.same(rule(tree), [], name);
});

t.test('an innocent tree is left alone', async (t) => {
  for (const [name, rule] of rules) t.same(rule(innocent), [], name);
});

t.test('every rule catches what was planted', async (t) => {
  for (const [name, path, text, says] of planted) {
    const rule = rules.get(name);
    if (rule === undefined) throw new RangeError(`no rule ${name}`);
    const extra: [string, string][] = [['keys/src/envelope/via.ts', "export * from './seal.js';"]];
    const found = rule(new Map([...innocent, ...extra, ['keys/src/envelope/seal.ts', ''], [path, text]]));
    t.match(found.map(({ file, detail }) => `${file}: ${detail}`).join('\n'), says, `${name}: ${text.slice(0, 60)}`);
  }
  const silent = [...rules.keys()].filter((name) => !planted.some(([rule]) => rule === name));
  t.same(silent, [], 'each rule has a planted violation');
});
