/** Why something was kept or erased: one line, since it outlives what it speaks of and must hold none of it. */
import { SdkError } from '../errors.js';

const REASON_MAX = 500;

/** @throws SdkError `retention.refused` */
export function checkedReason(reason: string): string {
  const text = reason.trim();
  if (text === '' || text.length > REASON_MAX || /\p{Cc}/u.test(text))
    throw new SdkError('retention.refused', `A reason is one line of at most ${REASON_MAX} characters.`);
  return text;
}
