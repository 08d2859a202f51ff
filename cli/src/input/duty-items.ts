/** Which messages of a case a duty speaks of: as the file says, as the command line says, else the one that opened the case. */
import type { Case } from '@holdfast/client-sdk';
import type { SharedItem } from '@holdfast/protocol';
import { CliError } from '../errors.js';
import { envelopeHash } from './ids.js';

/** @throws CliError `not-found` where nothing has been sent in the case yet */
export function itemsOf({ timeline, conversation }: Case, messages: readonly string[] | undefined): SharedItem[] {
  if (messages !== undefined) return messages.map((text) => ({ eh: envelopeHash(text) }));
  const [opening] = timeline;
  if (opening === undefined) throw new CliError('not-found', `Nothing has been sent in ${conversation} yet.`);
  return [{ eh: opening.eh }];
}

/** Completes a body with the items, where its file names none. */
export function withItems(body: unknown, items: () => readonly SharedItem[]): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || 'items' in body) return body;
  return { ...body, items: items() };
}
