/**
 * What the command says: for a person as text, or with `--json` as one object a line (`{"v":1,"event":…}`) on standard output.
 * Notes and progress go to standard error. Text from others is made safe here, last, whatever a renderer let through.
 */
import { type AlarmEvent, isSdkError } from '@holdfast/client-sdk';
import { type FieldIssue, isProtocolError } from '@holdfast/protocol';
import { CommanderError } from 'commander';
import { CliError, EXIT_CODES, exitCodeOf } from './errors.js';
import { safeJson, safeLine, safeLines } from './render/text.js';

/** Version of the objects that `--json` writes; members are added within it, none is taken away or changes its meaning. */
export const JSON_VERSION = 1;

export interface OutputStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly stdout?: OutputStream;
  readonly stderr?: OutputStream;
  /** NO_COLOR and the like; colour is used on a terminal only, and never says anything by itself. */
  readonly colour?: boolean;
}

export interface Output {
  /** A result: `text` for people, `fields` for programs. */
  readonly event: (name: string, fields: Readonly<Record<string, unknown>>, text: string) => void;
  /** Something worth knowing that is no result. */
  note(text: string): void;
  /** How far a transfer has come, in bytes. */
  progress(what: string, doneBytes: number, totalBytes: number): void;
  /** Something that someone must look at: what it is, and what to do. `atMs` where it was raised earlier. */
  alarm(alarm: AlarmEvent, atMs?: number): void;
  /** Why the command failed; the exit code is `exitCodeOf`'s. */
  error(error: unknown): void;
}

export function createOutput(options: OutputOptions): Output {
  const { json, stdout = process.stdout, stderr = process.stderr } = options;
  const colour = (options.colour ?? process.env.NO_COLOR === undefined) && stderr.isTTY === true;
  const strong = (text: string): string => (colour ? `\u001b[1;31m${text}\u001b[0m` : text);
  const line = (name: string, fields: Readonly<Record<string, unknown>>): void =>
    void stdout.write(`${safeJson({ v: JSON_VERSION, event: name, ...fields })}\n`);
  const progress = progressLine(stderr);
  return {
    event(name, fields, text) {
      progress.end();
      if (json) line(name, fields);
      else stdout.write(`${safeLines(text)}\n`);
    },
    note(text) {
      progress.end();
      stderr.write(`${safeLines(text)}\n`);
    },
    progress: progress.show,
    alarm({ event: _event, ...fields }, atMs) {
      progress.end();
      if (json) return line('alarm', { ...fields, ...(atMs === undefined ? {} : { atMs }) });
      const { severity, code, text, advice, detail } = fields;
      const when = atMs === undefined ? '' : ` (${new Date(atMs).toISOString()})`;
      stderr.write(`${strong(severity.toUpperCase())} ${safeLine(code)}${when}: ${safeLine(text)}\n`);
      stderr.write(`  ${safeLine(advice)}\n  ${safeJson(detail)}\n`);
    },
    error(error) {
      progress.end();
      const told = describe(error);
      if (json && told.exitCode !== EXIT_CODES.ok) line('error', { ...told });
      // Commander has said it on standard error already.
      if (json || error instanceof CommanderError) return;
      stderr.write(`${strong('error')}: ${safeLines(told.message)}\n`);
      for (const { field, reason } of told.issues) stderr.write(`  ${safeLine(field)}: ${safeLine(reason)}\n`);
      if (told.advice !== null && told.advice !== told.message) stderr.write(`${safeLines(told.advice)}\n`);
      if (told.exitCode === EXIT_CODES.internal && error instanceof Error)
        stderr.write(`${safeLines(error.stack ?? '')}\n`);
    },
  };
}

interface Described {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
  readonly retryable: boolean;
  readonly issues: readonly FieldIssue[];
  readonly advice: string | null;
}

function describe(error: unknown): Described {
  const exitCode = exitCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const base = { message, exitCode, retryable: false, issues: [], advice: null };
  if (error instanceof CliError)
    return { ...base, code: error.code, issues: error.issues, retryable: error.code === 'queued' };
  if (isProtocolError(error)) return { ...base, code: error.code, issues: error.issues, retryable: error.retryable };
  if (isSdkError(error)) {
    return {
      ...base,
      code: error.problem?.code ?? error.code,
      issues: error.issues,
      retryable: error.retryable,
      advice: error.advice,
    };
  }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'internal';
  if (exitCode === EXIT_CODES.unavailable)
    return { ...base, code: 'timeout', message: 'The relay did not answer in time.', retryable: true };
  return { ...base, code };
}

/** One line on a terminal that is written over; elsewhere a line at each quarter. */
function progressLine(stderr: OutputStream): { show: Output['progress']; end: () => void } {
  let open = false;
  let quarter = -1;
  return {
    show(what, doneBytes, totalBytes) {
      const share = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
      const text = `${safeLine(what)}: ${mebibytes(doneBytes)} of ${mebibytes(totalBytes)} MiB (${Math.floor(share * 100)} %)`;
      if (stderr.isTTY === true) {
        stderr.write(`\r\u001b[K${text}`);
        open = true;
      } else if (Math.floor(share * 4) !== quarter) {
        stderr.write(`${text}\n`);
      }
      quarter = Math.floor(share * 4);
    },
    end() {
      if (open) stderr.write('\n');
      open = false;
    },
  };
}

const mebibytes = (bytes: number): string => (bytes / (1024 * 1024)).toFixed(1);
