/**
 * Codes of ISO 3166 (countries), ISO 4217 (currencies) and ISO 639 (languages): the form by schema, the existence by lists
 * kept by others. User-assigned country codes are allowed: exercises and samples play in States that do not exist.
 */
import currencies from 'currency-codes';
import { isValid as isAssigned } from 'i18n-iso-countries/index.js';
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

const ISO_639_1 = new Set(
  (
    'aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ' +
    'ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv ' +
    'mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss ' +
    'st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu'
  ).split(' '),
);
/** Languages of administration without a two-letter code (ISO 639-3), beside qaa to qtz for local use. */
const ISO_639_3 = /^(cnr|fil|kmr|ckb|prs|tet|pap|crs|gsw|haw|kea|rar|tpi|pis|bis|srn|zgh|q[a-t][a-z])$/;

export const checkLanguage: Check<string> = (tag, at, report) => {
  const [language = ''] = tag.split('-');
  if (!ISO_639_1.has(language) && !ISO_639_3.test(language)) {
    report(
      at,
      `${language} is not a language code of ISO 639${language.length === 3 ? ' that this version knows; use the two-letter code where there is one' : ''}`,
    );
  }
};
