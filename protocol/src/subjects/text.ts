/**
 * Text that people wrote: which language it is in, and that it reads as it is. Characters that hide or reorder text are
 * refused everywhere, since a name that reads otherwise than it is would freeze the wrong account.
 */
import { type Static, Type } from 'typebox';
import { checkLanguage, LanguageSchema } from './codes.js';
import type { Check, Report } from './report.js';
import { closed } from './shape.js';

/** Free text of at most `maxLength` UTF-16 units that says its language. */
export const proseSchema = (maxLength: number) =>
  Type.Object({ language: LanguageSchema, text: Type.String({ minLength: 1, maxLength }) }, closed);
export const ProseSchema = proseSchema(4000);
/** Facts and the like, which need room. */
export const LongProseSchema = proseSchema(20_000);
export type Prose = Static<typeof ProseSchema>;

export const checkProse: Check<Prose> = (prose, at, report) => {
  checkLanguage(prose.language, `${at}.language`, report);
  if (prose.text.trim() === '') report(`${at}.text`, 'is empty');
};

// Controls but tab and line breaks; zero-width space, word joiner, BOM; embeddings, overrides, isolates; line and paragraph
// separators; interlinear marks; tags. ZWNJ and ZWJ stay (Persian, Indic scripts), so do LRM, RLM, ALM, which reorder nothing.
const HIDDEN = /(?![\t\n\r])\p{Cc}|[\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** Reports each string in `value`, at any depth, that holds a control character or one that hides or reorders text. */
export function checkText(value: unknown, at: string, report: Report): void {
  if (typeof value === 'string') {
    const found = HIDDEN.exec(value)?.[0];
    if (found !== undefined) report(at, `holds ${nameOf(found)}, which can make text read otherwise than it is`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) checkText(member, at === '' ? name : `${at}.${name}`, report);
  }
}

function nameOf(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (/[\u202a-\u202e\u2066-\u2069]/.test(character)) return `the direction control ${code}`;
  return /\p{Cc}/u.test(character) ? `the control character ${code}` : `the invisible character ${code}`;
}
