/** `holdfast consent`: may this be shared onward? Asked, answered, told, taken back; no answer is not consent. */
import { writeFile } from 'node:fs/promises';
import { type FoldedConsent, newDutyRef, onwardTerms, onwardTermsHash, SdkError } from '@holdfast/client-sdk';
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { CliError } from '../errors.js';
import { goOnline } from '../go-online.js';
import { itemsOf, withItems } from '../input/duty-items.js';
import { conversationId, dutyRef } from '../input/ids.js';
import { readBody } from '../input/read-body.js';
import { renderConsent } from '../render/duties.js';
import { reportSent } from './send.js';

export function consentCommands(program: Command): void {
  const group = program.command('consent').description('consent to share onward');

  group
    .command('request <conversation> <file>')
    .description('ask the originator whether a named body may have what it sent')
    .option('--message <hash...>', 'envelopes to share; the one that opened the case where none is named')
    .action(async (conversation: string, file: string, options: { message?: string[] }, command: Command) => {
      const context = contextOf(command);
      const ref = newDutyRef();
      const input = await readBody(file, Date.now(), { ref });
      await context.withSpeaker(async (desk, speaker) => {
        const id = conversationId(conversation);
        const completed = withItems(input, () => itemsOf(desk.case(id), options.message));
        const { body } = parseMessage('consent.request', completed);
        const sent = await speaker.consent.request({ conversation: id, body });
        context.output.event('consent.ref', { ref, conversation: id }, `Consent: ${ref}`);
        await reportSent(context, desk, 'Request for consent', sent);
      });
    });

  group
    .command('answer <conversation> <ref> <file>')
    .description('grant, grant with conditions, or refuse with code and reason')
    .action(async (conversation: string, ref: string, file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const { body } = parseMessage('consent.answer', await readBody(file, Date.now(), { ref: dutyRef(ref) }));
      await context.withSpeaker(async (desk, speaker) => {
        const sent = await speaker.consent.answer({ conversation: conversationId(conversation), body });
        await reportSent(context, desk, `Answer (${body.decision.answer})`, sent);
      });
    });

  group
    .command('shared <conversation> <ref>')
    .description('tell the originator that it has been shared; the terms must travel along')
    .option('--message <hash...>', 'which envelopes; everything that the consent covers where none is named')
    .option('--channel <text>', 'how it went')
    .option('--terms <file>', 'write the terms that travel along to a new file')
    .action(async (conversation: string, ref: string, options: SharedOptions, command: Command) => {
      const context = contextOf(command);
      await context.withSpeaker(async (desk, speaker) => {
        const found = desk.case(conversationId(conversation));
        const { grant, request, state, ref: known } = consentOf(found.duties.consents, ref);
        if (grant === null)
          throw new SdkError(
            'consent.required',
            `The consent is ${state}: nothing may be shared. No answer is not consent.`,
          );
        const items = options.message === undefined ? grant.items : itemsOf(found, options.message);
        const terms = onwardTerms(
          request,
          grant,
          items,
          (eh) => found.timeline.find((entry) => entry.eh === eh)?.termsHash ?? null,
        );
        const nowMs = Date.now();
        const { body } = parseMessage('consent.shared', {
          writtenAtMs: nowMs,
          ref: known,
          body: request.body,
          items,
          sharedAtMs: nowMs,
          termsHash: onwardTermsHash(terms),
          ...(options.channel === undefined ? {} : { channel: options.channel }),
        });
        if (options.terms !== undefined)
          await writeFile(options.terms, `${JSON.stringify(terms, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
        const sent = await speaker.consent.shared({ conversation: found.conversation, body });
        await reportSent(context, desk, `Notice of sharing with ${request.body.name}`, sent);
      });
    });

  group
    .command('revoke <conversation> <ref> <reason...>')
    .description('take a grant back, for the future only')
    .option('--language <tag>', 'language of the reason (ISO 639)', 'en')
    .action(
      async (conversation: string, ref: string, reason: string[], options: { language: string }, command: Command) => {
        const context = contextOf(command);
        const { body } = parseMessage('consent.revoke', {
          writtenAtMs: Date.now(),
          ref: dutyRef(ref),
          reason: { language: options.language, text: reason.join(' ') },
        });
        await context.withSpeaker(async (desk, speaker) => {
          const sent = await speaker.consent.revoke({ conversation: conversationId(conversation), body });
          await reportSent(context, desk, 'Revocation', sent);
        });
      },
    );

  group
    .command('list [conversation]')
    .description('consents asked for and given, of one case or of all')
    .action(async (conversation: string | undefined, _options: object, command: Command) => {
      const context = contextOf(command);
      await context.withDevice(async (desk) => {
        await goOnline(context, desk);
        const cases = conversation === undefined ? desk.cases() : [desk.case(conversationId(conversation))];
        const all = cases.flatMap(({ conversation: id, duties }) =>
          duties.consents.map((consent) => ({ conversation: id, ...consent })),
        );
        for (const consent of all)
          context.output.event('consent', consent, `${consent.conversation}\n${renderConsent(consent, Date.now())}`);
        if (all.length === 0) context.output.note('No consent has been asked for.');
      });
    });
}

interface SharedOptions {
  readonly message?: string[];
  readonly channel?: string;
  readonly terms?: string;
}

/** @throws CliError `not-found` */
function consentOf(consents: readonly FoldedConsent[], text: string): FoldedConsent {
  const ref = dutyRef(text);
  const found = consents.find((consent) => consent.ref === ref);
  if (found === undefined) throw new CliError('not-found', `The case has no consent ${ref}.`);
  return found;
}
