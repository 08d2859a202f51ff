/** Why a freeze is refused, in codes: reasons are owed (article 46(23)), and statistics count them (¶75). */
import { choice } from '../subjects/shape.js';

export const REFUSAL_CODES = [
  'no-power',
  'out-of-scope',
  'insufficient-grounds',
  'dual-criminality',
  'political-or-military',
  'sovereignty-security-public-order',
  'fundamental-rights',
  'discrimination',
  'ne-bis-in-idem',
  'time-barred',
  'prejudices-own-case',
  'disproportionate',
  'not-found',
  'de-minimis',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];
export const RefusalCodeSchema = choice(REFUSAL_CODES);
