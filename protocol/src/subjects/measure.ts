/** What is asked to be done to an asset, or has been done: which act, how far, for how long, and what may still be paid. */
import { type Static, Type } from 'typebox';
import { AmountSchema, checkAmount } from './amount.js';
import { type Check, checkEach } from './report.js';
import { choice, closed, tagged } from './shape.js';
import { checkProse, ProseSchema } from './text.js';

/** Article 54(2); AMLD6 art. 24: from watching to the whole business relationship. */
export const MEASURES = [
  'monitor',
  'transaction',
  'account',
  'relationship',
  'wallet',
  'safekeeping',
  'property-registration',
] as const;
export type MeasureAction = (typeof MEASURES)[number];
export const MeasureActionSchema = choice(MEASURES);

export const ExtentSchema = tagged('kind', {
  full: Type.Object({ kind: Type.Literal('full') }, closed),
  capped: Type.Object({ kind: Type.Literal('capped'), amount: AmountSchema }, closed),
});
export type Extent = Static<typeof ExtentSchema>;

/** What may be paid from a frozen asset: subsistence, wages, legal fees, bank fees. */
export const PermittedDebitSchema = Type.Object(
  {
    purpose: choice(['basic-expenses', 'wages', 'legal-fees', 'taxes', 'bank-fees', 'prior-claims', 'other']),
    amount: Type.Optional(AmountSchema),
    per: Type.Optional(choice(['once', 'week', 'month'])),
    note: Type.Optional(ProseSchema),
  },
  closed,
);
export type PermittedDebit = Static<typeof PermittedDebitSchema>;

export const AskedDurationSchema = Type.Object(
  {
    number: Type.Integer({ minimum: 1, maximum: 3660 }),
    unit: choice(['hours', 'calendar-days', 'working-days', 'months']),
  },
  closed,
);

export const MeasureSchema = Type.Object(
  {
    action: MeasureActionSchema,
    extent: ExtentSchema,
    /** As long as is asked for; what holds is the recipient's law. */
    duration: AskedDurationSchema,
    permittedDebits: Type.Optional(Type.Array(PermittedDebitSchema, { maxItems: 20 })),
  },
  closed,
);
export type Measure = Static<typeof MeasureSchema>;

export const checkMeasure: Check<Measure> = (measure, at, report) => {
  checkExtent(measure.extent, `${at}.extent`, report);
  checkEach(measure.permittedDebits, `${at}.permittedDebits`, report, checkPermittedDebit);
};

export const checkExtent: Check<Extent> = (extent, at, report) => {
  if (extent.kind === 'capped') checkAmount(extent.amount, `${at}.amount`, report);
};

export const checkPermittedDebit: Check<PermittedDebit> = (debit, at, report) => {
  if (debit.amount !== undefined) checkAmount(debit.amount, `${at}.amount`, report);
  if (debit.note !== undefined) checkProse(debit.note, `${at}.note`, report);
  if (debit.purpose === 'other' && debit.note === undefined) report(`${at}.note`, 'is missing: say what for');
};
