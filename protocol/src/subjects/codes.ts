/**
 * Codes of ISO 3166 (countries), ISO 4217 (currencies), ISO 639 (languages) and ISO 15924 (scripts): the form by schema, the existence by lists
 * kept by others. User-assigned country codes are allowed: exercises and samples play in States that do not exist.
 */
import currencies from 'currency-codes';
import { isValid as isAssigned } from 'i18n-iso-countries/index.js';
import { iso6393 } from 'iso-639-3';
import { iso15924 } from 'iso-15924';
import { Type } from 'typebox';
import type { Check } from './report.js';

export const CountrySchema = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2 code in capitals' });
export const CurrencySchema = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code in capitals' });
export const LanguageSchema = Type.String({
  pattern: '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$',
  description:
    'language tag: ISO 639 code, then the script (ISO 15924) and region (ISO 3166) where needed, as in sr-Latn',
});

/** User-assigned alpha-2 codes: AA, QM to QZ, XA to XZ, ZZ (ISO 3166-1, 8.1.3). */
const USER_ASSIGNED = /^(AA|Q[M-Z]|X[A-Z]|ZZ)$/;

export const checkCountry: Check<string> = (code, at, report) => {
  if (!USER_ASSIGNED.test(code) && !isAssigned(code)) report(at, `${code} is not a country code of ISO 3166-1`);
};

/** In force since the package's list was made (ISO 4217 amendment 176: XCG replaces ANG from 31 March 2025). */
const LATER: ReadonlyMap<string, number> = new Map([['XCG', 2]]);
/** Codes of the standard that are no money: for tests, for "no currency". */
const NO_MONEY = new Set(['XTS', 'XXX']);

/** Digits after the decimal point that the currency has; undefined where ISO 4217 has no such currency. */
export function currencyDigits(code: string): number | undefined {
  return NO_MONEY.has(code) ? undefined : (currencies.code(code)?.digits ?? LATER.get(code));
}

export const checkCurrency: Check<string> = (code, at, report) => {
  if (currencyDigits(code) === undefined) report(at, `${code} is not a currency of ISO 4217`);
};

/** Three-letter codes of ISO 639-3, and the two-letter ones that stand for some of them. */
const SHORT_CODES: ReadonlySet<string> = new Set(iso6393.flatMap((language) => language.iso6391 ?? []));
const LONG_CODES: ReadonlyMap<string, string | undefined> = new Map(
  iso6393.map((language) => [language.iso6393, language.iso6391]),
);
/** Codes of ISO 639-1 for whole families of languages, which ISO 639-3 does not list. */
const COLLECTIVE = new Set(['bh']);
/** For local use (ISO 639-2). */
const LOCAL = /^q[a-t][a-z]$/;

export const checkLanguage: Check<string> = (tag, at, report) => {
  const [language = '', ...rest] = tag.split('-');
  const short = LONG_CODES.get(language);
  if (short !== undefined) report(at, `${language} has a two-letter code, which is the one to use: ${short}`);
  else if (
    !SHORT_CODES.has(language) &&
    !LONG_CODES.has(language) &&
    !COLLECTIVE.has(language) &&
    !LOCAL.test(language)
  ) {
    report(at, `${language} is not a language code of ISO 639`);
  }
  for (const part of rest) {
    if (part.length === 4) checkScript(part, at, report);
    else checkCountry(part, at, report);
  }
};

const SCRIPTS: ReadonlyMap<string, string | undefined> = new Map(iso15924.map(({ code, pva }) => [code, pva]));

export const ScriptSchema = Type.String({
  pattern: '^[A-Z][a-z]{3}$',
  description: 'ISO 15924 code of a script, such as Cyrl',
});

export const checkScript: Check<string> = (code, at, report) => {
  if (!SCRIPTS.has(code)) report(at, `${code} is not a script of ISO 15924`);
};

/** Scripts that are written with the letters of several (ISO 15924): Japanese, Korean, Chinese of either form. */
const COMPOSED: Readonly<Record<string, readonly string[]>> = {
  Jpan: ['Han', 'Hiragana', 'Katakana'],
  Hrkt: ['Hiragana', 'Katakana'],
  Kore: ['Hangul', 'Han'],
  Hans: ['Han'],
  Hant: ['Han'],
  Aran: ['Arabic'],
  Cyrs: ['Cyrillic'],
  Latf: ['Latin'],
  Latg: ['Latin'],
};

/** Whether `text` has a letter of the script; true where the letters of the script cannot be told. */
export function isWrittenIn(text: string, script: string): boolean {
  const pva = SCRIPTS.get(script);
  const names = COMPOSED[script] ?? (pva === undefined ? [] : [pva]);
  return names.length === 0 || new RegExp(`[${names.map((name) => `\\p{Script=${name}}`).join('')}]`, 'u').test(text);
}
