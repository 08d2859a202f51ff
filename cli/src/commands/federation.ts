/** `holdfast federation`: the operator's root of trust. Runs offline, but for `publish`. */
import {
  admitMember,
  initFederation,
  openSession,
  parseMembershipRequest,
  readTrustLists,
  suspendMember,
  trustListPath,
} from '@holdfast/client-sdk';
import type { AcceptedTrustList } from '@holdfast/keys/verify';
import { OPERATIONS, OriginSchema, parserOf } from '@holdfast/protocol';
import type { Command } from 'commander';
import { agencyId, type Context, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { publicKey } from '../input/ids.js';
import { readJsonFile } from '../input/read-input.js';

const parseOrigin = parserOf('relay origin', OriginSchema, 'message.invalid');

export function federationCommands(program: Command): void {
  const group = program.command('federation').description('the root of trust: who is a member');

  group
    .command('init')
    .description('make the root key and the first trust list')
    .requiredOption('--name <name>', 'name of the federation')
    .requiredOption('--relay-origin <origin>', "the relay's name in proofs, such as relay.example.org/holdfast")
    .requiredOption('--relay-key <key>', "the relay's public key, as `holdfast relay init` prints it")
    .option('--use <use>', 'sandbox or live', 'live')
    .option('--valid-days <days>', 'life of a trust list', '365')
    .action(
      async (
        options: { name: string; relayOrigin: string; relayKey: string; use: string; validDays: string },
        command: Command,
      ) => {
        const context = contextOf(command);
        if (options.use !== 'sandbox' && options.use !== 'live')
          throw new CliError('usage', '--use is sandbox or live.');
        const accepted = await initFederation(context.federationHome, await context.unlock(), {
          name: options.name,
          use: options.use,
          relay: { origin: parseOrigin(options.relayOrigin), key: publicKey(options.relayKey) },
          validDays: Number(options.validDays),
          nowMs: Date.now(),
        });
        report(
          context,
          accepted,
          `Federation "${options.name}" made. Give its id to every member, and compare it by phone.`,
        );
      },
    );

  group
    .command('admit <request>')
    .description('sign the next trust list with this member (the file that `agency init` wrote)')
    .action(async (request: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const member = parseMembershipRequest(await readJsonFile(request));
      const accepted = await admitMember(context.federationHome, await context.unlock(), member, Date.now());
      report(
        context,
        accepted,
        `${member.name} (${member.agency}) is a member from version ${accepted.list.version} on.`,
      );
    });

  group
    .command('suspend <agency>')
    .description('sign the next trust list with this member suspended')
    .action(async (agency: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const accepted = await suspendMember(
        context.federationHome,
        await context.unlock(),
        agencyId(agency),
        Date.now(),
      );
      report(context, accepted, `${agency} is suspended from version ${accepted.list.version} on.`);
    });

  group
    .command('publish')
    .description('send the trust lists that the relay does not have yet')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const { relay } = context.options;
      if (relay === undefined) throw new CliError('usage', "Give the relay's address with --relay.");
      const session = openSession(relay, context.deadline());
      const lists = await readTrustLists(context.federationHome);
      const { latest } = await session.openCall(OPERATIONS.getTrustLists, { query: { from: '1000000' } });
      for (const { jws, list } of lists.filter((accepted) => accepted.list.version > latest)) {
        await session.openCall(OPERATIONS.publishTrustList, { body: jws });
        context.output.event('trust-list.published', { version: list.version }, `Version ${list.version} published.`);
      }
    });
}

function report(context: Context, accepted: AcceptedTrustList, text: string): void {
  const { fed, list } = accepted;
  const file = trustListPath(context.federationHome, list.version);
  context.output.event(
    'trust-list.signed',
    { fed, version: list.version, members: list.members.length, file },
    `${text}\nFederation id: ${fed}\nTrust list:    ${file}`,
  );
}
