/** A bank, exchange, insurer or custodian, by name and by code, so that it can be served within the hour. */
import { type Static, Type } from 'typebox';
import { CountrySchema, checkCountry } from './codes.js';
import { BicSchema, checkBic, checkLei, LeiSchema } from './identifiers.js';
import type { Check } from './report.js';
import { closed, line } from './shape.js';

export const InstitutionSchema = Type.Object(
  {
    name: line(300),
    country: CountrySchema,
    bic: Type.Optional(BicSchema),
    lei: Type.Optional(LeiSchema),
    branch: Type.Optional(line(300)),
  },
  closed,
);
export type Institution = Static<typeof InstitutionSchema>;

export const checkInstitution: Check<Institution> = (institution, at, report) => {
  checkCountry(institution.country, `${at}.country`, report);
  if (institution.bic !== undefined) checkBic(institution.bic, `${at}.bic`, report);
  if (institution.lei !== undefined) checkLei(institution.lei, `${at}.lei`, report);
};
