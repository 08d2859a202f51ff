// The house's rules over imports and source, each a function from a source tree to its violations.
// A rule that finds nothing in the real tree is only worth something because a planted violation makes it speak.
import { isBuiltin } from 'node:module';
import ts from 'typescript';
import { closureOf, packageOf, resolveInside, sourceFiles, specifiersOf, walk } from './imports.js';
import type { SourceTree } from './source-tree.js';

/** One broken rule in one file. */
export type Violation = { readonly file: string; readonly detail: string };

/** A rule over the whole tree; an empty list means that it is kept. */
export type Rule = (tree: SourceTree) => Violation[];

const MAX_LINES = 250;

/** What each room may import of the project; a room that is missing here may import nothing of it. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  log: [],
  keys: ['@holdfast/protocol', '@holdfast/log'],
  'client-sdk': ['@holdfast/protocol', '@holdfast/log', '@holdfast/keys', '@holdfast/keys/verify'],
  server: ['@holdfast/protocol', '@holdfast/log', '@holdfast/keys/verify'],
  cli: ['@holdfast/protocol', '@holdfast/keys', '@holdfast/keys/verify', '@holdfast/client-sdk'],
};

/** Imports go only in the directions of the house; a relative import never leaves its room's `src`. */
export const directions: Rule = (tree) =>
  sourceFiles(tree).flatMap(({ path, room, syntax }) =>
    specifiersOf(syntax)
      .filter((specifier) => {
        if (specifier.startsWith('.')) return !resolveInside(path, specifier)?.startsWith(`${room}/src/`);
        return specifier.startsWith('@holdfast/') && !ALLOWED[room]?.includes(specifier);
      })
      .map((specifier) => ({ file: path, detail: `${room} may not import ${specifier}` })),
  );

/** Only `keys/src/primitives` imports libsodium. */
export const libsodiumInPrimitives: Rule = (tree) =>
  sourceFiles(tree)
    .filter(({ path }) => !path.startsWith('keys/src/primitives/'))
    .flatMap(({ path, syntax }) =>
      specifiersOf(syntax)
        .filter((specifier) => packageOf(specifier).startsWith('libsodium'))
        .map((specifier) => ({ file: path, detail: `imports ${specifier}` })),
    );

const SECRET_FILE = /\/(seal|open|sign|random|keystore|hpke|xwing|argon2id?|recovery)(\.ts$|\/)|-(sign|secret)\.ts$/;
const SECRET_NAME =
  /^(crypto_sign_(detached|keypair|seed_keypair|ed25519_sk.*)?|crypto_(kem|box|pwhash|scalarmult|secretbox).*|crypto_aead.*|randombytes.*|randomBytes|randomFill(Sync)?|getRandomValues|randomUUID|generateKey(Pair)?(Sync)?|createPrivateKey|create(Cipher|Decipher)iv|CompactSign|GeneralSign|FlattenedSign|SignJWT|importPKCS8|\w*secretKey\w*|\w*privateKey\w*)$/i;

/** What the relay reaches through `keys/verify`, and all else it reaches, holds no code for secret keys or randomness of keys. */
export const verifyHoldsNoSecret: Rule = (tree) => secretsIn(tree, closureOf(tree, 'keys/src/verify.ts').files);

