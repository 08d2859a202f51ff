/** `holdfast preflight`: an alert held against what its recipient has published, before anything is sent. */
import { SdkError } from '@holdfast/client-sdk';
import { type Preflight, parseAgencyId, parseMessage, preflight } from '@holdfast/protocol';
import type { Command } from 'commander';
import { agencyId, type Context, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { goOnline } from '../go-online.js';
import { attachedFiles } from '../input/attachments.js';
import { readBody } from '../input/read-body.js';
import { readSample } from '../input/samples.js';
import { renderPreflight } from '../render/preflight.js';
import { localZone } from '../render/time.js';

/** Nobody's State (ISO 3166-1, 8.1.3): with a sample, no agency asks. */
const NOBODY = parseAgencyId('zz-nobody');

interface Options {
  readonly to?: string;
  readonly sample?: string;
  readonly attach?: string[];
}

export function preflightCommand(program: Command): void {
  program
    .command('preflight <file>')
    .description(
      'before sending an alert: is it complete, can they freeze it, for how long, who is on duty; ends with 2 where something stops it',
    )
    .option('--to <agency>', 'agency that is to freeze')
    .option('--sample <state>', 'instead: the UNCONFIRMED sample record of a State, such as CH; no agency is asked')
    .option('--attach <file...>', 'files that would be attached')
    .action(async (file: string, options: Options, command: Command) => {
      const context = contextOf(command);
      const nowMs = Date.now();
      const { named } = attachedFiles(options.attach ?? []);
      const filled = named.length > 0 ? { attachments: named } : {};
      const { body } = parseMessage('freeze.request', await readBody(file, nowMs, filled));
      const { to, sample } = options;
      if ((to === undefined) === (sample === undefined))
        throw new CliError('usage', 'Say whom: --to AGENCY, or --sample STATE to try a sample record.');
      if (sample !== undefined) {
        const record = await readSample(sample, nowMs);
        const recipient = { agency: record.agency, entry: null, capability: record, reach: 'unknown' } as const;
        const sender = { agency: NOBODY, entry: null, capability: null, reach: 'unknown' } as const;
        report(
          context,
          `the sample record of ${sample}`,
          { to: null, sample },
          preflight({ request: body, recipient, sender, nowMs }),
        );
        return;
      }
      const recipient = agencyId(to ?? '');
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        const checked = await desk.preflight({ to: recipient, body }, { signal: context.deadline() });
        report(context, recipient, { to: recipient, sample: null }, checked);
      });
    });
}

function report(
  context: Context,
  to: string,
  fields: { readonly to: string | null; readonly sample: string | null },
  checked: Preflight,
): void {
  context.output.event('preflight', { ...fields, ...checked }, renderPreflight(to, checked, localZone()));
  if (checked.isSendable) return;
  const issues = checked.advice.filter(({ blocks }) => blocks).map(({ field, text }) => ({ field, reason: text }));
  throw new SdkError('preflight.blocked', undefined, { issues });
}
