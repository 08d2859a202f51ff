/** Keeping an envelope's content key in the archive, for as long as it may be needed for one more device (spec 36-rewrap). */
import { zeroize } from '@holdfast/keys';
import { type EnvelopeCore, type Hash, recipientsOf } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { DirectoryView } from '../directory/view.js';

export interface KeyedEnvelope {
  readonly eh: Hash;
  readonly core: EnvelopeCore;
  readonly contentKey: Uint8Array;
  readonly manifest: { readonly kind: string };
}

/** Keeps the key within the running transaction, and zeroizes it here. Nobody asks for a receipt of one's own again: it has none. */
export function keepContentKey(
  archive: Archive,
  view: DirectoryView,
  direction: 'in' | 'out' | 'sibling',
  { eh, core, contentKey, manifest }: KeyedEnvelope,
): void {
  if (direction !== 'out' || !manifest.kind.startsWith('receipt.')) {
    const recipients = recipientsOf(core);
    const agencies = new Set(recipients.flatMap((device) => view.owners.get(device) ?? []));
    archive.contentKeys.keep({
      eh,
      key: contentKey,
      expiresAtMs: core.exp,
      recipients,
      agencies: [...agencies].sort(),
    });
  }
  zeroize(contentKey);
}
