/** `holdfast drafts`, `approve`, `return`, `edit`: what officers do with what was drafted by another. */
import { type MessageDraft, type OfficerSigner, officerNames, readOfficer } from '@holdfast/client-sdk';
import type { OfficerId, Prose } from '@holdfast/protocol';
import type { Command } from 'commander';
import { type Context, contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { goOnline } from '../go-online.js';
import { envelopeId } from '../input/ids.js';
import { readBody } from '../input/read-body.js';
import { renderBody, titleOf } from '../render/body.js';
import { stack } from '../render/table.js';
import { indent, safeLine } from '../render/text.js';
import { draftFields, reportSpoken } from './send.js';

export function approvalCommands(program: Command): void {
  program
    .command('drafts')
    .description('what officers of your agency have drafted, and what became of it')
    .option('--open', 'only what still awaits something')
    .action(async (options: { open?: boolean }, command: Command) => {
      const context = contextOf(command);
      const names = await namesOf(await context.agencyHome());
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        const drafts = desk.drafts().filter(({ state }) => options.open !== true || state !== 'sent');
        for (const draft of drafts) context.output.event('draft', draftFields(draft), describe(draft, names));
        if (drafts.length === 0) context.output.note('There are no drafts.');
      });
    });

  program
    .command('approve <draft>')
    .description('approve a draft, as another officer than its drafter (--as); with enough approvals it is sent')
    .action(async (draft: string, _options: object, command: Command) => {
      const context = contextOf(command);
      await withOfficer(context, async (officer) => {
        await context.withDevice(async (desk) => {
          await goOnline(context, desk);
          await reportSpoken(context, desk, 'Approved', await desk.approve(envelopeId(draft), officer));
        });
      });
    });

  program
    .command('return <draft>')
    .description('send a draft back to its drafter (--as an approver)')
    .requiredOption('--reason <text>', 'what is to be changed')
    .option('--language <code>', 'language of the reason', 'en')
    .action(async (draft: string, options: { reason: string; language: string }, command: Command) => {
      const context = contextOf(command);
      const reason: Prose = { language: options.language, text: options.reason };
      await withOfficer(context, async (officer) => {
        await context.withDevice(async (desk) => {
          await goOnline(context, desk);
          const returned = await desk.returnDraft(envelopeId(draft), officer, reason);
          context.output.event('draft.returned', draftFields(returned), `Returned: ${returned.id}.`);
        });
      });
    });

  program
    .command('edit <draft> <file>')
    .description('give a draft another body (--as); its approvals are void, and you become its drafter')
    .action(async (draft: string, file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const body = await readBody(file, Date.now());
      await withOfficer(context, async (officer) => {
        await context.withDevice(async (desk) => {
          await goOnline(context, desk);
          const edited = await desk.editDraft(envelopeId(draft), officer, body);
          await reportSpoken(context, desk, 'Edited', { kind: 'draft', draft: edited });
        });
      });
    });
}

/** @throws CliError `usage` where nobody is named */
async function withOfficer(context: Context, work: (officer: OfficerSigner) => Promise<void>): Promise<void> {
  const officer = await context.officer();
  if (officer === undefined) throw new CliError('usage', 'Say as which officer: --as NAME.');
  try {
    await work(officer);
  } finally {
    officer.close();
  }
}

/** Numbers of officers with the names that they have in this home. */
async function namesOf(home: string): Promise<ReadonlyMap<OfficerId, string>> {
  const names = new Map<OfficerId, string>();
  for (const name of await officerNames(home)) names.set((await readOfficer(home, name)).officer, name);
  return names;
}

function describe(draft: MessageDraft, names: ReadonlyMap<OfficerId, string>): string {
  const nameOf = (officer: OfficerId): string => safeLine(names.get(officer) ?? officer);
  const { id, state, message, recipients, conversation, drafter, approvals, required, approvedUntilMs, reason } = draft;
  const by = approvals.length === 0 ? 'nobody yet' : approvals.map(nameOf).join(', ');
  return stack(
    `${state.padEnd(17)} ${id}  ${titleOf(message)} to ${recipients.join(', ')}`,
    indent(
      stack(
        `conversation ${conversation}`,
        `drafted by ${nameOf(drafter)}; approved by ${by} (${approvals.length} of ${required}); until ${new Date(approvedUntilMs).toISOString()}`,
        reason === null ? undefined : `returned: ${safeLine(reason.text)}`,
        state === 'sent' ? undefined : renderBody(message, { nowMs: Date.now(), zone: 'UTC' }),
      ),
    ),
  );
}
