/** The proceedings in which something must be disclosed to an accused (article 46(5)). */
import { type Static, Type } from 'typebox';
import { CountrySchema, checkCountry } from './codes.js';
import type { Check } from './report.js';
import { closed, line } from './shape.js';

export const ProceedingsSchema = Type.Object(
  { country: CountrySchema, authority: line(300), reference: line(128), accused: Type.Optional(line(300)) },
  closed,
);
export type Proceedings = Static<typeof ProceedingsSchema>;
export const checkProceedings: Check<Proceedings> = (proceedings, at, report) => {
  checkCountry(proceedings.country, `${at}.country`, report);
};
