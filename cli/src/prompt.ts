/** Asking for a secret on the terminal without showing it. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError } from './errors.js';

/** @throws CliError `usage` where there is no terminal to ask on */
export async function promptSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new CliError(
      'usage',
      'There is no terminal to ask for the password; set HOLDFAST_PASSWORD_FILE or HOLDFAST_UNLOCK_KEY_FILE.',
    );
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
