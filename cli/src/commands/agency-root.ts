/** `holdfast agency root`: the keys above all others of the agency, which several people hold. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  agencyPaths,
  draftRoot,
  holdersAtHand,
  holdersOf,
  publishDraft,
  readAgencyFile,
  readDraft,
} from '@holdfast/client-sdk';
import type { Command } from 'commander';
import { readChain } from '../chain-work.js';
import { type Context, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { type RootOptions, reportDraft, rootPlan, type SignOptions, signDraftFile } from './draft.js';

export function agencyRootCommands(agency: Command): void {
  const group = agency.command('root').description("the agency's root keys: who holds them, and other ones");

  group
    .command('show')
    .description('the root keys in force, how they are trusted, and whose keystores are here')
    .action(async (_options: object, command: Command) => await show(contextOf(command)));

  group
    .command('replace')
    .description('make keys for new holders, and the draft that puts them in the place of those in force')
    .requiredOption('--root-keys <n>', 'how many keys the new root has, those kept included')
    .requiredOption('--threshold <m>', 'how many of them must sign')
    .option('--keep <key...>', 'root keys that stay')
    .action(async (options: RootOptions, command: Command) => {
      const context = contextOf(command);
      const { home, chain, nowMs } = await readChain(context);
      const plan = await rootPlan(agencyPaths(home).root, options, () => context.unlock());
      const { path, draft, holders } = await draftRoot({ home, chain, nowMs }, plan);
      for (const { number, key, folder } of holders)
        context.output.event('root.holder', { number, key, folder }, `Root key ${number}: ${key}\n  ${folder}`);
      if (draft.kind === 'statement' && draft.statement.kind === 'root') {
        // For the federation, should too few of the old holders be left to sign.
        const { agency: id, name } = await readAgencyFile(home);
        const request = { agency: id, name, root: draft.statement.root };
        await writeFile(join(home, 'membership-request.json'), `${JSON.stringify(request, null, 2)}\n`);
      }
      reportDraft(context, path, draft);
    });

  group
    .command('sign <draft>')
    .description("add one holder's signature, after showing what is signed; needs no network")
    .option('--key <folder>', "the holder's keystore, wherever it was carried")
    .option('--yes', 'what is signed has been read')
    .action(async (draft: string, options: SignOptions, command: Command) => {
      const context = contextOf(command);
      await signDraftFile(context, draft, options, await rootFolderOf(context, options), async (read) => {
        await refuseForeign(context, options, read);
        return undefined;
      });
    });

  group
    .command('publish <draft>')
    .description('publish a statement once every signature is there')
    .action(async (path: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const { home, session } = await readChain(context);
      const { chain, statement } = await publishDraft(home, await readDraft(path), session);
      const { agency: id, seq, rootTrust } = chain;
      context.output.event(
        'statement.published',
        { agency: id, seq, kind: statement.kind, rootTrust },
        `Published as statement ${seq} of ${id} (${statement.kind}).${rootTrust === 'vouched' ? '\nThe root is vouched for by the federation only: every correspondent has to compare its fingerprint.' : ''}`,
      );
    });
}

async function show(context: Context): Promise<void> {
  const { home, chain } = await readChain(context);
  const folder = agencyPaths(home).root;
  const holders = await holdersOf(folder);
  const here = new Set((await holdersAtHand(folder, chain.root.keys)).map(({ key }) => key));
  const { threshold, keys } = chain.root;
  const rows = keys.map((key) => ({
    key,
    number: holders.find((holder) => holder.key === key)?.number ?? null,
    isHere: here.has(key),
  }));
  const lines = rows.map(({ key, number, isHere }) => `  ${number ?? '-'}  ${key}${isHere ? '  (keystore here)' : ''}`);
  context.output.event(
    'root',
    { agency: chain.agency, threshold, keys: rows, rootTrust: chain.rootTrust, rootSeq: chain.rootSeq },
    `${chain.agency}: ${threshold} of ${keys.length} must sign; ${chain.rootTrust}${chain.rootSeq < 0 ? '' : ` at statement ${chain.rootSeq}`}.\n${lines.join('\n')}`,
  );
}

/** With --key the holder may be anywhere, also where there is no agency. */
const rootFolderOf = async (context: Context, options: SignOptions): Promise<string> =>
  options.key === undefined ? agencyPaths(await context.agencyHome()).root : '';

/** A holder at the agency's home signs nothing for another agency or federation, nor a trust list, by mistake. */
async function refuseForeign(
  context: Context,
  options: SignOptions,
  draft: Awaited<ReturnType<typeof readDraft>>,
): Promise<void> {
  if (draft.kind !== 'statement')
    throw new CliError('usage', 'This is a trust list: it is signed with `holdfast federation sign`.');
  if (options.key !== undefined) return;
  const { agency, federation } = await readAgencyFile(await context.agencyHome());
  const isOurs = draft.statement.agency === agency && (federation === null || draft.statement.fed === federation.fed);
  if (!isOurs) throw new CliError('usage', `The draft is not for ${agency} in the federation that it has joined.`);
}
