// The project's own files as a map from repository path to text, read from the working directory (the repository root).
// The rules work on such a map, so that a test can plant a violation in one without touching the disk.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Repository path with forward slashes → text of the file. */
export type SourceTree = ReadonlyMap<string, string>;

/** The workspaces, in the order of their dependencies. */
export const ROOMS = ['protocol', 'log', 'keys', 'client-sdk', 'server', 'cli'] as const;

const SKIPPED = new Set(['node_modules', 'dist', 'build', '.git', '.tap', '.sandbox', 'vectors']);
const BINARY = new Set(['.png', '.jpg', '.jpeg', '.gif', '.ico', '.pdf', '.zip', '.woff2', '.wasm', '.sqlite', '.bin']);

/** Every text file of the repository that is not generated, downloaded or a vector. */
export function readRepository(): SourceTree {
  const tree = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder || '.', { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && !BINARY.has(extname(entry.name)))
        tree.set(path, readFileSync(join('.', path), 'utf8'));
    }
  };
  visit('');
  return tree;
}
