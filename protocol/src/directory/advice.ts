/** What the sender is told before an alert goes out: some of it stops the sending, the rest is for the officer to weigh. */
export const ADVICE_CODES = [
  'agency.quarantined',
  'agency.suspended',
  'agency.unreachable',
  'capability.missing',
  'capability.expired',
  'capability.old',
  'capability.no-power',
  'capability.not-for-foreign',
  'capability.nothing-possible',
  'capability.asset-type',
  'capability.measure',
  'capability.unconfirmed',
  'capability.indirect',
  'capability.threshold',
  'capability.language',
  'capability.shorter',
  'capability.no-time-left',
  'capability.silence-releases',
  'capability.client-notified',
  'contact.not-allowed',
  'contact.urgent-only',
  'contact.original-follows',
  'basis.uncac-not-accepted',
  'basis.agreement',
  'duty.nobody',
  'duty.unknown',
  'duty.test-old',
  'entry.missing',
  'entry.expired',
  'entry.old',
  'observed.slower',
  'observed.shorter',
  'observed.silent',
  'offence.dual-criminality',
  'requirement.missing',
] as const;
export type AdviceCode = (typeof ADVICE_CODES)[number];

export interface Advice {
  readonly code: AdviceCode;
  /** True where nothing may be sent until it is put right, or the sender insists and says why. */
  readonly blocks: boolean;
  /** The field of the request that it is about, or "(top)". */
  readonly field: string;
  readonly text: string;
}

/** Stops the sending. */
export const blocking = (code: AdviceCode, field: string, text: string): Advice => ({
  code,
  blocks: true,
  field,
  text,
});

/** For the officer to weigh. */
export const advising = (code: AdviceCode, field: string, text: string): Advice => ({
  code,
  blocks: false,
  field,
  text,
});

/** What blocks comes first; the rest as it was found. */
export const blockingFirst = (found: readonly Advice[]): readonly Advice[] => [
  ...found.filter(({ blocks }) => blocks),
  ...found.filter(({ blocks }) => !blocks),
];
