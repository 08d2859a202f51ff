/** The refusals that a fake relay can be told to give: only those after which the SDK does not try again. */
import { type Problem, ProtocolError, type ProtocolErrorCode, problemOf } from '@holdfast/protocol';

/** @throws Error where the SDK would try again */
export function finalProblem(code: ProtocolErrorCode): Problem {
  const problem = problemOf(new ProtocolError(code));
  if (problem.retryable) throw new Error(`After ${code} the SDK would try again; choose a code that is final.`);
  return problem;
}
