/** What every command shares: where the homes are, how keystores open, how long to wait, how to print. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Holdfast,
  type OfficerSigner,
  openOfficer,
  type SendHandle,
  type Speaker,
  type Spoken,
} from '@holdfast/client-sdk';
import type { Unlock } from '@holdfast/keys';
import { type AgencyId, AgencyIdSchema, parserOf } from '@holdfast/protocol';
import type { Command } from 'commander';
import envPaths from 'env-paths';
import { CliError } from './errors.js';
import { goOnline } from './go-online.js';
import { createOutput, type Output } from './output.js';
import { resolveUnlock } from './unlock.js';
import { officerUnlock } from './unlock-from.js';

export interface GlobalOptions {
  readonly home?: string;
  readonly agency?: string;
  readonly device: string;
  readonly relay?: string;
  readonly json?: boolean;
  readonly timeout: number;
  /** Name of the officer who speaks. */
  readonly as?: string;
}

/** Everything that can be said, by whoever the command speaks as. */
export type Voice = Pick<Speaker<SendHandle | Spoken>, keyof Speaker<SendHandle>>;

export interface Context {
  readonly options: GlobalOptions;
  readonly output: Output;
  /** The root of all roles' folders. */
  readonly home: string;
  readonly federationHome: string;
  readonly relayHome: string;
  agencyHome(): Promise<string>;
  unlock(): Promise<Unlock>;
  /** The officer that `--as` names, with the key open: whoever asks closes it. */
  officer(): Promise<OfficerSigner | undefined>;
  /** Aborts after `--timeout` seconds or at Ctrl-C. */
  deadline(): AbortSignal;
  /** Opens the agency's device, runs `work`, closes it. */
  withDevice<T>(work: (desk: Holdfast) => Promise<T>): Promise<T>;
  /** As `withDevice`, in step with the relay where it is reached, with the voice to speak in. */
  withSpeaker<T>(work: (desk: Holdfast, speaker: Voice) => Promise<T>): Promise<T>;
}

const parseAgencyId = parserOf('agency id', AgencyIdSchema, 'message.invalid');
/** Checks an agency id that a person typed. @throws ProtocolError `message.invalid` */
export const agencyId = (text: string): AgencyId => parseAgencyId(text);

export function contextOf(command: Command): Context {
  const options = command.optsWithGlobals<GlobalOptions>();
  const home = options.home ?? process.env.HOLDFAST_HOME ?? envPaths('holdfast', { suffix: '' }).data;
  const context: Context = {
    options,
    output: createOutput({ json: options.json === true }),
    home,
    federationHome: join(home, 'federation'),
    relayHome: join(home, 'relay'),
    agencyHome: () => agencyHome(home, options.agency),
    unlock: resolveUnlock,
    officer: async () => {
      const { as: name } = options;
      if (name === undefined) return undefined;
      return await openOfficer({ home: await context.agencyHome(), name, unlock: await officerUnlock(name, false) });
    },
    deadline: () => AbortSignal.any([AbortSignal.timeout(options.timeout * 1000), interrupted]),
    withDevice: async (work) => {
      const desk = await Holdfast.open({
        home: await context.agencyHome(),
        device: options.device,
        unlock: await context.unlock(),
        ...(options.relay === undefined ? {} : { relayUrl: options.relay }),
      });
      desk.on((event) => {
        if (event.event === 'alarm') context.output.alarm(event);
      });
      try {
        return await work(desk);
      } finally {
        await desk.close();
      }
    },
    withSpeaker: (work) =>
      context.withDevice(async (desk) => {
        const officer = await context.officer();
        try {
          await goOnline(context, desk);
          return await work(desk, officer === undefined ? desk : desk.as(officer));
        } finally {
          officer?.close();
        }
      }),
  };
  return context;
}

/** Aborted at the first Ctrl-C or SIGTERM, so that everything closes in order; a second one ends the process as usual. */
const interruption = new AbortController();
export const interrupted: AbortSignal = interruption.signal;
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interruption.abort(new CliError('interrupted')));
// Whoever read our output has gone (`| head`): end in order, without a word to nobody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  interruption.abort(new CliError('interrupted'));
});

async function agencyHome(home: string, chosen: string | undefined): Promise<string> {
  const folder = join(home, 'agency');
  if (chosen !== undefined) return join(folder, agencyId(chosen));
  const found = await readdir(folder).catch(() => []);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return join(folder, only);
  if (only === undefined)
    throw new CliError('usage', `There is no agency in ${home}; run \`holdfast agency init\`, or give --home.`);
  throw new CliError('usage', `There are several agencies in ${home}: say which with --agency (${found.join(', ')}).`);
}
