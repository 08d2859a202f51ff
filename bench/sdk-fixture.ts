/** A device of the SDK with its archive and a directory of any size, without a relay: what receiving costs by itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealEnvelope } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import {
  decodeSubmitted,
  encodeDelivered,
  epochKeyNameBytes,
  type Hash,
  rosterHash,
  toBase64url,
  toConversationId,
  toEnvelopeId,
  toHash,
} from '@holdfast/protocol';
import { type Archive, openArchive } from '#client-sdk/archive/archive.js';
import { Directory } from '#client-sdk/directory/directory.js';
import { headsOf } from '#client-sdk/directory/view.js';
import type { OpeningDependencies } from '#client-sdk/receive/open-delivered.js';
import { type FixtureDevice, type FixtureFederation, only, recipientKey } from '../test/fixtures/federation.js';
import { bareManifest } from '../test/fixtures/manifest.js';

export interface BenchDevice {
  readonly archive: Archive;
  readonly opening: OpeningDependencies;
  /** A directory read anew from the archive: what a start does. */
  readonly replay: () => Directory;
  close(): void;
}

/** `device` of `federation`, which has everybody's trust list and chains in its archive. */
export function benchDevice(federation: FixtureFederation, self: FixtureDevice): BenchDevice {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const archive = openArchive(join(folder, 'archive.db'), new Uint8Array(32));
  archive.atomically(() => {
    archive.directory.addTrustList(1, federation.trust.jws);
    for (const { agency, statements } of federation.agencies)
      for (const [seq, jws] of statements.entries()) archive.directory.addStatement(agency, seq, jws);
  });
  const { fed } = federation;
  const { agency, device, key: signingKey } = self;
  const replay = (): Directory =>
    new Directory({
      archive,
      self: { fed, agency, device },
      now: Date.now,
      onAlarm: (alarm) => {
        throw alarm;
      },
    });
  const pair = only(self.epochKeys);
  const name = toBase64url(epochKeyNameBytes(sha256, pair.day, pair.publicKey));
  return {
    archive,
    replay,
    opening: {
      archive,
      directory: replay(),
      identity: { fed, agency, device, signingKey },
      now: Date.now,
      epochSecret: (wanted) => (wanted === name ? pair : undefined),
    },
    close: () => {
      archive.close();
      rmSync(folder, { recursive: true });
    },
  };
}

let serial = 0;

export interface Thread {
  readonly conversation: number;
  readonly sq: number;
  readonly prev: Hash | null;
}

/** One message of a thread, as the relay hands it to `to`. */
export async function deliveredTo(
  { federation, directory }: { readonly federation: FixtureFederation; readonly directory: Directory },
  from: FixtureDevice,
  to: FixtureDevice,
  { conversation, sq, prev }: Thread,
): Promise<{ readonly bytes: Uint8Array; readonly eh: Hash }> {
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(12, ++serial);
  const thread = new Uint8Array(16);
  new DataView(thread.buffer).setUint32(12, conversation);
  const roster = [from.agency, to.agency].sort();
  const atMs = Date.now();
  const sealed = await sealEnvelope({
    fed: federation.fed,
    id: toEnvelopeId(id),
    from: from.device,
    signingKey: from.key,
    to: [recipientKey(to)],
    dir: headsOf(directory.view, roster),
    atMs,
    expiresAtMs: atMs + 3_600_000,
    priority: 'routine',
    manifest: {
      ...bareManifest(toConversationId(thread), roster),
      rosterHash: toHash(rosterHash(sha256, roster)),
      sq,
      prev,
    },
    body: new TextEncoder().encode(JSON.stringify({ text: 'x'.repeat(1990) })),
    padding: { kind: 'padme' },
  });
  const { core, stanzas, sig, ct } = decodeSubmitted(sealed.bytes);
  return {
    bytes: encodeDelivered({ core, stanzaHashes: stanzas.map(sha256), stanza: only(stanzas), sig, ct }),
    eh: sealed.eh,
  };
}
