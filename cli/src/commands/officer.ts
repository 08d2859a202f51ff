/** `holdfast officer`: the people who will sign; each has a key of their own. */
import { addOfficer } from '@holdfast/client-sdk';
import { type Delegation, isMessageKind, MS_PER_DAY, ROLES, type Role } from '@holdfast/protocol';
import type { Command } from 'commander';
import { openChain } from '../chain-work.js';
import { agencyId, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { officerUnlock } from '../unlock-from.js';
import { listKeys, reasonOption, revokeAndReport } from './revoke.js';

export function officerCommands(program: Command): void {
  const group = program.command('officer').description('the officers of your agency');

  group
    .command('add <name>')
    .description("make a key that opens with the officer's own password, and certify it; the name stays here")
    .requiredOption('--role <role...>', ROLES.join(', '))
    .option('--only <kind...>', 'delegate: only these kinds of message')
    .option('--with <agency...>', 'delegate: only towards these agencies')
    .option('--until <date>', 'delegate: until this day is over (UTC), YYYY-MM-DD')
    .action(async (name: string, options: { role: string[] } & DelegationOptions, command: Command) => {
      const context = contextOf(command);
      const roles = [...new Set(options.role.map(roleOf))];
      const work = await openChain(context);
      const { officer, chain } = await addOfficer(work, {
        name,
        roles,
        unlock: await officerUnlock(name, true),
        ...delegationOf(options),
      });
      context.output.event(
        'officer.added',
        { agency: chain.agency, officer, name, roles, seq: chain.seq },
        `Officer "${name}" of ${chain.agency} is certified as ${roles.join(', ')} (${officer}).`,
      );
    });

  group
    .command('list')
    .description('the officers in the chain, with the names that they have here')
    .action(async (_options: object, command: Command) => await listKeys(contextOf(command), 'officer'));

  group
    .command('revoke <officer>')
    .description("revoke an officer's key, by name or number")
    .addOption(reasonOption())
    .option('--by <key>', 'directory, or root where the directory key is lost', 'directory')
    .action(async (officer: string, options: { reason: string; by: string }, command: Command) => {
      await revokeAndReport(contextOf(command), officer, options, ['officer']);
    });
}

interface DelegationOptions {
  readonly only?: string[];
  readonly with?: string[];
  readonly until?: string;
}

/** Bounds of an officer; a delegation names its kinds and its end. @throws CliError `usage` */
function delegationOf(options: DelegationOptions): { readonly delegation?: Delegation } {
  const { only, with: counterparts, until } = options;
  if (only === undefined && counterparts === undefined && until === undefined) return {};
  if (only === undefined || until === undefined)
    throw new CliError('usage', 'A delegation says which kinds (--only) and until when (--until).');
  const unknown = only.find((kind) => !isMessageKind(kind));
  if (unknown !== undefined) throw new CliError('usage', `"${unknown}" is no kind of message.`);
  const startMs = Date.parse(`${until}T00:00:00Z`);
  if (!Number.isInteger(startMs)) throw new CliError('usage', `"${until}" is no date.`);
  const bounds = counterparts === undefined ? {} : { counterparts: counterparts.map(agencyId) };
  return { delegation: { kinds: only, untilMs: startMs + MS_PER_DAY - 1, ...bounds } };
}

function roleOf(text: string): Role {
  const found = ROLES.find((role) => role === text);
  if (found === undefined) throw new CliError('usage', `"${text}" is no role: ${ROLES.join(', ')}.`);
  return found;
}
