/** Errors of reading and writing: encodings, messages, states, durations. */
import { type ErrorEntry, entry } from './entry.js';

export const CONTENT_ERRORS = {
  'encoding.base64url': entry(
    400,
    false,
    'A field is not canonical unpadded base64url.',
    'A peer sent malformed text.',
  ),
  'encoding.utf8': entry(400, false, 'The text is not valid UTF-8.', 'A peer sent malformed text.'),
  'encoding.json': entry(
    400,
    false,
    'The JSON is malformed, too deep, too large, or names a member twice.',
    'A peer sent malformed JSON.',
  ),
  'encoding.truncated': entry(400, false, 'The bytes end too early.', 'A peer sent a truncated message.'),
  'encoding.malformed': entry(
    400,
    false,
    'The bytes do not have the form that the specification gives.',
    'A peer sent malformed bytes.',
  ),
  'encoding.too-large': entry(
    413,
    false,
    'A part is larger than its limit (specification 35-limits).',
    'A peer sent an oversized part.',
  ),
  'message.invalid': entry(
    null,
    false,
    'A field of the message is missing or wrong; the issues name each.',
    'A message did not fit its schema.',
  ),
  'message.unknown-kind': entry(
    null,
    false,
    'This version does not know the kind of message.',
    'A peer speaks a newer version.',
  ),
  'state.event-not-allowed': entry(
    null,
    false,
    'The case is in a state that does not allow this step.',
    'A step was refused by the state table.',
  ),
  'duration.invalid': entry(
    null,
    false,
    'The duration cannot be computed; see the reason.',
    'A capability record has a duration that cannot be computed.',
  ),
  'duration.no-extension': entry(
    null,
    false,
    'The law does not allow this extension; see the reason.',
    'An extension was asked for that the capability record does not allow.',
  ),
} as const satisfies Record<string, ErrorEntry>;
