/** `holdfast exculpatory`: what exculpates an accused is disclosed, and its sender told before; exceptionally without delay after. */
import { newDutyRef } from '@holdfast/client-sdk';
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { goOnline } from '../go-online.js';
import { itemsOf, withItems } from '../input/duty-items.js';
import { conversationId, dutyRef } from '../input/ids.js';
import { readBody } from '../input/read-body.js';
import { renderMatter } from '../render/duties.js';
import { reportSent } from './send.js';

interface MatterOptions {
  readonly ref?: string;
  readonly message?: string[];
}

export function exculpatoryCommands(program: Command): void {
  const group = program.command('exculpatory').description('exculpatory disclosure, article 46(5)');

  group
    .command('notify <conversation> <file>')
    .description('tell the sender, before you disclose')
    .option('--ref <ref>', 'a matter that has been notified, to add to it')
    .option('--message <hash...>', 'envelopes that it is in; the one that opened the case where none is named')
    .action(async (conversation: string, file: string, options: MatterOptions, command: Command) => {
      const context = contextOf(command);
      const ref = options.ref === undefined ? newDutyRef() : dutyRef(options.ref);
      const input = await readBody(file, Date.now(), { ref });
      await context.withSpeaker(async (desk, speaker) => {
        const id = conversationId(conversation);
        const completed = withItems(input, () => itemsOf(desk.case(id), options.message));
        const { body } = parseMessage('exculpatory.notice', completed);
        const sent = await speaker.exculpatory.notify({ conversation: id, body });
        context.output.event('exculpatory.ref', { ref, conversation: id }, `Matter: ${ref}`);
        await reportSent(context, desk, 'Notice', sent);
      });
    });

  group
    .command('consult <conversation> <ref> <text...>')
    .description('ask to be consulted, or answer; it stops nothing')
    .option(
      '--wish <wish...>',
      'redact-names, summary-instead, closed-hearing, protective-order, later-date, talk-first',
    )
    .option('--language <tag>', 'language of the text (ISO 639)', 'en')
    .action(
      async (
        conversation: string,
        ref: string,
        text: string[],
        options: { wish?: string[]; language: string },
        command: Command,
      ) => {
        const context = contextOf(command);
        const { body } = parseMessage('exculpatory.consult', {
          writtenAtMs: Date.now(),
          ref: dutyRef(ref),
          ...(options.wish === undefined ? {} : { wishes: options.wish }),
          text: { language: options.language, text: text.join(' ') },
        });
        await context.withSpeaker(async (desk, speaker) => {
          const sent = await speaker.exculpatory.consult({ conversation: conversationId(conversation), body });
          await reportSent(context, desk, 'Consultation', sent);
        });
      },
    );

  group
    .command('disclosed <conversation> <file>')
    .description('record the disclosure; without a notice before, the file must say why that was impossible')
    .option('--ref <ref>', 'the matter that was notified')
    .option('--message <hash...>', 'envelopes that it is in; those of the notice where none is named')
    .action(async (conversation: string, file: string, options: MatterOptions, command: Command) => {
      const context = contextOf(command);
      const ref = options.ref === undefined ? newDutyRef() : dutyRef(options.ref);
      const input = await readBody(file, Date.now(), { ref });
      await context.withSpeaker(async (desk, speaker) => {
        const id = conversationId(conversation);
        const found = desk.case(id);
        const notified = found.duties.exculpatory.find((matter) => matter.ref === ref)?.items;
        const completed = withItems(input, () =>
          options.message === undefined && notified !== undefined ? notified : itemsOf(found, options.message),
        );
        const { body } = parseMessage('exculpatory.disclosed', completed);
        const sent = await speaker.exculpatory.disclosed({ conversation: id, body });
        context.output.event('exculpatory.ref', { ref, conversation: id }, `Matter: ${ref}`);
        if (body.withoutNotice !== undefined)
          context.output.note(`Inform the sender without delay: holdfast exculpatory inform ${id} ${ref} FILE`);
        await reportSent(context, desk, 'Record of the disclosure', sent);
      });
    });

  group
    .command('inform <conversation> <ref> <file>')
    .description('tell the sender after all what was disclosed without notice')
    .action(async (conversation: string, ref: string, file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const { body } = parseMessage('exculpatory.informed', await readBody(file, Date.now(), { ref: dutyRef(ref) }));
      await context.withSpeaker(async (desk, speaker) => {
        const sent = await speaker.exculpatory.inform({ conversation: conversationId(conversation), body });
        await reportSent(context, desk, 'Information', sent);
      });
    });

  group
    .command('list [conversation]')
    .description('exculpatory matters, of one case or of all')
    .action(async (conversation: string | undefined, _options: object, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        const cases = conversation === undefined ? desk.cases() : [desk.case(conversationId(conversation))];
        const all = cases.flatMap(({ conversation: id, duties }) =>
          duties.exculpatory.map((matter) => ({ conversation: id, ...matter })),
        );
        for (const matter of all)
          context.output.event('exculpatory', matter, `${matter.conversation}\n${renderMatter(matter, Date.now())}`);
        if (all.length === 0) context.output.note('No exculpatory matter.');
      });
    });
}
