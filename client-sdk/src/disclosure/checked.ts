/** What an officer has written for a step of a disclosure, read as its recipient will read it. */
import {
  type DisclosureKind,
  isProtocolError,
  type Message,
  parseMessage,
  parseRestrictions,
  type Restrictions,
} from '@holdfast/protocol';
import { SdkError } from '../errors.js';

/** @throws SdkError `message.refused` with the issues */
export const checkedBody = (kind: DisclosureKind, body: unknown): Message => refusing(() => parseMessage(kind, body));

/** @throws SdkError `message.refused` with the issues */
export const checkedTerms = (terms: Restrictions): Restrictions => refusing(() => parseRestrictions(terms));

function refusing<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
  }
}
