/** `holdfast keys archive` and `keys recover`: the agency's own way back when every device is lost. */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import {
  addArchiveCustodian,
  alarmEvent,
  archiveStatus,
  initArchive,
  isSdkError,
  makeCustodian,
  type Present,
  publishArchiveKey,
  readOfficer,
  recoverHistory,
  unlockCustodian,
} from '@holdfast/client-sdk';
import type { Custodian } from '@holdfast/keys';
import type { OfficerId } from '@holdfast/protocol';
import type { Command } from 'commander';
import { type Context, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { unlockOf } from '../unlock.js';
import { keysGroup } from './keys-group.js';

const CUSTODIAN = 'a custodian: the name of a keystore in `custodians/`, or a folder; give it once for each';
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function keysArchiveCommands(program: Command): void {
  const group = keysGroup(program);
  const archive = group.command('archive').description("the agency's archive key and its custodians");

  archive
    .command('init')
    .description('make the archive key, sealed to every two of the custodians, and name it in your chain')
    .requiredOption('--custodian <name>', CUSTODIAN, collect)
    .action(async (options: { custodian: readonly string[] }, command: Command) => {
      const context = contextOf(command);
      const home = await context.agencyHome();
      if (new Set(options.custodian).size < 2 || new Set(options.custodian).size !== options.custodian.length)
        throw new CliError('usage', 'Give two custodians or more, each once: --custodian A --custodian B.');
      await assertNoArchive(home);
      const unlock = await context.unlock();
      const custodians: Custodian[] = [];
      for (const [index, name] of options.custodian.entries())
        custodians.push(await hire(home, name, `HOLDFAST_CUSTODIAN_${index + 1}`));
      await initArchive(home, custodians);
      await publish(context, home, unlock);
    });

  archive
    .command('publish')
    .description('name the archive key in your chain, where `archive init` could not')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      await publish(context, await context.agencyHome(), await context.unlock());
    });

  archive
    .command('add-custodian <name>')
    .description('seal the archive key to one custodian more; two others must be present')
    .requiredOption('--custodian <name>', CUSTODIAN, collect)
    .action(async (name: string, options: { custodian: readonly string[] }, command: Command) => {
      const context = contextOf(command);
      const home = await context.agencyHome();
      const present = await meet(home, options.custodian);
      const { archive: hash, custodians } = await addArchiveCustodian(
        home,
        present,
        await hire(home, name, 'HOLDFAST_NEW_CUSTODIAN'),
      );
      context.output.event(
        'archive.custodian-added',
        { archive: hash, custodians },
        `${custodians.length} custodians; any two open the archive key. Copy the new recovery.json to your backups.`,
      );
    });

  archive
    .command('status')
    .description('the archive key and how many custodians it has; needs nobody')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const { archive: hash, custodians } = await archiveStatus(await context.agencyHome());
      context.output.event(
        'archive',
        { archive: hash, custodians },
        `Archive key ${hash}\n${custodians.length} custodians, any two of whom open it:\n  ${custodians.join('\n  ')}`,
      );
    });

  group
    .command('recover')
    .description('give a newly enrolled device the history of devices that are lost; two custodians must be present')
    .requiredOption('--from <folder>', 'the folder with recovery.json and a folder for each device, such as a backup')
    .requiredOption('--custodian <name>', CUSTODIAN, collect)
    .action(async (options: { from: string; custodian: readonly string[] }, command: Command) => {
      const context = contextOf(command);
      const { device, relay } = context.options;
      const home = await context.agencyHome();
      const unlock = await context.unlock();
      const custodians = await meet(home, options.custodian);
      const report = await recoverHistory({
        home,
        device,
        unlock,
        from: options.from,
        custodians,
        signal: context.deadline(),
        ...(relay === undefined ? {} : { relayUrl: relay }),
      });
      const { wraps, restored, alreadyHere, refused } = report;
      for (const { file, code } of refused)
        context.output.alarm(alarmEvent('recovery.record-refused', { file, cause: code }));
      context.output.event(
        'history.recovered',
        { wraps, restored, alreadyHere, refused },
        `${wraps} records: ${restored} restored, ${alreadyHere} here already, ${refused.length} refused.`,
      );
      if (refused.length > 0)
        throw new CliError('recovery.incomplete', `${refused.length} records did not verify and were not restored.`);
    });
}

async function assertNoArchive(home: string): Promise<void> {
  try {
    await archiveStatus(home);
  } catch (error) {
    if (isSdkError(error, 'recovery.none')) return;
    throw error;
  }
  throw new CliError('usage', 'There is an archive key already; `keys archive publish` names it in your chain.');
}

/** The custodian's keystore, made where there is none. */
async function hire(home: string, name: string, prefix: string): Promise<Custodian> {
  const folder = custodianFolder(home, name);
  const isNew = !existsSync(folder);
  const unlock = await unlockOf(prefix, `Password of custodian ${name}, who types it`, isNew);
  return isNew
    ? await makeCustodian(folder, unlock, await officerNumberOf(home, name))
    : await unlockCustodian(folder, unlock);
}

/** The number of the officer of that name, so that the chain's and the custody's are one; a custodian who is none gets one. */
async function officerNumberOf(home: string, name: string): Promise<{ readonly number?: OfficerId }> {
  if (isFolder(name)) return {};
  try {
    return { number: (await readOfficer(home, name)).officer };
  } catch (error) {
    if (isSdkError(error, 'home.not-found')) return {};
    throw error;
  }
}

/** Two custodians, one after the other. */
async function meet(home: string, names: readonly string[]): Promise<Present> {
  const [one, other, ...more] = names;
  if (one === undefined || other === undefined || more.length > 0)
    throw new CliError('usage', 'Give exactly two custodians: --custodian A --custodian B.');
  const unlock = async (name: string, index: number) =>
    await unlockCustodian(
      custodianFolder(home, name),
      await unlockOf(`HOLDFAST_CUSTODIAN_${index}`, `Password of custodian ${name}, who types it`, false),
    );
  return [await unlock(one, 1), await unlock(other, 2)];
}

/** A name stands for a folder in the home; what has a separator is a folder anywhere, such as on a stick. */
const custodianFolder = (home: string, name: string): string =>
  isFolder(name) ? name : join(home, 'custodians', name);
const isFolder = (name: string): boolean => name.includes('/') || name.includes(sep);

async function publish(context: Context, home: string, unlock: Awaited<ReturnType<Context['unlock']>>): Promise<void> {
  const { relay } = context.options;
  const { archive, custodians, notAfterMs, published } = await publishArchiveKey({
    home,
    unlock,
    nowMs: Date.now(),
    signal: context.deadline(),
    ...(relay === undefined ? {} : { relayUrl: relay }),
  });
  context.output.event(
    'archive.published',
    { archive, custodians, notAfterMs, published },
    [
      `Archive key ${archive}, ${custodians.length} custodians, until ${new Date(notAfterMs).toISOString().slice(0, 10)}.`,
      'From now on your devices wrap to it what they store. Copy the folder `recovery` to your backups; let the',
      'custodians take their keystores with them.',
    ].join('\n'),
  );
}
