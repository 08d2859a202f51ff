/** Encrypting a draft's files before anybody signs for it: their ciphertext is part of what is signed. */
import { resolve } from 'node:path';
import { randomBytes } from '@holdfast/keys';
import { toBase64url } from '@holdfast/protocol';
import type { SpooledFile } from '../attachments/spooled.js';
import type { DeskRuntime } from '../desk-runtime.js';
import type { OutgoingAttachment } from '../send/outgoing-attachments.js';

/** From here on the files may change. What a process that is killed leaves is swept when it starts again. @throws SdkError `attachment.*`, `aborted` */
export async function spoolAll(
  runtime: DeskRuntime,
  attachments: readonly OutgoingAttachment[],
): Promise<SpooledFile[]> {
  const files: SpooledFile[] = [];
  for (const { id, path, sealed } of attachments) {
    // An offered content is encrypted already, under a key that no manifest tells.
    if (sealed !== undefined) continue;
    const key = randomBytes(32);
    const source = resolve(path);
    const { size, sha256 } = await runtime.spool({ id, source, key, signal: runtime.signal });
    files.push({ ref: { id, key: toBase64url(key), size, sha256 }, source });
  }
  return files;
}
