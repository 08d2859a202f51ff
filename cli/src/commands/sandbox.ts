/** `holdfast sandbox`: a whole local network to try everything on. `npm start` is this. */
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SdkEvent } from '@holdfast/client-sdk';
import type { Command } from 'commander';
import { contextOf, interrupted } from '../context.js';
import { APPROVER, DRAFTER } from '../sandbox/agency.js';
import { MEMBERS, makeNetwork, type SandboxMember } from '../sandbox/network.js';
import { runWholeCase } from '../sandbox/whole-case.js';

const SAMPLES = fileURLToPath(new URL('../../../samples', import.meta.url));
const DEFAULT_PORT = '4640';

export function sandboxCommand(program: Command): void {
  program
    .command('sandbox')
    .description('a relay and two agencies of fictional States on this machine')
    .option('--once', 'run one whole case, check everything, and end')
    .option('--folder <folder>', 'where to put it; made afresh each time', '.sandbox')
    .option('--port <port>', "the relay's port; 0 takes any free one", DEFAULT_PORT)
    .action(async (options: { once?: boolean; folder: string; port: string }, command: Command) => {
      const { output } = contextOf(command);
      const startedAtMs = Date.now();
      const home = resolve(options.folder);
      const isOnce = options.once === true;
      output.event('sandbox.started', { home }, `Making a network of fictional States in ${home} …`);
      const network = await makeNetwork({
        home,
        samples: SAMPLES,
        port: Number(isOnce && options.port === DEFAULT_PORT ? 0 : options.port),
        devices: isOnce ? ['gateway'] : ['gateway', 'desk'],
        report: output.event,
        signal: AbortSignal.any([AbortSignal.timeout(300_000), interrupted]),
      });
      try {
        if (isOnce) {
          const result = await runWholeCase(network, { samples: SAMPLES, report: output.event });
          output.event(
            'sandbox.done',
            { ok: true, ...result, tookMs: Date.now() - startedAtMs },
            `Done in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s. Everything held.`,
          );
        } else {
          await stayOpen(network, output);
        }
      } catch (error) {
        // Nothing may stay running behind a failure.
        await network.killAll();
        throw error;
      }
    });
}

/** The name and kind of what came, not its content: that is the inbox's. */
function gatewayFields(agency: string, event: SdkEvent): Readonly<Record<string, unknown>> {
  const { event: what, ...fields } = event;
  if (event.event !== 'inbox.stored' && event.event !== 'sibling.stored') return { agency, what, ...fields };
  const { eh, kind, conversation } = event.message;
  return { agency, what, eh, kind, conversation };
}

/** What a person who watches the gateways wants to know; the rest is the outbox's own business. */
function gatewayText(event: SdkEvent): string | undefined {
  switch (event.event) {
    case 'inbox.stored':
      return `a message has come (${event.message.kind}); read it with \`inbox\``;
    case 'receipt':
      return `${event.agency} has signed: ${event.level}`;
    case 'alarm':
      return `${event.severity.toUpperCase()} ${event.code}: ${event.text} ${event.advice}`;
    case 'outbox.refused':
      return `the relay refused a message: ${event.problem.title}`;
    case 'outbox.expired':
      return 'a message expired before it was fetched';
    case 'outbox.waiting':
      return `waiting: ${event.advice}`;
    case 'rewrapped':
      return `a message was given to a new device of ${event.agency}`;
    case 'draft':
      return 'a draft has changed; see `drafts`';
    case 'disclosure.state':
      return `a disclosure is ${event.state}`;
    case 'disclosure.content':
      return 'what was released is here; read it with `disclosure content`';
    case 'advice':
    case 'sibling.stored':
    // The alarm has said it.
    case 'deadline':
    case 'outbox.accepted':
    case 'outbox.uploading':
    case 'connection':
      return undefined;
  }
}

async function stayOpen(
  network: Awaited<ReturnType<typeof makeNetwork>>,
  output: ReturnType<typeof contextOf>['output'],
): Promise<void> {
  const [a, b] = MEMBERS;
  const agencies = MEMBERS.map((member) =>
    network.startAgency(member, (event) => {
      const text = gatewayText(event);
      if (text !== undefined)
        output.event('gateway', gatewayFields(member.agency, event), `  ${member.agency}: ${text}`);
    }),
  );
  for (const agency of agencies) await agency.order({ do: 'online' });
  const holdfast = `HOLDFAST_UNLOCK_KEY_FILE=${network.unlockFile} npx holdfast --home ${network.home} --device desk`;
  const as = (member: SandboxMember, officer: string): string =>
    `HOLDFAST_OFFICER_KEY_FILE=${join(network.officersFolder(member), `${officer}.key`)} ${holdfast} --agency ${member.agency} --as ${officer}`;
  output.event(
    'sandbox.ready',
    { relay: network.relay.url, home: network.home, unlockFile: network.unlockFile },
    [
      '',
      'Two agencies are online. Try, in another terminal:',
      '',
      `  ${holdfast} --agency ${a.agency} directory find`,
      `  ${holdfast} --agency ${a.agency} directory show ${b.agency}`,
      '  # four eyes: one officer drafts, another approves, each with a key of their own',
      `  ${as(a, DRAFTER)} freeze request ${join('samples', 'alert.json')} --to ${b.agency}`,
      `  ${as(a, APPROVER)} approve <draft>`,
      `  ${holdfast} --agency ${b.agency} inbox`,
      `  ${as(b, DRAFTER)} freeze acknowledge <conversation> ${join('samples', 'acknowledge.json')}`,
      `  ${as(b, DRAFTER)} freeze impose <conversation> ${join('samples', 'impose.json')}`,
      `  ${holdfast} --agency ${b.agency} drafts`,
      `  ${as(b, APPROVER)} approve <draft>`,
      '  # a sandbox lets a device speak alone, too',
      `  ${holdfast} --agency ${a.agency} disclose ${join('samples', 'disclosure.json')} --to ${b.agency}`,
      `  ${holdfast} --agency ${a.agency} case list`,
      '',
      'Ctrl-C ends everything.',
    ].join('\n'),
  );
  if (!interrupted.aborted) await once(interrupted, 'abort');
  await Promise.all(agencies.map((agency) => agency.stop()));
  await network.relay.stop();
  output.event('sandbox.stopped', {}, 'Everything has ended.');
}
