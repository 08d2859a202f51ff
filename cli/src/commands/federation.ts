/** `holdfast federation`: the operator's root of trust. Runs offline, but for `publish`. */
import {
  type Change,
  draftFederationRoot,
  draftNext,
  finishTrustList,
  initFederation,
  latestTrustList,
  listBefore,
  openSession,
  parseMembershipRequest,
  readDraft,
  readTrustLists,
  rootFolder,
  signNext,
  trustListPath,
  withMember,
  withoutMember,
} from '@holdfast/client-sdk';
import type { AcceptedTrustList } from '@holdfast/keys/verify';
import { OPERATIONS, OriginSchema, parserOf } from '@holdfast/protocol';
import type { Command } from 'commander';
import { agencyId, type Context, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { publicKey } from '../input/ids.js';
import { readJsonFile } from '../input/read-input.js';
import { type RootOptions, reportDraft, rootPlan, type SignOptions, signDraftFile } from './draft.js';

const parseOrigin = parserOf('relay origin', OriginSchema, 'message.invalid');

export function federationCommands(program: Command): void {
  const group = program.command('federation').description('the root of trust: who is a member');

  group
    .command('init')
    .description('make the root keys and the first trust list')
    .requiredOption('--name <name>', 'name of the federation')
    .requiredOption('--relay-origin <origin>', "the relay's name in proofs, such as relay.example.org/holdfast")
    .requiredOption('--relay-key <key>', "the relay's public key, as `holdfast relay init` prints it")
    .option('--use <use>', 'sandbox or live', 'live')
    .option('--valid-days <days>', 'life of a trust list', '365')
    .option('--root-keys <n>', 'how many people hold a root key', '1')
    .option('--threshold <m>', 'how many of them must sign', '1')
    .action(
      async (
        options: { name: string; relayOrigin: string; relayKey: string; use: string; validDays: string } & RootOptions,
        command: Command,
      ) => {
        const context = contextOf(command);
        if (options.use !== 'sandbox' && options.use !== 'live')
          throw new CliError('usage', '--use is sandbox or live.');
        const root = await rootPlan(rootFolder(context.federationHome), options, () => context.unlock());
        const accepted = await initFederation(context.federationHome, null, {
          root,
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
    .option('--new-root', 'vouch for other root keys than the list has for it: compare them by telephone first')
    .action(async (request: string, options: { newRoot?: boolean }, command: Command) => {
      const context = contextOf(command);
      const member = parseMembershipRequest(await readJsonFile(request));
      const change = withMember(member, { replaceRoot: options.newRoot === true });
      await makeNext(context, change, `${member.name} (${member.agency}) is a member`);
    });

  group
    .command('suspend <agency>')
    .description('sign the next trust list with this member suspended')
    .action(async (agency: string, _options: object, command: Command) => {
      await makeNext(contextOf(command), withoutMember(agencyId(agency)), `${agency} is suspended`);
    });

  group
    .command('rotate')
    .description(
      "make keys for new holders of the federation's root, and the draft that puts them in the place of the old",
    )
    .requiredOption('--root-keys <n>', 'how many keys the new root has, those kept included')
    .requiredOption('--threshold <m>', 'how many of them must sign')
    .option('--keep <key...>', 'root keys that stay')
    .action(async (options: RootOptions, command: Command) => {
      const context = contextOf(command);
      const home = context.federationHome;
      const { list } = await latestTrustList(home);
      const plan = await rootPlan(rootFolder(home), options, () => context.unlock());
      const { path, draft, holders } = await draftFederationRoot(home, plan, Date.now());
      for (const { number, key, folder } of holders)
        context.output.event('root.holder', { number, key, folder }, `Root key ${number}: ${key}\n  ${folder}`);
      reportDraft(context, path, draft, list);
    });

  group
    .command('sign <draft>')
    .description("add one holder's signature, after showing what is signed; needs no network")
    .option('--key <folder>', "the holder's keystore, wherever it was carried")
    .option('--yes', 'what is signed has been read')
    .action(async (path: string, options: SignOptions, command: Command) => {
      const context = contextOf(command);
      const home = context.federationHome;
      await signDraftFile(context, path, options, rootFolder(home), async (draft) => {
        if (draft.kind !== 'trust-list')
          throw new CliError('usage', 'This is a statement: it is signed with `holdfast agency root sign`.');
        return await listBefore(home, draft);
      });
    });

  group
    .command('finish <draft>')
    .description('make the draft the next trust list, once every signature is there')
    .action(async (path: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const accepted = await finishTrustList(context.federationHome, await readDraft(path));
      report(context, accepted, `Trust list ${accepted.list.version} is signed.`);
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

/** One step where one holder is enough; else a draft for the holders. */
async function makeNext(context: Context, change: Change, what: string): Promise<void> {
  const home = context.federationHome;
  const { list } = await latestTrustList(home);
  if (list.root.threshold === 1) {
    const accepted = await signNext(home, await context.unlock(), change, Date.now());
    report(context, accepted, `${what} from version ${accepted.list.version} on.`);
    return;
  }
  const { path, draft, previous } = await draftNext(home, change, Date.now());
  reportDraft(context, path, draft, previous);
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
