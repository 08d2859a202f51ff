/** The relay's problem details as the SDK's error. What answers without a problem of ours is something in between, not the relay. */
import {
  fromUtf8,
  PROBLEM_MEDIA_TYPE,
  type Problem,
  type ProtocolErrorCode,
  parseProblem,
  parseStrict,
} from '@holdfast/protocol';
import { isSdkError, SdkError } from '../errors.js';
import type { HttpResponse } from './port.js';

/** A relay may not keep a client away for longer than this. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

/** The error that `response` stands for: `relay.refused` with the problem, `relay.unreachable`, `relay.misbehaved`. */
export function refusalOf(response: HttpResponse): SdkError {
  const retryAfter = retryAfterOf(response);
  if (!(response.headers['content-type'] ?? '').startsWith(PROBLEM_MEDIA_TYPE) || response.body.length === 0) {
    return new SdkError(
      'relay.unreachable',
      `The relay's address answered ${response.status} without a problem of ours.`,
      retryAfter,
    );
  }
  let problem: Problem;
  try {
    problem = parseProblem(parseStrict(fromUtf8(response.body)));
  } catch (cause) {
    return new SdkError('relay.misbehaved', "The relay's problem details do not fit the contract.", { cause });
  }
  return new SdkError('relay.refused', problem.title, { problem, ...retryAfter });
}

/** The form in seconds only (RFC 9110 §10.2.3); a date would ask for the relay's clock. */
function retryAfterOf({ headers }: HttpResponse): { readonly retryAfterMs?: number } {
  const text = headers['retry-after'] ?? '';
  return /^\d{1,9}$/.test(text) ? { retryAfterMs: Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS) } : {};
}

/** Is it the relay's refusal with one of these problem codes? */
export const isRefusal = (
  error: unknown,
  ...codes: readonly ProtocolErrorCode[]
): error is SdkError & { readonly problem: Problem } =>
  isSdkError(error, 'relay.refused') && codes.some((code) => code === error.problem?.code);

/** Worth trying again: nobody answered, or the relay itself said so. */
export const isPassing = (error: unknown): error is SdkError =>
  (isSdkError(error, 'relay.unreachable') || isSdkError(error, 'relay.refused')) && error.retryable;
