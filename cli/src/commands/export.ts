/** `holdfast export`: a case as one folder, for the file, for a court, for another tool. */
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { conversationId } from '../input/ids.js';
import { readJsonFile } from '../input/read-input.js';

interface ExportOptions {
  readonly to: string;
  readonly stix?: boolean;
  readonly goaml?: string;
  readonly attachments: boolean;
}

export function exportCommand(program: Command): void {
  program
    .command('export <conversation>')
    .description(
      'write a case into a new folder: JSON, FollowTheMoney, messages with their evidence, attachments, a page',
    )
    .requiredOption('--to <folder>', 'a folder that does not exist yet')
    .option('--stix', 'a STIX 2.1 bundle too')
    .option('--goaml <profile>', 'a goAML-shaped report too, by the profile in this file')
    .option('--no-attachments', 'leave the attachments at the relay')
    .action(async (conversation: string, options: ExportOptions, command: Command) => {
      const context = contextOf(command);
      const id = conversationId(conversation);
      const profile = options.goaml === undefined ? {} : { goaml: await readJsonFile(options.goaml) };
      await context.withDevice(async (desk) => {
        const signal = context.deadline();
        const hasFiles = desk.case(id).timeline.some(({ attachments }) => attachments.length > 0);
        if (options.attachments && hasFiles) await desk.online({ signal });
        const exported = await desk.exportCase({
          conversation: id,
          to: options.to,
          signal,
          stix: options.stix === true,
          withoutAttachments: !options.attachments,
          ...profile,
        });
        const lost = exported.missing.map((file) => `\nMISSING: attachment ${file.id} (${file.code})`).join('');
        context.output.event(
          'exported',
          { ...exported },
          `${exported.files.length} files in ${exported.folder}. It is recorded here; erasing the case removes it too, while it is unchanged.${lost}`,
        );
      });
    });
}
