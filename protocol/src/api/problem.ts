/** RFC 9457 problem details: the form of every refusal, on HTTP and in error frames. */
import { type Static, Type } from 'typebox';
import { parserOf } from '../encoding/schema.js';
import { ERRORS, type ProtocolError, type ProtocolErrorCode } from '../errors.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export const ProblemSchema = Type.Object({
  type: Type.String({ maxLength: 256 }),
  title: Type.String({ maxLength: 512 }),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  code: Type.String({ maxLength: 64 }),
  retryable: Type.Boolean(),
  issues: Type.Optional(Type.Array(Type.Object({ field: Type.String(), reason: Type.String() }))),
  requestId: Type.Optional(Type.String({ maxLength: 64 })),
});
export type Problem = Static<typeof ProblemSchema>;

export const parseProblem = parserOf('problem', ProblemSchema, 'encoding.malformed');

/** The problem that stands for `error`: text from the table, never from the exception. */
export function problemOf(error: Pick<ProtocolError, 'code' | 'issues'>, requestId?: string): Problem {
  const { status, peer, retryable } = ERRORS[error.code];
  return {
    type: `urn:holdfast:error:${error.code}`,
    title: peer,
    status: status ?? 400,
    code: error.code,
    retryable,
    ...(error.issues.length > 0 ? { issues: error.issues.map(({ field, reason }) => ({ field, reason })) } : {}),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** Is `code` one of ours? A peer of a newer version may send others. */
export const isKnownCode = (code: string): code is ProtocolErrorCode => Object.hasOwn(ERRORS, code);
