/** One step of an alert as a command: a file is read and checked, then spoken in a case. */
import type { SendHandle, Spoken } from '@holdfast/client-sdk';
import type { ConversationId } from '@holdfast/protocol';
import type { Command } from 'commander';
import { type Context, contextOf, type Voice } from '../context.js';
import { conversationId } from '../input/ids.js';
import { readBody } from '../input/read-body.js';
import { reportSent } from './send.js';

type Freeze = Voice['freeze'];

export interface FreezeVerb {
  /** As the message's kind is called, without `freeze.`. */
  readonly name: string;
  readonly description: string;
  /** What was sent, as it is reported. */
  readonly what: string;
  /**
   * Reads the file's body, before anything is opened.
   * @returns what says it in the case
   */
  readonly read: (
    body: unknown,
    context: Context,
  ) => (freeze: Freeze, conversation: ConversationId) => Promise<SendHandle | Spoken>;
}

/** Adds the verb to the group. @returns its command, for options of its own */
export function freezeVerb(group: Command, { name, description, what, read }: FreezeVerb): Command {
  return group
    .command(`${name} <conversation> <file>`)
    .description(description)
    .action(async (conversation: string, file: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const id = conversationId(conversation);
      const speak = read(await readBody(file, Date.now()), context);
      await context.withSpeaker(async (desk, speaker) => {
        await reportSent(context, desk, what, await speak(speaker.freeze, id));
      });
    });
}

/** Prints until when an asset is held, with the reckoning. */
export function noteExpiry(
  context: Context,
  assetRef: string,
  expiry: { readonly atMs: number; readonly explanation: string },
): void {
  context.output.note(`${assetRef}: in force until ${new Date(expiry.atMs).toISOString()} (${expiry.explanation})`);
}
