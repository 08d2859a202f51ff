/** A receipt says of another message how far it came: that is counted with the message. */
import type { Hash } from '@holdfast/protocol';
import type { Archive } from '../archive/archive.js';
import type { Acknowledgement, AcknowledgementLevel, StoredMessage } from '../archive/message-table.js';
import { readMessage } from './read-message.js';

const LEVELS: Readonly<Record<string, AcknowledgementLevel>> = {
  'receipt.delivered': 'delivered',
  'receipt.opened': 'opened',
  'receipt.acted': 'acted',
};

/** @returns what was counted; undefined where the message is no receipt that this version knows */
export function countReceipt(
  archive: Archive,
  message: Pick<StoredMessage, 'kind' | 'body' | 'agency' | 'tsMs' | 'eh'>,
): Acknowledgement | undefined {
  const { kind, body } = readMessage(message);
  const level = LEVELS[kind];
  if (level === undefined || !isObject(body) || !hasEh(body)) return undefined;
  const { agency, tsMs: atMs, eh: receiptEh } = message;
  const found = { eh: body.eh, agency, level, atMs, receiptEh };
  archive.messages.acknowledge(found);
  return found;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
/** The schema of the kind has checked what `eh` is. */
const hasEh = (body: object): body is { readonly eh: Hash } => 'eh' in body;
