/** What the sender is told before an alert goes out: some of it stops the sending, the rest is for the officer to weigh. */
export const ADVICE_CODES = [
  'capability.expired',
  'capability.no-power',
  'capability.not-for-foreign',
  'capability.asset-type',
  'capability.measure',
  'capability.unconfirmed',
  'capability.indirect',
  'capability.threshold',
  'capability.language',
  'capability.shorter',
  'capability.silence-releases',
  'capability.client-notified',
  'offence.dual-criminality',
  'requirement.missing',
] as const;
export type AdviceCode = (typeof ADVICE_CODES)[number];

export interface Advice {
  readonly code: AdviceCode;
  /** True where nothing may be sent until it is put right. */
  readonly blocks: boolean;
  /** The field of the request that it is about, or "(top)". */
  readonly field: string;
  readonly text: string;
}
