/** A case as a page for people: what may be done with it first, then where it stands, then everything that was said. Pure. */
import type { Message } from '@holdfast/protocol';
import type { Case, TimelineEntry } from '../cases/case.js';
import { columnsTable, element, type Markup, page, pairsTable, text } from './html.js';
import { headOf } from './terms.js';

const time = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export interface PageFile {
  readonly name: string;
  readonly path: string;
  readonly mediaType: string;
}

/** @param filesOf what of a message's attachments lies beside the page */
export function casePage(found: Case, exportedAtMs: number, filesOf: (eh: string) => readonly PageFile[]): string {
  const title = `Case ${found.caseRef ?? found.conversation}`;
  return page(
    title,
    element('h1', { dir: 'auto' }, text(title)),
    termsSection(found),
    element('section', {}, element('h2', {}, text('Where it stands')), ...standing(found, exportedAtMs)),
    element(
      'section',
      {},
      element('h2', {}, text('What was said')),
      ...found.timeline.map((entry) => entryOf(entry, filesOf(entry.eh))),
    ),
  );
}

function termsSection(found: Case): Markup {
  const head = headOf(found);
  const none = 'No restrictions were set by the messages of this case. Duties of the law remain.';
  return element(
    'section',
    { class: 'terms' },
    element('h2', {}, text('Use this only so')),
    ...(head.length === 0 ? [element('p', {}, text(none))] : []),
    ...head.map(({ title, lines }) => pairsTable(title, lines)),
  );
}

function standing(found: Case, exportedAtMs: number): Markup[] {
  const general = pairsTable('The case', [
    ['Conversation', found.conversation],
    ['Between', found.agencies.join(', ')],
    ['Kind and state', `${found.kind}: ${found.state}`],
    ['Priority', found.priority],
    ['Exported', time(exportedAtMs)],
    ...(found.erased === null
      ? []
      : [['Erased', `on ${time(found.erased.atMs)}: ${found.erased.reason} (it was ${found.erased.state})`] as const]),
    ...(found.missing.length === 0 ? [] : [['MISSING', `${found.missing.length} message(s) named by others`] as const]),
  ]);
  if (found.assets.length === 0) return [general];
  const rows = found.assets.map(({ assetRef, state, expiry }) => [
    assetRef,
    state,
    expiry === null ? '' : time(expiry.atMs),
    expiry?.explanation ?? '',
  ]);
  return [general, columnsTable('Assets', ['Asset', 'State', 'Until', 'Reckoning'], rows)];
}

function entryOf(entry: TimelineEntry, files: readonly PageFile[]): Markup {
  const { message, from, sentAtMs, eh, refused, acknowledgements } = entry;
  const kind = message.kind === 'unknown' ? message.claimedKind : message.kind;
  return element(
    'article',
    { id: `m-${eh}` },
    element('h3', {}, text(`${kind}, from ${from}, ${time(sentAtMs)}`)),
    ...(refused === null ? [] : [element('p', {}, text(`CHANGES NOTHING: ${refused}`))]),
    pairsTable('Envelope', [
      ['Name', eh],
      ...acknowledgements.map(({ level, agency, atMs }) => [`${level}`, `${agency}, ${time(atMs)}`] as const),
    ]),
    ...bodyOf(message),
    ...(files.length === 0
      ? []
      : [
          element('h4', {}, text('Attachments')),
          element(
            'ul',
            {},
            ...files.map(({ name, path, mediaType }) =>
              element(
                'li',
                { dir: 'auto' },
                element('a', { href: path.split('/').map(encodeURIComponent).join('/') }, text(name)),
                text(` (${mediaType})`),
              ),
            ),
          ),
        ]),
  );
}

function bodyOf(
  message: Message | { readonly kind: 'unknown'; readonly isErased?: true; readonly body: unknown },
): Markup[] {
  if (message.kind === 'unknown' && message.isErased === true)
    return [element('p', {}, text('Erased: its words are not kept here any more.'))];
  return [
    ...proseOf(message.body, '').map(({ path, language, words }) =>
      element('section', {}, element('h4', {}, text(path)), element('p', { lang: language, dir: 'auto' }, text(words))),
    ),
    pairsTable('Fields', fieldsOf(message.body, '')),
  ];
}

interface Passage {
  readonly path: string;
  readonly language: string;
  readonly words: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
const isProse = (value: unknown): value is { readonly language: string; readonly text: string } =>
  isRecord(value) && typeof value.language === 'string' && typeof value.text === 'string';

/** Every passage of free text, with the language that it says it is in. */
function proseOf(value: unknown, path: string): Passage[] {
  if (isProse(value)) return [{ path, language: value.language, words: value.text }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => proseOf(member, below(path, name)));
}

/** Everything else, one line a value: nothing of a message is left out of the page. */
function fieldsOf(value: unknown, path: string): (readonly [string, string])[] {
  if (isProse(value)) return [];
  if (typeof value !== 'object' || value === null)
    return [[path, path.endsWith('AtMs') && typeof value === 'number' ? time(value) : String(value)]];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => fieldsOf(member, below(path, name)));
}
