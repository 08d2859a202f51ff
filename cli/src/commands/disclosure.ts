/** `holdfast disclosure`: terms before content, step by step. The release is no command: the sender's node does it by itself. */
import { type Holdfast, isSdkError } from '@holdfast/client-sdk';
import { type ConversationId, parseMessage, parserOf, RestrictionsSchema } from '@holdfast/protocol';
import type { Command } from 'commander';
import { agencyId, type Context, contextOf } from '../context.js';
import { goOnline } from '../go-online.js';
import { attachedFiles } from '../input/attachments.js';
import { conversationId, envelopeHash } from '../input/ids.js';
import { readBody } from '../input/read-body.js';
import { readInput } from '../input/read-input.js';
import { renderDisclosure } from '../render/disclosure.js';
import { contentFields } from '../render/fields.js';
import { reportSent } from './send.js';

const parseTerms = parserOf('terms', RestrictionsSchema, 'message.invalid');

interface Reason {
  readonly reason: string;
  readonly language: string;
}
const prose = ({ reason, language }: Reason): { language: string; text: string } => ({ language, text: reason });

export function disclosureCommands(program: Command): void {
  const group = program.command('disclosure').description('disclosures with terms before content');

  group
    .command('offer <file>')
    .description('offer a disclosure: nature and terms go out, the content after they are accepted')
    .requiredOption('--to <agency>', 'recipient agency')
    .option('--attach <file...>', 'files to attach; they are released with the content')
    .option('--case-ref <text>', 'your own case reference')
    .action(async (file: string, options: { to: string; attach?: string[]; caseRef?: string }, command: Command) => {
      const context = contextOf(command);
      const to = agencyId(options.to);
      const { attachments, named } = attachedFiles(options.attach ?? []);
      const { body } = parseMessage('disclosure', await readBody(file, Date.now(), { attachments: named }));
      const caseRef = options.caseRef === undefined ? {} : { caseRef: options.caseRef };
      await context.withSpeaker(async (desk, { disclosures }) => {
        const sent = await disclosures.offer({ to, body, attachments, ...caseRef });
        await reportSent(context, desk, `Offer of a disclosure to ${to}`, sent);
      });
    });

  group
    .command('accept <conversation>')
    .description('accept the terms of an offer; the content follows by itself')
    .requiredOption('--offer <envelope>', 'the offer whose terms you have read, as `case show` names it')
    .action(async (conversation: string, options: { offer: string }, command: Command) => {
      const context = contextOf(command);
      const step = { conversation: conversationId(conversation), offer: envelopeHash(options.offer) };
      await context.withSpeaker(async (desk, { disclosures }) => {
        await reportSent(context, desk, 'Acceptance', await disclosures.accept(step));
      });
    });

  group
    .command('decline <conversation> <file>')
    .description('say which terms you cannot comply with, and why')
    .requiredOption('--offer <envelope>', 'the offer whose terms you have read')
    .action(async (conversation: string, file: string, options: { offer: string }, command: Command) => {
      const context = contextOf(command);
      const offer = envelopeHash(options.offer);
      const { body } = parseMessage('disclosure.decline', await readBody(file, Date.now(), { offer }));
      const step = { conversation: conversationId(conversation), offer, terms: body.terms };
      await context.withSpeaker(async (desk, { disclosures }) => {
        await reportSent(context, desk, 'Refusal of terms', await disclosures.decline(step));
      });
    });

  group
    .command('revise <conversation> <terms>')
    .description('offer the same content on other terms, from a file of restrictions')
    .requiredOption('--reason <text>', 'why')
    .option('--waive', 'nothing is asked that was not asked before, and something less')
    .option('--language <tag>', 'language of the reason (ISO 639)', 'en')
    .action(async (conversation: string, file: string, options: Reason & { waive?: boolean }, command: Command) => {
      const context = contextOf(command);
      const terms = parseTerms(await readInput(file, Date.now()));
      const step = {
        conversation: conversationId(conversation),
        terms,
        change: options.waive === true ? 'waived' : 'revised',
      } as const;
      await context.withSpeaker(async (desk, { disclosures }) => {
        await reportSent(context, desk, 'Revision', await disclosures.revise({ ...step, reason: prose(options) }));
      });
    });

  group
    .command('withdraw <conversation>')
    .description('take an offer back before it is accepted; its key is destroyed')
    .requiredOption('--reason <text>', 'why')
    .option('--language <tag>', 'language of the reason (ISO 639)', 'en')
    .action(async (conversation: string, options: Reason, command: Command) => {
      const context = contextOf(command);
      const step = { conversation: conversationId(conversation), reason: prose(options) };
      await context.withSpeaker(async (desk, { disclosures }) => {
        await reportSent(context, desk, 'Withdrawal', await disclosures.withdraw(step));
      });
    });

  group
    .command('relax <conversation> <file>')
    .description('loosen or end restrictions; they are never tightened')
    .option('--from <date>', 'from when, as YYYY-MM-DD (UTC); at once unless said')
    .action(async (conversation: string, file: string, options: { from?: string }, command: Command) => {
      const context = contextOf(command);
      const nowMs = Date.now();
      const fromMs = options.from === undefined ? nowMs : Date.parse(`${options.from}T00:00:00Z`);
      const { body } = parseMessage('disclosure.relax', await readBody(file, nowMs, { fromMs }));
      const { restrictions, reason } = body;
      const step = { conversation: conversationId(conversation), restrictions, reason, fromMs };
      await context.withSpeaker(async (desk, { disclosures }) => {
        await reportSent(context, desk, 'Relaxation', await disclosures.relax(step));
      });
    });

  group
    .command('close <conversation> <file>')
    .description('you have done with a disclosure; say how long you keep it')
    .action(async (conversation: string, file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const { body } = parseMessage('disclosure.close', await readBody(file, Date.now()));
      const { writtenAtMs: _written, ...closing } = body;
      const step = { conversation: conversationId(conversation), ...closing };
      await context.withSpeaker(async (desk, { disclosures }) => {
        await reportSent(context, desk, 'Closing', await disclosures.close(step));
      });
    });

  group
    .command('content <conversation>')
    .description('open what was disclosed; its sender is told, once')
    .action(async (conversation: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const id = conversationId(conversation);
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        const content = await untilHere(context, desk, id);
        context.output.event(
          'disclosure.content',
          { conversation: id, ...contentFields(content) },
          renderDisclosure(content.disclosure),
        );
      });
    });
}

/** What was released a moment ago may still be on its way. @throws SdkError `disclosure.content-missing`, `case.unknown` */
async function untilHere(
  context: Context,
  desk: Holdfast,
  conversation: ConversationId,
): Promise<ReturnType<Holdfast['disclosures']['open']>> {
  const signal = context.deadline();
  let stop = (): void => undefined;
  const here = new Promise<void>((resolve) => {
    stop = desk.on((event) => {
      const isHere = event.event === 'disclosure.content' && event.conversation === conversation;
      if (isHere || (event.event === 'alarm' && event.code.startsWith('disclosure.'))) resolve();
    });
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    return desk.disclosures.open({ conversation });
  } catch (error) {
    const found = isSdkError(error, 'disclosure.content-missing') ? desk.case(conversation).disclosure : null;
    if (found === null || found.released.length === 0 || found.role === 'sender') throw error;
    await here;
    return desk.disclosures.open({ conversation });
  } finally {
    stop();
  }
}
