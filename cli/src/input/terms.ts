/** Restrictions on use, as a file of their own: what an agency accepts in advance by their hash. */
import { parserOf, RestrictionsSchema } from '@holdfast/protocol';

/** Checks the restrictions in a file. @throws ProtocolError `message.invalid`, naming each field */
export const parseTerms = parserOf('terms', RestrictionsSchema, 'message.invalid');
