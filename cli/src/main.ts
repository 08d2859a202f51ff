#!/usr/bin/env node
/** The `holdfast` command: one file per command group, errors in the user's words, exit codes that scripts can rely on. */
import { Command } from 'commander';
import { agencyCommands } from './commands/agency.js';
import { alarmsCommand } from './commands/alarms.js';
import { approvalCommands } from './commands/approval.js';
import { attachmentCommands } from './commands/attachment.js';
import { calendarCommand } from './commands/calendar.js';
import { capabilityCommands } from './commands/capability.js';
import { caseCommands } from './commands/case.js';
import { consentCommands } from './commands/consent.js';
import { deviceCommands } from './commands/device.js';
import { directoryCommands } from './commands/directory.js';
import { discloseCommand } from './commands/disclose.js';
import { disclosureCommands } from './commands/disclosure.js';
import { exculpatoryCommands } from './commands/exculpatory.js';
import { exportCommand } from './commands/export.js';
import { federationCommands } from './commands/federation.js';
import { feedbackCommands } from './commands/feedback.js';
import { freezeCommands } from './commands/freeze.js';
import { ftmCommands } from './commands/ftm.js';
import { inboxCommand } from './commands/inbox.js';
import { keysArchiveCommands } from './commands/keys-archive.js';
import { keysBackupCommands } from './commands/keys-backup.js';
import { keysFingerprintCommand } from './commands/keys-fingerprint.js';
import { keysKeyringCommands } from './commands/keys-keyring.js';
import { keysLifeCommands } from './commands/keys-life.js';
import { noteCommand } from './commands/note.js';
import { officerCommands } from './commands/officer.js';
import { outboxCommand } from './commands/outbox.js';
import { preflightCommand } from './commands/preflight.js';
import { queueCommand } from './commands/queue.js';
import { relayCommands } from './commands/relay.js';
import { retentionCommands } from './commands/retention.js';
import { sandboxCommand } from './commands/sandbox.js';
import { statsCommand } from './commands/stats.js';
import { CliError, exitCodeOf } from './errors.js';
import { markIds } from './input/ids.js';
import { createOutput } from './output.js';

const program = new Command('holdfast')
  .description('End-to-end encrypted messages and temporary-freeze alerts between agencies.')
  .version('0.1.0')
  .option('--home <folder>', 'where all state lies (default: $HOLDFAST_HOME)')
  .option('--agency <id>', 'which agency, where the home has several')
  .option('--device <name>', 'which device of the agency', 'gateway')
  .option('--relay <url>', "the relay's address, where it is not the registered one")
  .option('--timeout <seconds>', 'how long to wait for the relay', (text) => positive(text), 30)
  .option('--as <officer>', 'which officer speaks; what needs approval becomes a draft')
  .option('--json', 'one JSON object a line on standard output')
  .showHelpAfterError('(try --help)')
  .exitOverride();

for (const register of [
  federationCommands,
  relayCommands,
  agencyCommands,
  deviceCommands,
  keysFingerprintCommand,
  keysBackupCommands,
  keysKeyringCommands,
  keysArchiveCommands,
  officerCommands,
  keysLifeCommands,
  directoryCommands,
  capabilityCommands,
  preflightCommand,
  discloseCommand,
  disclosureCommands,
  freezeCommands,
  consentCommands,
  exculpatoryCommands,
  feedbackCommands,
  noteCommand,
  approvalCommands,
  inboxCommand,
  outboxCommand,
  caseCommands,
  queueCommand,
  calendarCommand,
  alarmsCommand,
  attachmentCommands,
  statsCommand,
  exportCommand,
  ftmCommands,
  retentionCommands,
  sandboxCommand,
]) {
  register(program);
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new CliError('usage', `"${text}" is not a number of seconds.`);
  return value;
}

try {
  await program.parseAsync(markIds(process.argv));
} catch (error) {
  const json = process.argv.includes('--json');
  process.exitCode = exitCodeOf(error);
  createOutput({ json }).error(error);
}
