/**
 * Recovered history: wraps are opened with the archive key, verified one by one, and stored as messages that are dealt with
 * already. What does not verify is listed, never hidden and never stored. Doing it again changes nothing.
 */
import { readFile, stat } from 'node:fs/promises';
import {
  ARCHIVE_WRAP_MAX_BYTES,
  type ArchiveKeyPair,
  isKeysError,
  openArchiveWrap,
  type RecoveryScope,
} from '@holdfast/keys';
import { fromBase64url, isProtocolError, type Manifest } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { DirectoryView } from '../directory/view.js';
import { isSdkError, SdkError } from '../errors.js';
import { countReceipt } from '../receive/count-receipt.js';
import { listWraps, type WrapFile } from './folder.js';
import { parseRecord, type RecoveryRecord } from './record.js';
import { certificateOf, verifyRecord } from './verify-record.js';

export interface RestoreRequest {
  readonly archive: Archive;
  readonly scope: RecoveryScope;
  readonly view: DirectoryView;
  /** The folder of wraps, such as a copy from a backup. */
  readonly from: string;
  readonly archiveKey: ArchiveKeyPair;
  readonly nowMs: number;
}

export interface RestoreReport {
  readonly wraps: number;
  readonly restored: number;
  /** Verified, and here already: from another device's wrap, an earlier run, or by delivery. */
  readonly alreadyHere: number;
  readonly refused: readonly { readonly file: string; readonly code: string }[];
}

/** @throws SdkError `recovery.nothing-found` where the folder has no wrap at all; the system's error where it cannot be read */
export async function restoreWraps(request: RestoreRequest): Promise<RestoreReport> {
  const files = await listWraps(request.from);
  if (files.length === 0) throw new SdkError('recovery.nothing-found', `There is no wrap in ${request.from}.`);
  const refused: RestoreReport['refused'][number][] = [];
  const order: { readonly file: WrapFile; readonly storedAtMs: number }[] = [];
  // Twice over the files rather than all of an agency's history in memory: first the order, then the content.
  for (const file of files) {
    try {
      const { record } = await readWrap(file, request);
      order.push({ file, storedAtMs: record.head.storedAtMs });
    } catch (error) {
      refused.push({ file: file.path, code: refusalOf(error) });
    }
  }
  order.sort((a, b) => a.storedAtMs - b.storedAtMs);
  let restored = 0;
  for (const { file } of order) {
    const { record, manifest } = await readWrap(file, request);
    const outcome = store(request, record, manifest);
    if (outcome === 'restored') restored++;
    else if (outcome === 'differs') refused.push({ file: file.path, code: 'recovery.record-invalid' });
  }
  return { wraps: files.length, restored, alreadyHere: files.length - restored - refused.length, refused };
}

interface VerifiedWrap {
  readonly record: RecoveryRecord;
  readonly manifest: Manifest;
}

async function readWrap(file: WrapFile, { scope, view, archiveKey }: RestoreRequest): Promise<VerifiedWrap> {
  const { size } = await stat(file.path);
  if (size > ARCHIVE_WRAP_MAX_BYTES) throw new SdkError('recovery.record-invalid');
  const { device, number } = file;
  const deviceKey = fromBase64url(certificateOf(view, scope.agency, device).key);
  const name = { ...scope, device, number };
  const bytes = new Uint8Array(await readFile(file.path));
  const record = parseRecord(await openArchiveWrap(bytes, { name, archive: archiveKey, deviceKey }));
  return { record, manifest: verifyRecord(record, scope.agency, view) };
}

/** Only what a wrap can be guilty of; a fault of the disk or of this program is no refusal. */
function refusalOf(error: unknown): string {
  if (isKeysError(error) || isSdkError(error) || isProtocolError(error)) return error.code;
  throw error;
}

function store(
  { archive, nowMs }: RestoreRequest,
  { head, body }: RecoveryRecord,
  manifest: Manifest,
): 'restored' | 'here' | 'differs' {
  const { v: _v, agencies, ...message } = head;
  return archive.atomically(() => {
    if (head.direction !== 'out') countReceipt(archive, { ...head, body });
    const here = archive.messages.get(head.eh);
    // Erased stays erased, whatever an old backup still has.
    if (here !== undefined && here.erasedAtMs !== null) return 'here';
    if (here !== undefined) return here.jws === head.jws && Buffer.compare(here.body, body) === 0 ? 'here' : 'differs';
    archive.conversations.create(head.conversation, agencies, nowMs);
    archive.conversations.see(head.conversation, { device: head.device, sq: manifest.sq, eh: head.eh });
    const { sq, prev } = manifest;
    archive.messages.insert({ ...message, body, handled: true, envelopeId: null, sq, prev, isReady: true });
    archive.missing.forget(head.eh);
    archive.messages.flag(head.eh, 'recovered');
    archive.recovery.markRecovered(head.eh, nowMs);
    return 'restored';
  });
}
