/** `holdfast agency`: what an administrator does once for the agency. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agencyPaths, initAgency, joinFederation } from '@holdfast/client-sdk';
import type { Command } from 'commander';
import { agencyId, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { federationId } from '../input/ids.js';
import { readCapability, readEntry } from '../input/read-documents.js';
import { agencyRootCommands } from './agency-root.js';
import { rootPlan } from './draft.js';

export function agencyCommands(program: Command): void {
  const group = program.command('agency').description('your own agency: keys, membership, directory entry');

  group
    .command('init <id>')
    .description("make the agency's root and directory keys and the request for membership")
    .requiredOption('--name <name>', 'official name')
    .option('--root-keys <n>', 'how many people hold a root key', '1')
    .option('--threshold <m>', 'how many of them must sign', '1')
    .action(async (id: string, options: { name: string; rootKeys: string; threshold: string }, command: Command) => {
      const context = contextOf(command);
      const agency = agencyId(id);
      const home = join(context.home, 'agency', agency);
      const unlock = await context.unlock();
      const plan = await rootPlan(agencyPaths(home).root, options, async () => await Promise.resolve(unlock));
      const request = await initAgency(home, agency, options.name, unlock, undefined, plan);
      const file = join(home, 'membership-request.json');
      await writeFile(file, `${JSON.stringify(request, null, 2)}\n`);
      context.output.event(
        'agency.made',
        { agency, home, request: file },
        `${options.name} (${agency}) made in ${home}.\nSend ${file} to the federation.`,
      );
    });

  agencyRootCommands(group);

  group
    .command('register')
    .description('join the federation and publish directory entry and capability record')
    .requiredOption('--fed <id>', "the federation's id, compared by phone")
    .requiredOption('--entry <file>', 'directory entry')
    .requiredOption('--capability <file>', 'capability record')
    .action(async (options: { fed: string; entry: string; capability: string }, command: Command) => {
      const context = contextOf(command);
      const { relay } = context.options;
      if (relay === undefined) throw new CliError('usage', "Give the relay's address with --relay.");
      const nowMs = Date.now();
      const entry = await readEntry(options.entry, nowMs);
      const capability = await readCapability(options.capability, nowMs);
      const home = await context.agencyHome();
      const fed = federationId(options.fed);
      const { agency, seq } = await joinFederation({
        home,
        unlock: await context.unlock(),
        relayUrl: relay,
        fed,
        entry,
        capability,
        nowMs,
        signal: context.deadline(),
      });
      context.output.event(
        'agency.registered',
        { agency, seq },
        `${agency} is registered; its chain has ${seq + 1} statements.`,
      );
    });
}
