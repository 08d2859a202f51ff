/** The last step of every parser: what fits its schema is looked at once more, and all that is found is told at once. */
import { type FieldIssue, ProtocolError, type ProtocolErrorCode } from '../errors.js';
import type { Check, Report } from './report.js';
import { checkText } from './text.js';

/**
 * Runs the text check and `check` over a value that fits its schema.
 * @throws ProtocolError `code` with every issue found
 */
export function assertChecked<T>(what: string, code: ProtocolErrorCode, value: T, check: Check<T> | undefined): void {
  const issues: FieldIssue[] = [];
  const report: Report = (field, reason) => void issues.push({ field, reason });
  checkText(value, '', report);
  check?.(value, '', report);
  const [first] = issues;
  if (first !== undefined)
    throw new ProtocolError(code, `The ${what} is not valid: ${first.field} ${first.reason}.`, { issues });
}
