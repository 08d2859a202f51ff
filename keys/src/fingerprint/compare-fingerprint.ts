/**
 * Comparing a fingerprint with what a person has typed: capitals, spaces, line breaks and hyphens do not matter, anything else
 * does. Only the whole counts: a few words that agree are no comparison. Part of `@holdfast/keys/verify`.
 */
import type { Fingerprint } from './root-fingerprint.js';

export interface FingerprintComparison {
  /** Which form was typed; `neither` where it is not 12 words and not 60 digits. */
  readonly form: 'digits' | 'words' | 'neither';
  readonly matches: boolean;
}

const SEPARATORS = /[\s\p{Dash_Punctuation}_.,;:]+/u;
const DIGITS = 60;
const WORDS = 12;
/** More than any fingerprint has, in whatever spacing; what is longer is not looked at. */
const TYPED_MAX_LENGTH = 1000;

/** Does `typed`, digits or words, stand for the same keys? Never throws; the result always has the same members. */
export function compareFingerprint(fingerprint: Fingerprint, typed: string): FingerprintComparison {
  const parts =
    typed.length > TYPED_MAX_LENGTH
      ? []
      : typed
          .normalize('NFKC')
          .toLowerCase()
          .split(SEPARATORS)
          .filter((part) => part !== '');
  const digits = parts.join('');
  if (digits.length === DIGITS && /^[0-9]+$/.test(digits))
    return { form: 'digits', matches: digits === fingerprint.digits.replaceAll(' ', '') };
  if (parts.length === WORDS && parts.every((part) => /^[a-z]+$/.test(part)))
    return { form: 'words', matches: parts.join(' ') === fingerprint.words };
  return { form: 'neither', matches: false };
}