/** No file that the server reaches, by whatever way, lies in client-sdk, cli, or the secret half of keys. */
export const serverReach: Rule = (tree) => {
  const reached = new Set<string>();
  for (const { path, room } of sourceFiles(tree)) {
    if (room !== 'server') continue;
    for (const file of closureOf(tree, path).files) reached.add(file);
  }
  const verifying = closureOf(tree, 'keys/src/verify.ts').files;
  const foreign = [...reached].filter((file) => /^(client-sdk|cli|test|bench)\//.test(file));
  const keys = [...reached].filter((file) => file.startsWith('keys/') && !verifying.has(file));
  return [
    ...foreign.map((file) => ({ file, detail: 'reached by server' })),
    ...keys.map((file) => ({ file, detail: 'reached by server, though not part of keys/verify' })),
    ...secretsIn(tree, new Set([...reached].filter((file) => file.startsWith('keys/')))),
  ];
};

function secretsIn(tree: SourceTree, files: ReadonlySet<string>): Violation[] {
  return sourceFiles(new Map([...tree].filter(([path]) => files.has(path)))).flatMap(({ path, room, syntax }) => {
    if (room !== 'keys') return [];
    if (SECRET_FILE.test(path)) return [{ file: path, detail: 'a file of the secret half, reached by keys/verify' }];
    const names = new Set<string>();
    walk(syntax, (node) => {
      if (ts.isIdentifier(node) && SECRET_NAME.test(node.text)) names.add(node.text);
    });
    return [...names].map((name) => ({ file: path, detail: `names ${name}, reached by keys/verify` }));
  });
}

/** protocol and log use no Node module, no clock and no randomness. */
export const pure: Rule = (tree) =>
  sourceFiles(tree)
    .filter(({ room }) => room === 'protocol' || room === 'log')
    .flatMap(({ path, syntax }) => {
      const builtins = specifiersOf(syntax).filter(
        (specifier) => specifier.startsWith('node:') || isBuiltin(specifier),
      );
      const impure = new Set<string>();
      walk(syntax, (node) => {
        const what = impurity(node);
        if (what !== undefined) impure.add(what);
      });
      return [...builtins, ...impure].map((detail) => ({ file: path, detail: `uses ${detail}` }));
    });

const AMBIENT = new Set(
  'performance process globalThis crypto setTimeout setInterval setImmediate queueMicrotask fetch Buffer'.split(' '),
);

function impurity(node: ts.Node): string | undefined {
  if (!ts.isIdentifier(node) || isNameOnly(node)) return undefined;
  const { parent } = node;
  const member = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : undefined;
  if (node.text === 'Date') {
    if (ts.isNewExpression(parent) && parent.expression === node) {
      return (parent.arguments?.length ?? 0) === 0 ? 'new Date()' : undefined;
    }
    return member === 'UTC' || member === 'parse' ? undefined : `Date${member === undefined ? '' : `.${member}`}`;
  }
  if (node.text === 'Temporal')
    return member === 'Now' || ts.isElementAccessExpression(parent) ? 'Temporal.Now' : undefined;
  if (node.text === 'Math') return member === undefined || member === 'random' ? 'Math.random' : undefined;
  return AMBIENT.has(node.text) ? node.text : undefined;
}

/** Whether the identifier only names something (a type, a property, a declaration) and reads no value. */
function isNameOnly(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent) || ts.isExpressionWithTypeArguments(parent))
    return true;
  if (ts.isPropertyAssignment(parent)) return parent.name === node;
  return (
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isParameter(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isTypeAliasDeclaration(parent)
  );
}

/** No file reaches itself through imports. */
export const acyclic: Rule = (tree) =>
  sourceFiles(tree).flatMap(({ path, syntax }) =>
    specifiersOf(syntax)
      .map((specifier) => resolveInside(path, specifier))
      .filter((target) => target !== undefined && closureOf(tree, target).files.has(path))
      .map((target) => ({ file: path, detail: `imports ${target}, which leads back to it` })),
  );

/** Every package that a file imports is a dependency of that file's own workspace, not one that merely happens to be installed. */
export const declared: Rule = (tree) =>
  sourceFiles(tree).flatMap(({ path, room, syntax }) => {
    const known = dependenciesOf(tree.get(`${room}/package.json`));
    return specifiersOf(syntax)
      .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier) && !known.has(packageOf(specifier)))
      .map((specifier) => ({ file: path, detail: `${specifier} is not in ${room}/package.json` }));
  });

function dependenciesOf(manifest: string | undefined): Set<string> {
  const parsed: unknown = JSON.parse(manifest ?? '{}');
  const names = new Set<string>();
  if (typeof parsed !== 'object' || parsed === null) return names;
  for (const [field, value] of Object.entries<unknown>({ ...parsed })) {
    if (!/^(dependencies|peerDependencies|optionalDependencies)$/.test(field)) continue;
    if (typeof value === 'object' && value !== null) for (const name of Object.keys(value)) names.add(name);
  }
  return names;
}

/** No source file is longer than the house allows. */
export const short: Rule = (tree) =>
  sourceFiles(tree).flatMap(({ path, syntax }) => {
    const lines = syntax.text.trimEnd().split('\n').length;
    return lines > MAX_LINES ? [{ file: path, detail: `${lines} lines, at most ${MAX_LINES}` }] : [];
  });

/** No `any`, no enum, no default export in a source file. */
export const typed: Rule = (tree) =>
  sourceFiles(tree).flatMap(({ path, syntax }) => {
    const found = new Set<string>();
    walk(syntax, (node) => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) found.add('any');
      if (ts.isEnumDeclaration(node)) found.add('enum');
      if (ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword) found.add('export default');
    });
    return [...found].map((detail) => ({ file: path, detail }));
  });

// Written so that this file does not contain what it looks for.
const MACHINE_PATHS = [/(?<![\w.])\/(?:work|root)\/[\w.]/, new RegExp(`\\.\\.${'/'}shared\\b`)];

/** No file of the repository names a path of the machine it was written on, or reads a folder beside the repository. */
export const portable: Rule = (tree) =>
  [...tree].flatMap(([file, text]) =>
    MACHINE_PATHS.map((pattern) => pattern.exec(text)?.[0])
      .filter((match) => match !== undefined)
      .map((match) => ({ file, detail: `contains ${match}` })),
  );
