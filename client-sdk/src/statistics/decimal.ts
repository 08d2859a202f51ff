/** Sums of decimal strings, exact to the last digit: integers of the smallest unit seen, never floats. */

export interface DecimalSum {
  /** The sum in units of 10^-scale. */
  readonly units: bigint;
  /** Digits after the point: as many as the longest that was added has. */
  readonly scale: number;
}

export const ZERO: DecimalSum = { units: 0n, scale: 0 };

/** @param decimal as in an `Amount`: digits, with or without a point and more digits */
export function addDecimal(sum: DecimalSum, decimal: string): DecimalSum {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const scale = Math.max(sum.scale, fraction.length);
  const added = BigInt(whole + fraction) * power(scale - fraction.length);
  return { units: sum.units * power(scale - sum.scale) + added, scale };
}

/** `1250000.50`: no sign, no separators. */
export function decimalText({ units, scale }: DecimalSum): string {
  if (scale === 0) return units.toString();
  const digits = units.toString().padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** `part` of `whole` in per cent with one digit, half rounded up; null where there is no whole. */
export function percent(part: number, whole: number): string | null {
  if (whole === 0) return null;
  const tenths = (BigInt(part) * 2000n + BigInt(whole)) / (2n * BigInt(whole));
  return decimalText({ units: tenths, scale: 1 });
}

const power = (exponent: number): bigint => 10n ** BigInt(exponent);
