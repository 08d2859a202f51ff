/** The small values that messages are made of, in words: money, prose, names, contacts, measures, legal bases. */
import {
  type Amount,
  type Contact,
  type Extent,
  type LegalBasis,
  type Measure,
  type Offence,
  type PermittedDebit,
  type Prose,
  type Subject,
  UNCAC_ARTICLES,
} from '@holdfast/protocol';
import { safeLine, safeLines, wrap } from './text.js';

/** The clock that a rendering shows deadlines against. */
export interface RenderClock {
  readonly nowMs: number;
  /** IANA name of the reader's zone. */
  readonly zone: string;
}

/** `EUR 1,184,500.00 (as at 2025-03-05)`. */
export function amount({ value, currency, asAt }: Amount): string {
  const [whole = '', fraction] = value.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${currency} ${grouped}${fraction === undefined ? '' : `.${fraction}`}${asAt === undefined ? '' : ` (as at ${asAt})`}`;
}

/** Free text of another agency, each line behind a bar: it can never pass for a line of this program. */
export function quote({ language, text }: Prose): string {
  const lines = wrap(safeLines(text), 96).split('\n');
  return [
    ...lines.map((line) => `| ${line}`.trimEnd()),
    ...(language === 'en' ? [] : [`  (language: ${language})`]),
  ].join('\n');
}

/** Free text beside a name, on one line. */
export const brief = ({ language, text }: Prose): string =>
  `${safeLine(text)}${language === 'en' ? '' : ` (${language})`}`;

export function contact({ role, name, phone, email, languages, hours }: Contact): string {
  return [role, name, phone, email, languages?.join(' '), hours]
    .filter((part) => part !== undefined)
    .map(safeLine)
    .join(', ');
}

export function legalBasis(basis: LegalBasis): string {
  return basis.kind === 'uncac'
    ? `UNCAC article ${basis.article}`
    : safeLine(`${basis.instrument}, ${basis.provision}`);
}

export const provision = (basis: { readonly law: string; readonly provision: string }): string =>
  safeLine(`${basis.law}, ${basis.provision}`);

export function offence({ uncacArticle, nationalProvision, conduct }: Offence): string {
  const title = Object.hasOwn(UNCAC_ARTICLES, uncacArticle) ? `: ${UNCAC_ARTICLES[uncacArticle]?.title}` : '';
  const national = `${nationalProvision.country} ${provision(nationalProvision)}`;
  return `article ${uncacArticle}${title} (${national})${conduct === undefined ? '' : `\n${quote(conduct)}`}`;
}

/** `5 working days`, `1 month`. */
export function span({
  number,
  unit,
}: {
  readonly number: number;
  readonly unit: Measure['duration']['unit'];
}): string {
  const words = unit.replace('-', ' ');
  return `${number} ${number === 1 ? words.replace(/s$/, '') : words}`;
}

export const extent = (measured: Extent): string =>
  measured.kind === 'full' ? 'in full' : `up to ${amount(measured.amount)}`;

export function permittedDebits(debits: readonly PermittedDebit[] | undefined): string {
  return (debits ?? [])
    .map(({ purpose, amount: limit, per, note }) =>
      [purpose, limit && amount(limit), per && `per ${per}`, note && brief(note)].filter(Boolean).join(' '),
    )
    .join('; ');
}

export function measure({ action, extent: measured, duration, permittedDebits: debits }: Measure): string {
  const paid = permittedDebits(debits);
  return `${action}, ${extent(measured)}, for ${span(duration)}${paid === '' ? '' : `; may be paid: ${paid}`}`;
}

/** The main name, in its own script and in Latin letters. */
export function subjectName({ names }: Pick<Subject, 'names'>): string {
  const main = names.find(({ type }) => type === 'main') ?? names[0];
  if (main === undefined) return '';
  return safeLine(main.transliteration === undefined ? main.original : `${main.transliteration} (${main.original})`);
}

/** One line: reference, names, role, what identifies the subject. */
export function subject(shown: Subject): readonly [ref: string, facts: string] {
  const identifiers = (shown.identifiers ?? []).map(({ type, value, country }) =>
    [type, country, value].filter((part) => part !== undefined).join(' '),
  );
  const born = shown.kind === 'person' && shown.bornOn !== undefined ? [`born ${shown.bornOn}`] : [];
  const seat = shown.kind === 'organisation' ? [`registered in ${shown.registeredIn}`] : [];
  const pep =
    shown.kind === 'person' && shown.pep !== undefined
      ? [`politically exposed (${shown.pep.relation}: ${shown.pep.office}, ${shown.pep.country})`]
      : [];
  const others = shown.names
    .filter(({ type }) => type !== 'main')
    .map(({ type, original, transliteration }) => `${type} ${transliteration ?? original}`);
  return [
    shown.subjectRef,
    safeLine([subjectName(shown), ...others, shown.role, ...born, ...seat, ...identifiers, ...pep].join(', ')),
  ];
}
