/**
 * The newest envelope that was taken from each device, kept when the envelope itself is gone: by it a restored or cloned device
 * finds out that another has spoken with its key. Written once per device and group commit.
 */
import { type DeviceId, type Hash, parserOf, SubmissionSchema, toBase64url } from '@holdfast/protocol';
import type { NewEnvelope, Store } from '../port.js';
import type { RelayDatabase } from './database.js';

const parseSubmission = parserOf('stored submission', SubmissionSchema, 'encoding.malformed');

/** Notes the last of each sender's envelopes, within the transaction that takes them in. */
export function lastSubmissionWriter(sql: RelayDatabase['sql']): (envelopes: readonly NewEnvelope[]) => void {
  const put = sql.prepare<[string, string, Uint8Array, Uint8Array, Uint8Array, Uint8Array]>(
    `INSERT INTO last_submissions (device, eh, core, stanzas_hash, ct_hash, sig) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (device) DO UPDATE SET eh = excluded.eh, core = excluded.core,
       stanzas_hash = excluded.stanzas_hash, ct_hash = excluded.ct_hash, sig = excluded.sig`,
  );
  return (envelopes) => {
    const newest = new Map<DeviceId, NewEnvelope>(envelopes.map((envelope) => [envelope.from, envelope]));
    for (const [device, { eh, core, stanzasHash, ctHash, sig }] of newest)
      put.run(device, eh, core, stanzasHash, ctHash, sig);
  };
}

interface Row {
  eh: Hash;
  core: Buffer;
  stanzas_hash: Buffer;
  ct_hash: Buffer;
  sig: Buffer;
}

export function lastSubmissionVerb({ sql }: RelayDatabase): Pick<Store, 'lastSubmission'> {
  const get = sql.prepare<[string], Row>(
    'SELECT eh, core, stanzas_hash, ct_hash, sig FROM last_submissions WHERE device = ?',
  );
  return {
    lastSubmission: async (device) => {
      const row = get.get(device);
      if (row === undefined) return undefined;
      const { eh, core, stanzas_hash: stanzasHash, ct_hash: ctHash, sig } = row;
      return parseSubmission({
        eh,
        core: toBase64url(core),
        stanzasHash: toBase64url(stanzasHash),
        ctHash: toBase64url(ctHash),
        sig: toBase64url(sig),
      });
    },
  };
}
