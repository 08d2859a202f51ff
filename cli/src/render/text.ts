/**
 * Text from other agencies on its way to a terminal. Whoever wrote it must not move the cursor, colour a line or turn words
 * around: control characters and direction overrides are shown by their number instead (SECURITY.md, "Display").
 */

// Controls, zero-width space, separators, embeddings, overrides, isolates, word joiner, BOM, interlinear marks, tags. ZWJ, ZWNJ
// and the plain direction marks stay: Arabic, Persian and Indic names need them, and they reorder nothing by themselves.
const UNSAFE = /[\p{Cc}\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const numberOf = (character: string): string =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');

/** One line: line breaks and tabs become spaces, what is unsafe shows as `<U+202E>`. */
export function safeLine(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(UNSAFE, (character) => `<U+${numberOf(character)}>`);
}

/** Several lines: line breaks stay, everything else as in `safeLine`. */
export function safeLines(text: string): string {
  return text.split(/\r?\n/).map(safeLine).join('\n');
}

/** JSON text in which every unsafe character is written as an escape; it parses to the same value. */
export function safeJson(value: unknown): string {
  // Inside JSON text these characters can only stand within strings, where an escape means the same.
  return JSON.stringify(value).replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Indents every line by `spaces`. */
export function indent(text: string, spaces = 2): string {
  const margin = ' '.repeat(spaces);
  return text
    .split('\n')
    .map((line) => (line === '' ? line : margin + line))
    .join('\n');
}

/** Breaks running text into lines of at most `width` columns where there are spaces to break at. */
export function wrap(text: string, width = 100): string {
  return text
    .split('\n')
    .map((paragraph) => wrapParagraph(paragraph, width))
    .join('\n');
}

function wrapParagraph(paragraph: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].join('\n');
}

const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\p{Emoji_Presentation}]/u;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Columns that `text` takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}
