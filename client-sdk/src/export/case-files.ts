/**
 * A case as one folder: written beside its place under another name, moved there whole, never over what exists. Only its owner may
 * read it. Files of messages are byte for byte what was signed; everything else says first what may be done with it.
 */
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { randomBytes } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import { type ConversationId, canonicalText, toBase64url, utf8 } from '@holdfast/protocol';
import type { ExportRecord } from '../archive/retention-table.js';
import { type Case, caseOf } from '../cases/case.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { goamlReport, parseGoamlProfile } from '../goaml/report.js';
import { fileHash } from '../retention/erase-files.js';
import { noteExported } from '../retention/note-copy.js';
import { type FetchedFile, fetchAttachments } from './attachments.js';
import { caseDocument, type MessageFiles } from './case-document.js';
import { casePage } from './case-page.js';
import { caseEntities } from './entities.js';
import { stixBundle } from './stix.js';
import { handlingOf, headOf, termsOf } from './terms.js';

export interface ExportRequest {
  readonly conversation: ConversationId;
  /** A folder that does not exist yet; its parent does. */
  readonly to: string;
  /** A STIX 2.1 bundle beside the rest. */
  readonly stix?: boolean;
  /** A goAML-shaped report by an agency's profile, as read from its file. */
  readonly goaml?: unknown;
  /** Leaves attachments at the relay; they are named all the same. */
  readonly withoutAttachments?: boolean;
  readonly signal: AbortSignal;
}

export interface ExportedCase extends ExportRecord {
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly size: number }[];
  /** Attachments that could not be had, with the reason's code. */
  readonly missing: readonly { readonly id: string; readonly code: string }[];
}

/** @throws SdkError `case.unknown`, `export.exists`, `attachment.corrupt`, `relay.*`; ProtocolError `message.invalid` for the profile */
export async function exportCase(runtime: DeskRuntime, request: ExportRequest): Promise<ExportedCase> {
  const { archive, identity, now } = runtime;
  const found = caseOf(archive, identity.agency, request.conversation, now());
  const profile = request.goaml === undefined ? undefined : parseGoamlProfile(request.goaml);
  const target = resolve(request.to);
  await assertNothingAt(target);
  const folder = join(dirname(target), `.export-${toBase64url(randomBytes(9))}`);
  const atMs = now();
  const files: { path: string; sha256: string; size: number }[] = [];
  let missing: ExportedCase['missing'] = [];
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    await writeFile(join(folder, path), bytes, { mode: 0o600, flag: 'wx' });
    files.push({ path, sha256: toBase64url(sha256(bytes)), size: bytes.length });
  };
  try {
    await mkdir(folder, { mode: 0o700 });
    const terms = termsText(found);
    await put('TERMS.txt', terms);
    for (const name of ['messages', 'attachments']) {
      await mkdir(join(folder, name), { mode: 0o700 });
      await put(`${name}/TERMS.txt`, terms);
    }
    const messages = new Map<string, MessageFiles>();
    for (const [index, { eh, message }] of found.timeline.entries()) {
      const stored = archive.messages.get(eh);
      if (stored === undefined || stored.erasedAtMs !== null) continue;
      const kind = (message.kind === 'unknown' ? 'unknown' : message.kind).replaceAll('.', '-');
      const name = `messages/${String(index + 1).padStart(4, '0')}-${kind}`;
      await put(`${name}.json`, stored.body);
      await put(`${name}.jws`, utf8(stored.jws));
      messages.set(eh, { body: `${name}.json`, evidence: `${name}.jws` });
    }
    const fetched = await fetchAttachments(runtime, found, folder, request);
    missing = fetched.flatMap((one) => (one.kind === 'missing' ? [{ id: one.id, code: one.code }] : []));
    for (const { path, sha256: hash, size } of fetched.flatMap((one) => (one.kind === 'fetched' ? [one] : [])))
      files.push({ path, sha256: hash, size });
    await put(
      'case.json',
      utf8(`${JSON.stringify(caseDocument(found, { atMs, identity, messages, fetched }), undefined, 2)}\n`),
    );
    const entities = caseEntities(found);
    await put('entities.ftm.json', utf8(entities.map((entity) => `${canonicalText(entity)}\n`).join('')));
    await put('index.html', utf8(casePage(found, atMs, (eh) => filesOf(fetched, eh))));
    if (request.stix === true)
      await put('stix.json', utf8(`${JSON.stringify(stixBundle(found, entities, atMs), undefined, 2)}\n`));
    if (profile !== undefined) await put('goaml.xml', utf8(goamlReport(found, profile, atMs)));
    const listed = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const manifest = utf8(
      `${JSON.stringify({ v: 1, terms: termsOf(found), handling: handlingOf(found), exportedAtMs: atMs, files: listed }, undefined, 2)}\n`,
    );
    await put('manifest.json', manifest);
    await assertNothingAt(target);
    await rename(folder, target);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const record: ExportRecord = {
    conversation: request.conversation,
    atMs,
    folder: target,
    formats: [
      'json',
      'ftm',
      'html',
      ...(request.stix === true ? ['stix'] : []),
      ...(profile === undefined ? [] : ['goaml']),
    ],
    sha256: await fileHash(join(target, 'manifest.json')),
  };
  archive.atomically(() => {
    archive.retention.noteExport(record);
    noteExported(
      runtime,
      request.conversation,
      files.map(({ path, sha256: hash }) => ({ path: join(target, path), sha256: hash })),
    );
  });
  return { ...record, files, missing };
}

const filesOf = (
  fetched: readonly FetchedFile[],
  eh: string,
): readonly (FetchedFile & { readonly kind: 'fetched' })[] =>
  fetched.flatMap((file) => (file.kind === 'fetched' && file.eh === eh ? [file] : []));

function termsText(found: Case): Uint8Array {
  const lines = headOf(found).flatMap((section) => [
    `${section.title}:`,
    ...section.lines.map(([name, value]) => `  ${name}: ${value.replace(/\s+/g, ' ')}`),
  ]);
  return utf8(
    `${(lines.length === 0 ? ['No restrictions were set by the messages of this case.'] : lines).join('\n')}\n`,
  );
}

/** @throws SdkError `export.exists` */
async function assertNothingAt(path: string): Promise<void> {
  const there = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (there !== undefined) throw new SdkError('export.exists', `${path} exists already; nothing was written.`);
}
