/**
 * Identifiers of the financial world with the arithmetic that finds a slip of the pen: IBAN (ISO 13616), BIC (ISO 9362),
 * LEI (ISO 17442), ISIN (ISO 6166). A valid identifier need not exist; an invalid one never does.
 */
import { isValidBIC, ValidationErrorsIBAN, validateIBAN } from 'ibantools';
import { Type } from 'typebox';
import type { Check } from './report.js';
import { line } from './shape.js';

// Loose on purpose: the checks below say what is wrong in words.
export const IbanSchema = line(42, 'IBAN');
export const BicSchema = line(11, 'BIC');
export const LeiSchema = line(20, 'LEI');
export const IsinSchema = line(12, 'ISIN');
export const LocalNumberSchema = Type.String({
  pattern: '^[0-9A-Za-z][0-9A-Za-z ./-]{0,63}$',
  description: 'account number as the institution writes it',
});

export const checkIban: Check<string> = (iban, at, report) => {
  if (/[^0-9A-Z]/.test(iban)) {
    report(at, `${iban} must be capitals and digits without spaces`);
    return;
  }
  const { valid, errorCodes } = validateIBAN(iban);
  if (valid) return;
  const has = (...codes: readonly ValidationErrorsIBAN[]): boolean => codes.some((code) => errorCodes.includes(code));
  if (has(ValidationErrorsIBAN.NoIBANProvided, ValidationErrorsIBAN.NoIBANCountry)) {
    report(
      at,
      `${iban.slice(0, 2)} is not in the IBAN registry; give the local number and the institution's BIC or LEI`,
    );
  } else if (has(ValidationErrorsIBAN.WrongBBANLength))
    report(at, `${iban} has the wrong length for ${iban.slice(0, 2)}`);
  else if (has(ValidationErrorsIBAN.WrongBBANFormat, ValidationErrorsIBAN.ChecksumNotNumber)) {
    report(at, `${iban} does not have the form of an account number of ${iban.slice(0, 2)}`);
  } else report(at, `the check digits of ${iban} do not fit`);
};

export const checkBic: Check<string> = (bic, at, report) => {
  if (!isValidBIC(bic))
    report(at, `${bic} is not a BIC: 8 or 11 capitals and digits, the country in the 5th and 6th place`);
};

export const checkLei: Check<string> = (lei, at, report) => {
  if (!/^[0-9A-Z]{18}[0-9]{2}$/.test(lei))
    report(at, `${lei} is not an LEI: 18 capitals and digits, then 2 check digits`);
  else if (mod97(lei) !== 1) report(at, `the check digits of ${lei} do not fit`);
};

export const checkIsin: Check<string> = (isin, at, report) => {
  if (!/^[A-Z]{2}[0-9A-Z]{9}[0-9]$/.test(isin))
    report(at, `${isin} is not an ISIN: country, 9 capitals and digits, 1 check digit`);
  else if (!luhn(digitsOf(isin))) report(at, `the check digit of ${isin} does not fit`);
};

/** Letters as two digits, A = 10 … Z = 35. */
const digitsOf = (text: string): string => text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));

/** ISO 7064 MOD 97-10 over letters and digits; 1 where the check digits fit. */
export function mod97(text: string): number {
  let rest = 0;
  for (const digit of digitsOf(text)) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}

/** The double-add-double sum of ISO 6166, annex B. */
function luhn(digits: string): boolean {
  let sum = 0;
  Array.from(digits)
    .reverse()
    .forEach((digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      sum += value > 9 ? value - 9 : value;
    });
  return sum % 10 === 0;
}
