/** For how many days a document that is said again stays good. */
import { Option } from 'commander';
import { CliError } from '../errors.js';

export const validDaysOption = (days: number): Option =>
  new Option('--days <n>', 'for how many days from now').default(String(days));

/** @throws CliError `usage` */
export function validDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 366)
    throw new CliError('usage', `"${text}" is not a number of days from 1 to 366.`);
  return days;
}
