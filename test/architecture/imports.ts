// What a TypeScript file imports, and which file of the project each import means.
// Type-only imports count like any other: a direction that only types follow is still a direction.
import { posix } from 'node:path';
import ts from 'typescript';
import { ROOMS, type SourceTree } from './source-tree.js';

/** A source file of a workspace: its path, workspace, and syntax tree. */
export type SourceFile = { readonly path: string; readonly room: string; readonly syntax: ts.SourceFile };

/** Files under `<room>/src` of the tree, parsed. */
export function sourceFiles(tree: SourceTree): SourceFile[] {
  const files: SourceFile[] = [];
  for (const [path, text] of tree) {
    const room = ROOMS.find((name) => path.startsWith(`${name}/src/`));
    if (room === undefined || !path.endsWith('.ts')) continue;
    files.push({ path, room, syntax: parse(path, text) });
  }
  return files;
}

// Closures meet the same few files again and again; a file's tree and imports depend on nothing but its text.
const parsedFiles = new Map<string, ts.SourceFile>();
const knownSpecifiers = new WeakMap<ts.SourceFile, readonly string[]>();

/** Parses one TypeScript file, with parent links. */
export function parse(path: string, text: string): ts.SourceFile {
  const known = parsedFiles.get(path);
  if (known?.text === text) return known;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  parsedFiles.set(path, file);
  return file;
}

/** Calls `visit` for every node of the file. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}

/** Every module specifier of the file: static, re-exported, dynamic, `import()` types, and `require`. */
export function specifiersOf(file: ts.SourceFile): readonly string[] {
  const known = knownSpecifiers.get(file);
  if (known !== undefined) return known;
  const found = new Set<string>();
  walk(file, (node) => {
    const literal = specifierNode(node);
    if (literal !== undefined && ts.isStringLiteralLike(literal)) found.add(literal.text);
  });
  const specifiers = [...found];
  knownSpecifiers.set(file, specifiers);
  return specifiers;
}

function specifierNode(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const isRequire =
    (ts.isIdentifier(expression) && expression.text === 'require') ||
    (ts.isPropertyAccessExpression(expression) && expression.expression.getText() === 'require');
  return expression.kind === ts.SyntaxKind.ImportKeyword || isRequire ? node.arguments[0] : undefined;
}

/** The project's file that a specifier means from `from`, or undefined for an import from outside the project. */
export function resolveInside(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) {
    return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts').replace('/dist/', '/src/');
  }
  const ours = /^@holdfast\/([^/]+)(?:\/(.+))?$/.exec(specifier);
  return ours === null ? undefined : `${ours[1]}/src/${ours[2] ?? 'index'}.ts`;
}

/** The npm package of a bare specifier (`@scope/name/sub` → `@scope/name`). */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Every file of the project that `entry` reaches, itself included, with the specifiers from outside it meets. */
export function closureOf(
  tree: SourceTree,
  entry: string,
): { readonly files: ReadonlySet<string>; readonly outside: ReadonlySet<string> } {
  const files = new Set<string>();
  const outside = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const text = tree.get(path);
    if (text === undefined || files.has(path)) continue;
    files.add(path);
    for (const specifier of specifiersOf(parse(path, text))) {
      const inside = resolveInside(path, specifier);
      if (inside === undefined) outside.add(specifier);
      else open.push(inside);
    }
  }
  return { files, outside };
}
