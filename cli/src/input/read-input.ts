/**
 * Reading a file that an officer gives: the size is checked before a byte is read, the text is strict UTF-8 and strict JSON,
 * placeholders are filled in. What the values mean is for the message's own parser. Untrusted input; exit code 2.
 */
import { dirname, join } from 'node:path';
import { isSdkError, readFileBounded } from '@holdfast/client-sdk';
import { sha256 } from '@holdfast/keys/verify';
import { fromUtf8, isProtocolError, LIMITS, parseStrict, termsHash, toBase64url } from '@holdfast/protocol';
import { CliError } from '../errors.js';
import { findJsonFault } from './json-fault.js';
import { resolvePlaceholders } from './placeholders.js';
import { parseTerms } from './terms.js';

/**
 * Reads JSON as it stands, without placeholders: for files that come from others.
 * @throws CliError `input.*`
 */
export async function readJsonFile(path: string): Promise<unknown> {
  return parseJson(path, decode(path, await readBytes(path)));
}

/**
 * Reads JSON that the officer wrote, with its placeholders filled in.
 * @param nowMs what `$now` and `$inDays` count from
 * @throws CliError `input.*`
 */
export async function readInput(path: string, nowMs: number = Date.now()): Promise<unknown> {
  const termsHashOf = async (name: string): Promise<string> => {
    const terms = parseTerms(await readJsonFile(join(dirname(path), name)));
    return toBase64url(termsHash(sha256, terms));
  };
  return resolvePlaceholders(await readJsonFile(path), { nowMs, termsHashOf });
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFileBounded(path, LIMITS.bodyBytes);
  } catch (cause) {
    if (isSdkError(cause, 'message.too-large')) {
      const issues = [
        {
          field: '(file)',
          reason: `is larger than ${LIMITS.bodyBytes} bytes (1 MiB); move what is large into an attachment`,
        },
      ];
      throw new CliError('input.too-large', `${cause.message} Nothing of it was read.`, { cause, issues });
    }
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new CliError('input.unreadable', `${path} cannot be read (${reason}).`, {
      cause,
      issues: [{ field: '(file)', reason: `cannot be read (${reason})` }],
    });
  }
}

const BOM = [0xef, 0xbb, 0xbf] as const;

function decode(path: string, bytes: Uint8Array): string {
  try {
    // Some editors put a byte-order mark first; it says nothing and is the one thing that is dropped.
    return fromUtf8(BOM.every((byte, index) => bytes[index] === byte) ? bytes.subarray(BOM.length) : bytes);
  } catch (cause) {
    if (!isProtocolError(cause, 'encoding.utf8')) throw cause;
    const reason = `is not valid UTF-8, at byte ${firstInvalidByte(bytes)}; save it as UTF-8`;
    throw new CliError('input.not-utf8', `${path} ${reason}.`, { cause, issues: [{ field: '(file)', reason }] });
  }
}

/** The offset of the first byte that no UTF-8 text can have there. */
function firstInvalidByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let offset = 0; offset < bytes.length; offset++) {
    try {
      decoder.decode(bytes.subarray(offset, offset + 1), { stream: true });
    } catch {
      return offset;
    }
  }
  return bytes.length;
}

function parseJson(path: string, text: string): unknown {
  try {
    return parseStrict(text);
  } catch (cause) {
    if (!isProtocolError(cause, 'encoding.json')) throw cause;
    const fault = findJsonFault(text);
    const reason = fault === undefined ? cause.message : `line ${fault.line}, column ${fault.column}: ${fault.reason}`;
    throw new CliError('input.not-json', `${path} is not JSON that can be taken: ${reason}`, {
      cause,
      issues: [{ field: '(file)', reason }],
    });
  }
}
