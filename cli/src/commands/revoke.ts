/** What `officer`, `device` and `keys` share: listing what the chain has certified, and revoking it. */
import {
  type CertifiedKey,
  findKey,
  type KeyStatus,
  keyStatus,
  type RevocationReason,
  readDraft,
  revokeKey,
} from '@holdfast/client-sdk';
import { Option } from 'commander';
import { openChain, readChain } from '../chain-work.js';
import type { Context } from '../context.js';
import { CliError } from '../errors.js';
import { anyId } from '../input/ids.js';
import { renderKey } from '../render/key.js';
import { reportDraft } from './draft.js';

const REASONS = ['lost', 'compromised', 'superseded', 'left-service'] as const satisfies readonly RevocationReason[];

export const reasonOption = (): Option => new Option('--reason <reason>', 'why').choices(REASONS).makeOptionMandatory();

/** Revokes what `text` names: by the directory key at once, by the root as a draft where several hold it. */
export async function revokeAndReport(
  context: Context,
  text: string,
  options: { readonly reason: string; readonly by: string },
  kinds?: readonly CertifiedKey['what'][],
): Promise<void> {
  const reason = REASONS.find((known) => known === options.reason);
  if (reason === undefined) throw new CliError('usage', `"${options.reason}" is no reason: ${REASONS.join(', ')}.`);
  const { by } = options;
  if (by !== 'directory' && by !== 'root') throw new CliError('usage', '--by is directory or root.');
  const work = await openChain(context);
  const { key, what, id, name } = await findKey(work.home, work.chain, anyId(text), kinds);
  const { chain, draft } = await revokeKey(work, key, reason, by);
  if (chain === null) {
    reportDraft(context, draft, await readDraft(draft));
    return;
  }
  context.output.event(
    'key.revoked',
    { agency: chain.agency, what, key, id, name, reason, seq: chain.seq },
    `The key of ${what} ${name ?? id ?? key} is revoked (${reason}) from statement ${chain.seq} on; it signs nothing more.`,
  );
}

export async function listKeys(context: Context, what: KeyStatus['what']): Promise<void> {
  const { home, chain, nowMs } = await readChain(context);
  const rows = (await keyStatus(home, chain, nowMs)).filter((row) => row.what === what);
  for (const row of rows) context.output.event(what, { ...row }, renderKey(row));
  if (rows.length === 0) context.output.note(`There is no ${what} yet.`);
}
