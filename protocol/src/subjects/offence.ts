/**
 * Offences: the article of the Convention and the provision of national law that goes with it. Which articles States must
 * make criminal decides whether dual criminality is a risk to warn of.
 */
import { type Static, Type } from 'typebox';
import { CountrySchema, checkCountry } from './codes.js';
import type { Check } from './report.js';
import { closed, line } from './shape.js';
import { checkProse, ProseSchema } from './text.js';

interface Article {
  readonly title: string;
  /** Whether States shall make it criminal, shall consider to, or whether it goes with another offence. */
  readonly duty: 'mandatory' | 'shall-consider' | 'accessory';
}

/** UNCAC, chapter III, as far as an offence can rest on it. */
export const UNCAC_ARTICLES: Readonly<Record<string, Article>> = {
  '15': { title: 'Bribery of national public officials', duty: 'mandatory' },
  '16(1)': {
    title: 'Active bribery of foreign public officials and officials of public international organizations',
    duty: 'mandatory',
  },
  '16(2)': {
    title: 'Passive bribery of foreign public officials and officials of public international organizations',
    duty: 'shall-consider',
  },
  '17': {
    title: 'Embezzlement, misappropriation or other diversion of property by a public official',
    duty: 'mandatory',
  },
  '18': { title: 'Trading in influence', duty: 'shall-consider' },
  '19': { title: 'Abuse of functions', duty: 'shall-consider' },
  '20': { title: 'Illicit enrichment', duty: 'shall-consider' },
  '21': { title: 'Bribery in the private sector', duty: 'shall-consider' },
  '22': { title: 'Embezzlement of property in the private sector', duty: 'shall-consider' },
  '23': { title: 'Laundering of proceeds of crime', duty: 'mandatory' },
  '24': { title: 'Concealment', duty: 'shall-consider' },
  '25': { title: 'Obstruction of justice', duty: 'mandatory' },
  '26': { title: 'Liability of legal persons', duty: 'accessory' },
  '27': { title: 'Participation and attempt', duty: 'accessory' },
};

export const OffenceSchema = Type.Object(
  {
    uncacArticle: line(12),
    nationalProvision: Type.Object({ country: CountrySchema, law: line(300), provision: line(100) }, closed),
    conduct: Type.Optional(ProseSchema),
  },
  closed,
);
export type Offence = Static<typeof OffenceSchema>;

export const checkOffence: Check<Offence> = (offence, at, report) => {
  if (!Object.hasOwn(UNCAC_ARTICLES, offence.uncacArticle)) {
    report(
      `${at}.uncacArticle`,
      `${offence.uncacArticle} is not an offence article of the Convention; known are ${Object.keys(UNCAC_ARTICLES).join(', ')}`,
    );
  }
  checkCountry(offence.nationalProvision.country, `${at}.nationalProvision.country`, report);
  if (offence.conduct !== undefined) checkProse(offence.conduct, `${at}.conduct`, report);
};

/** Whether the other State may not know the offence: true for what States only "shall consider" (article 43(2), 46(9)). */
export const isDualCriminalityRisk = (offence: Offence): boolean => {
  const article = Object.hasOwn(UNCAC_ARTICLES, offence.uncacArticle)
    ? UNCAC_ARTICLES[offence.uncacArticle]
    : undefined;
  return article?.duty !== 'mandatory' && article?.duty !== 'accessory';
};
