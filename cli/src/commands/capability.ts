/** `holdfast capability`: what an agency can freeze; your own record, checked, published and confirmed again; samples to try it on. */
import { confirmed, publishDocument } from '@holdfast/client-sdk';
import { type CapabilityRecord, freshnessOfCapability } from '@holdfast/protocol';
import type { Command } from 'commander';
import { openChain } from '../chain-work.js';
import { agencyId, type Context, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { readCapability } from '../input/read-documents.js';
import { readSample, sampleStates } from '../input/samples.js';
import { ownPublished } from '../own-published.js';
import { renderCapability } from '../render/capability.js';
import { renderObserved } from '../render/observed.js';
import { section, stack } from '../render/table.js';
import { localZone } from '../render/time.js';
import { validDays, validDaysOption } from './confirm.js';

export function capabilityCommands(program: Command): void {
  const group = program
    .command('capability')
    .description('what agencies can freeze, for how long, and what silence means');

  group
    .command('show <agency>')
    .description("an agency's record as it declares it, beside what its past answers to us show")
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        const signal = context.deadline();
        await desk.online({ signal });
        const agency = agencyId(id);
        const [found] = await desk.find({ agency }, { signal });
        if (found === undefined) throw new CliError('not-found', `The directory has no agency "${id}".`);
        const { capability } = found;
        if (capability === null)
          throw new CliError('not-found', `${id} has published no capability record: ask before you rely on anything.`);
        show(context, capability, section('Observed', renderObserved(desk.observed(agency))), {
          observed: desk.observed(agency),
        });
      });
    });

  group
    .command('check <file>')
    .description('read a record as it would be read when it is published')
    .action(async (file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      show(context, await readCapability(file, Date.now()));
    });

  group
    .command('publish <file>')
    .description("sign and publish your agency's record")
    .action(async (file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      await publish(context, await readCapability(file, Date.now()));
    });

  group
    .command('confirm')
    .description('say again today that the published record holds')
    .addOption(validDaysOption(180))
    .action(async (options: { days: string }, command: Command) => {
      const context = contextOf(command);
      const days = validDays(options.days);
      const { capability } = await ownPublished(context);
      if (capability === null) throw new CliError('not-found', 'Your agency has published no capability record.');
      await publish(context, confirmed(capability, { nowMs: Date.now(), validDays: days }));
    });

  group
    .command('samples [state]')
    .description('UNCONFIRMED records compiled from public sources, one a State; published by nobody')
    .action(async (state: string | undefined, _options: object, command: Command) => {
      const context = contextOf(command);
      const states = state === undefined ? await sampleStates() : [state];
      for (const each of states) {
        const record = await readSample(each, Date.now());
        if (state === undefined)
          context.output.event('capability.sample', { state: each, capability: record }, sampleLine(each, record));
        else show(context, record);
      }
    });
}

const sampleLine = (state: string, { power, measures, source = '' }: CapabilityRecord): string =>
  `${state}  UNCONFIRMED SAMPLE  ${power === 'none' ? 'no power' : measures.map(({ action, duration }) => `${action} ${duration.number} ${duration.unit}`).join(', ')}  ${source}`;

function show(context: Context, capability: CapabilityRecord, more = '', fields: object = {}): void {
  const nowMs = Date.now();
  context.output.event(
    'capability',
    {
      agency: capability.agency,
      unconfirmed: !capability.confirmed,
      freshness: freshnessOfCapability(capability, nowMs),
      capability,
      ...fields,
    },
    stack(capability.agency, renderCapability(capability, capability.expiresAtMs, nowMs, localZone()), more),
  );
}

async function publish(context: Context, record: CapabilityRecord): Promise<void> {
  const { agency, seq } = await publishDocument(await openChain(context), 'capability', record);
  context.output.event(
    'capability.published',
    { agency, seq, expiresAtMs: record.expiresAtMs, unconfirmed: !record.confirmed },
    `The capability record of ${agency} is published, good until ${new Date(record.expiresAtMs).toISOString()}.${record.confirmed ? '' : ' It says UNCONFIRMED: others are told not to rely on it.'}`,
  );
}
