/** Money as a decimal string with its currency and the day on which it stood: never a float. */
import { type Static, Type } from 'typebox';
import { checkDate, DateSchema } from './calendar-date.js';
import { CurrencySchema, checkCurrency, currencyDigits } from './codes.js';
import type { Check } from './report.js';
import { closed } from './shape.js';

export const DecimalSchema = Type.String({
  pattern: '^(0|[1-9][0-9]{0,23})(\\.[0-9]{1,18})?$',
  description: 'decimal number such as 1250000.50: no sign, no thousands separator, no leading zero',
});

export const AmountSchema = Type.Object(
  { value: DecimalSchema, currency: CurrencySchema, asAt: Type.Optional(DateSchema) },
  closed,
);
export type Amount = Static<typeof AmountSchema>;

/** An amount whose day matters, such as a balance. */
export const DatedAmountSchema = Type.Object(
  { value: DecimalSchema, currency: CurrencySchema, asAt: DateSchema },
  closed,
);

export const isZero = (decimal: string): boolean => /^[0.]*$/.test(decimal);

export const checkAmount: Check<Amount> = (amount, at, report) => {
  checkCurrency(amount.currency, `${at}.currency`, report);
  const digits = currencyDigits(amount.currency);
  const fraction = amount.value.split('.')[1]?.length ?? 0;
  if (isZero(amount.value)) report(`${at}.value`, 'must be more than zero');
  // Where the standard gives no minor unit (gold, SDR), fractions are how it is traded.
  if (digits !== undefined && fraction > digits && !/^X[A-Z]{2}$/.test(amount.currency)) {
    report(`${at}.value`, `${amount.currency} has ${digits} digits after the point, not ${fraction}`);
  }
  if (amount.asAt !== undefined) checkDate(amount.asAt, `${at}.asAt`, report);
};
