/** What is on the disks when all processes have ended: a device's archive, and what the relay has taken. */

import { readdirSync } from 'node:fs';
import { FileKeystore } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import { type AgencyId, type DeviceId, epochKeyNameBytes, toEpochKeyName } from '@holdfast/protocol';
import Database from 'better-sqlite3';
import { openDatabase } from '#client-sdk/archive/database.js';
import { messageTable, type StoredMessage } from '#client-sdk/archive/message-table.js';
import { type OutboxItem, outboxTable } from '#client-sdk/archive/outbox-table.js';
import { OwnEpochKeys } from '#client-sdk/enrolment/own-epoch-keys.js';
import { devicePaths } from '#client-sdk/home/home.js';
import { readMessage } from '#client-sdk/receive/read-message.js';
import type { TestNetwork } from '../fixtures/network.js';

export interface DeviceState {
  /** SQLite's own verdict: `ok`. */
  readonly integrity: unknown;
  readonly foreignKeys: readonly unknown[];
  readonly outbox: readonly OutboxItem[];
  /** Messages of others, receipts apart. */
  readonly received: readonly StoredMessage[];
  /** Receipts of others, as `level of eh`. */
  readonly receipts: readonly string[];
  readonly held: number;
  /** Files in the spool of attachments. */
  readonly spooled: readonly string[];
  readonly alarms: readonly string[];
}

/** Reads the archive of a device that no process has open. */
export async function deviceState(network: TestNetwork, agency: AgencyId): Promise<DeviceState> {
  const paths = devicePaths(network.agencyHome(agency), 'gateway');
  const keystore = await FileKeystore.open(paths.keystore, { unlock: network.unlock, fed: network.trust.fed });
  const db = openDatabase(paths.archive, keystore.deriveKey('archive'));
  try {
    const messages = messageTable(db);
    const incoming = messages
      .conversations()
      .flatMap((conversation) => messages.ofConversation(conversation))
      .filter(({ direction }) => direction === 'in')
      .sort((a, b) => a.arrival - b.arrival);
    return {
      integrity: db.pragma('integrity_check', { simple: true }),
      foreignKeys: db.pragma('foreign_key_check') as unknown[],
      outbox: outboxTable(db).list(),
      received: incoming.filter(({ kind }) => !kind.startsWith('receipt.')),
      receipts: incoming.filter(({ kind }) => kind.startsWith('receipt.')).map(receiptName),
      held: db.prepare('SELECT 1 FROM held').all().length,
      spooled: readdirSync(paths.spool),
      alarms: db
        .prepare<[], { code: string }>('SELECT code FROM alarms')
        .all()
        .map(({ code }) => code),
    };
  } finally {
    db.close();
    await keystore.close();
  }
}

function receiptName(message: StoredMessage): string {
  const { kind, body } = readMessage(message);
  return `${kind} of ${typeof body === 'object' && body !== null && 'eh' in body ? String(body.eh) : '?'}`;
}

export interface RelayReceipt {
  readonly sender: string;
  readonly id: string;
  readonly eh: string;
}

/** Every envelope that the relay has taken. */
export function relayReceipts(database: string): RelayReceipt[] {
  const db = new Database(database, { readonly: true });
  try {
    return db.prepare<[], RelayReceipt>('SELECT sender, id, eh FROM receipts').all();
  } finally {
    db.close();
  }
}

/** The day keys that a device has made public, and how many of them its keystore can no longer open an envelope with. */
export async function dayKeys(
  network: TestNetwork,
  agency: AgencyId,
  name: string,
  device: DeviceId,
): Promise<{ readonly published: number; readonly lost: number }> {
  const db = new Database(network.database, { readonly: true });
  const rows = db
    .prepare<[string], { day: number; key: Uint8Array }>('SELECT day, key FROM epoch_keys WHERE device = ?')
    .all(device);
  db.close();
  const { keystore: folder } = devicePaths(network.agencyHome(agency), name);
  const keystore = await FileKeystore.open(folder, { unlock: network.unlock, fed: network.trust.fed });
  const own = await OwnEpochKeys.load(keystore);
  await keystore.close();
  const lost = rows.filter(
    ({ day, key }) => own.secret(toEpochKeyName(epochKeyNameBytes(sha256, day, key))) === undefined,
  );
  return { published: rows.length, lost: lost.length };
}
