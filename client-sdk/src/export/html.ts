/**
 * The readable page of an export: one file, no script, nothing loaded. Every text comes from another agency and is escaped; its
 * direction is left to itself, its language is said where its sender said it. Pure.
 */

/** Markup that is safe to put into a page as it is. */
export interface Markup {
  readonly html: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
// What hides or reorders text shows by its number.
const HIDDEN = /(?![\t\n\r])\p{Cc}|[\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const escaped = (text: string): string =>
  text
    .replace(
      HIDDEN,
      (character) => `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/** Text of any origin. */
export const text = (value: string): Markup => ({ html: escaped(value) });

const join = (parts: readonly Markup[]): string => parts.map(({ html }) => html).join('');

export interface Attributes {
  readonly id?: string;
  readonly lang?: string;
  readonly dir?: 'auto';
  readonly scope?: 'row' | 'col';
  readonly class?: string;
  readonly href?: string;
}

type Tag =
  | 'article'
  | 'caption'
  | 'code'
  | 'h1'
  | 'h2'
  | 'h3'
  | 'h4'
  | 'li'
  | 'main'
  | 'p'
  | 'section'
  | 'table'
  | 'tbody'
  | 'td'
  | 'th'
  | 'thead'
  | 'tr'
  | 'ul'
  | 'a';

/** An element of a known name; attributes are escaped. */
export function element(tag: Tag, attributes: Attributes, ...children: readonly Markup[]): Markup {
  const written = Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
  return { html: `<${tag}${written}>${join(children)}</${tag}>\n` };
}

/** A table with a caption and a heading for each row. */
export function pairsTable(caption: string, pairs: readonly (readonly [string, string])[], lang?: string): Markup {
  return element(
    'table',
    {},
    element('caption', {}, text(caption)),
    element(
      'tbody',
      {},
      ...pairs.map(([name, value]) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, text(name)),
          element('td', { dir: 'auto', ...(lang === undefined ? {} : { lang }) }, text(value)),
        ),
      ),
    ),
  );
}

/** A table with a heading for each column. */
export function columnsTable(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return element(
    'table',
    {},
    element('caption', {}, text(caption)),
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, text(head))))),
    element(
      'tbody',
      {},
      ...rows.map((row) => element('tr', {}, ...row.map((cell) => element('td', { dir: 'auto' }, text(cell))))),
    ),
  );
}

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}' +
  'table{border-collapse:collapse;margin:1rem 0;width:100%}caption{text-align:start;font-weight:600;padding:.25rem 0}' +
  'th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:start;vertical-align:top;overflow-wrap:anywhere;white-space:pre-wrap}' +
  'tbody th{width:14rem;font-weight:600;background:#f2f2f2}.terms{border:3px solid #8a0000;padding:0 1rem}' +
  'article{border-block-start:2px solid #111;margin-block-start:2rem}@media print{body{max-width:none;margin:0}}';

/** The whole page. */
export function page(title: string, ...body: readonly Markup[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${element('main', {}, ...body).html}</body>
</html>
`;
}
