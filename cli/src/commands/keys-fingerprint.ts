/** `holdfast keys fingerprint`: what two people read to each other by telephone. */
import { type NamedFingerprint, ownFingerprint, readTrustLists } from '@holdfast/client-sdk';
import { compareFingerprint, rootFingerprint } from '@holdfast/keys/verify';
import type { AgencyId } from '@holdfast/protocol';
import type { Command } from 'commander';
import { agencyId, type Context, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { keysGroup } from './keys-group.js';

interface FingerprintOptions {
  readonly federation?: boolean;
  readonly expect?: string;
}

export function keysFingerprintCommand(program: Command): void {
  keysGroup(program)
    .command('fingerprint [agency]')
    .description('the root keys of an agency (yours, if you name none) as words and digits, to compare by telephone')
    .option('--federation', "the federation's root keys instead")
    .option(
      '--expect <words-or-digits>',
      'compare with what you were told, and remember it where it is the same; ends with 4 where it differs',
    )
    .action(async (agency: string | undefined, options: FingerprintOptions, command: Command) => {
      const context = contextOf(command);
      if (agency !== undefined && options.federation === true) command.error('Name an agency, or --federation.');
      const found = await find(
        context,
        agency === undefined ? undefined : agencyId(agency),
        options.federation === true,
        options.expect,
      );
      report(context, found, options.expect);
    });
}

async function find(
  context: Context,
  agency: AgencyId | undefined,
  isFederation: boolean,
  expected: string | undefined,
): Promise<NamedFingerprint> {
  if (isFederation) {
    // The operator's own home has the lists; a member's device has them from the directory.
    const latest = (await readTrustLists(context.federationHome).catch(() => [])).at(-1);
    if (latest !== undefined) {
      const { fed, list } = latest;
      return { fed, agency: null, ...rootFingerprint({ fed, agency: null, root: list.root }) };
    }
  } else {
    const own = await ownFingerprint(await context.agencyHome());
    if (agency === undefined || agency === own.agency) return own;
  }
  return await context.withDevice(async (desk) => {
    const found = await desk.fingerprint(agency ?? null, { signal: context.deadline() });
    // A person has compared: an agency whose root was replaced leaves its quarantine.
    if (agency !== undefined && expected !== undefined) await desk.confirmRoot(agency, expected);
    return found;
  });
}

function report({ output }: Context, found: NamedFingerprint, expected: string | undefined): void {
  const { agency, fed, digits, words } = found;
  const whose = agency === null ? `the federation ${fed}` : agency;
  const compared = expected === undefined ? undefined : compareFingerprint(found, expected);
  const verdict =
    compared === undefined
      ? ['Both stand for the same keys: compare one of them, the whole of it, by telephone.']
      : compared.matches
        ? [`The same as what you were told (${compared.form}).`]
        : [];
  output.event(
    'fingerprint',
    { agency, fed, digits, words, ...(compared === undefined ? {} : { ...compared }) },
    [`Root keys of ${whose}`, '', ...inLines('words ', words), ...inLines('digits', digits), '', ...verdict].join('\n'),
  );
  if (compared?.matches !== false) return;
  throw new CliError(
    'fingerprint.differs',
    compared.form === 'neither'
      ? 'What you were told is neither 12 words nor 60 digits: nothing was compared.'
      : 'NOT the same as what you were told. Do not send anything to them; find out which of you is deceived.',
  );
}

/** Six at a time, as they are read out. */
function inLines(name: string, text: string): string[] {
  const parts = text.split(' ');
  return [`  ${name}  ${parts.slice(0, 6).join(' ')}`, `          ${parts.slice(6).join(' ')}`];
}
