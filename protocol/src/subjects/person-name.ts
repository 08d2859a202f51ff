/** Names in their original script, and in Latin letters where that is another. */
import { type Static, Type } from 'typebox';
import { checkScript, isWrittenIn, ScriptSchema } from './codes.js';
import type { Check } from './report.js';
import { choice, closed, line } from './shape.js';

export const NameSchema = Type.Object(
  {
    original: line(300),
    /** What `original` is written in, where it is known. */
    script: Type.Optional(ScriptSchema),
    /** In Latin letters; needed where `original` is in another script. */
    transliteration: Type.Optional(line(300)),
    /** The rule followed, such as "ISO 9" or "passport". */
    system: Type.Optional(line(60)),
    type: choice(['main', 'alias', 'former', 'birth', 'trading']),
  },
  closed,
);
export type Name = Static<typeof NameSchema>;

export const checkName: Check<Name> = (name, at, report) => {
  if (!/[\p{L}\p{N}]/u.test(name.original)) report(`${at}.original`, 'has no letter');
  if (name.script !== undefined) {
    checkScript(name.script, `${at}.script`, report);
    if (!isWrittenIn(name.original, name.script))
      report(`${at}.script`, `${name.original} has no letter of ${name.script}`);
  }
  if (name.system !== undefined && name.transliteration === undefined)
    report(`${at}.system`, 'says how a transliteration was made, and there is none');
  const foreign = firstForeignLetter(name.original);
  if (foreign !== undefined && name.transliteration === undefined) {
    report(`${at}.transliteration`, `is missing: ${name.original} is not in Latin letters`);
  }
  if (name.transliteration !== undefined) {
    const letter = firstForeignLetter(name.transliteration);
    if (letter !== undefined) report(`${at}.transliteration`, `has ${letter}, which is no Latin letter`);
  }
};

/** Every name list has exactly one main name. */
export const checkNames: Check<readonly Name[]> = (names, at, report) => {
  names.forEach((name, index) => {
    checkName(name, `${at}.${index}`, report);
  });
  const main = names.filter(({ type }) => type === 'main').length;
  if (main !== 1) report(at, `must have exactly one name of type main, not ${main}`);
};

/** The first letter outside the Latin script; undefined where there is none. */
export function firstForeignLetter(text: string): string | undefined {
  for (const character of text)
    if (/\p{L}/u.test(character) && !/[\p{Script=Latin}\p{Lm}]/u.test(character)) return character;
  return undefined;
}
