import { join } from 'node:path';
import type { HoldfastDesk, InboxItem } from '@holdfast/client-sdk';

/** Your case system, as far as this example needs it. */
export interface CaseSystem {
  /** Stores the item under the key `eh`; where that key is there already, changes nothing. Resolves when it is on disk. */
  put(eh: string, item: InboxItem, files: readonly string[]): Promise<void>;
}

/** Hands over whatever arrives until `signal` aborts. Throws where the case system or a download fails; call it again then. */
export async function handOver(
  desk: HoldfastDesk,
  cases: CaseSystem,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  for await (const item of desk.inbox({ signal })) {
    const files: string[] = [];
    for (const ref of item.attachments) {
      const path = join(folder, ref.id); // a name of ours; the sender's file name is only shown
      await desk.download(ref, path, { signal });
      files.push(path);
    }
    await cases.put(item.eh, item, files);
  } // asking for the next item says that this one is dealt with
}
