/**
 * Assets, each with its `assetRef`: the short name under which every later message of the case speaks of it, and under which
 * its state is kept. One shape per kind of asset.
 */
import { type Static, Type } from 'typebox';
import { AmountSchema, DatedAmountSchema, DecimalSchema } from './amount.js';
import { CountrySchema, CurrencySchema } from './codes.js';
import { IbanSchema, IsinSchema, LocalNumberSchema } from './identifiers.js';
import { InstitutionSchema } from './institution.js';
import { MeasureSchema } from './measure.js';
import { choice, closed, line, shortId, tagged } from './shape.js';
import { SubjectRefSchema } from './subject.js';
import { ProseSchema } from './text.js';

export const AssetRefSchema = shortId('reference to an asset within this alert');
const subjectRefs = Type.Array(SubjectRefSchema, { minItems: 1, maxItems: 20, uniqueItems: true });

const common = {
  assetRef: AssetRefSchema,
  measure: MeasureSchema,
  /** What it is thought to hold, with the day on which it did. */
  amount: Type.Optional(DatedAmountSchema),
  note: Type.Optional(ProseSchema),
};

export const AccountSchema = Type.Object(
  {
    kind: Type.Literal('account'),
    ...common,
    iban: Type.Optional(IbanSchema),
    /** Where there is no IBAN; the institution then needs a BIC or an LEI. */
    localNumber: Type.Optional(LocalNumberSchema),
    institution: Type.Optional(InstitutionSchema),
    holders: subjectRefs,
    beneficialOwners: Type.Optional(subjectRefs),
    currency: Type.Optional(CurrencySchema),
    accountType: Type.Optional(choice(['current', 'savings', 'payment', 'client', 'correspondent', 'loan', 'other'])),
    /** The payments that are about to leave, or by which the proceeds came. */
    transactions: Type.Optional(
      Type.Array(
        Type.Object({ reference: line(100), amount: AmountSchema, counterparty: Type.Optional(line(300)) }, closed),
        { maxItems: 100 },
      ),
    ),
  },
  closed,
);

export const VirtualAssetSchema = Type.Object(
  {
    kind: Type.Literal('virtual-asset'),
    ...common,
    chain: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{1,39}$',
      description: 'name of the chain in lower case, such as bitcoin or ethereum',
    }),
    address: line(128),
    /** Ticker or contract of what is held, where it is not the chain's own coin. */
    token: Type.Optional(line(100)),
    quantity: Type.Optional(DecimalSchema),
    /** The service that holds the keys; absent where the subject does. */
    provider: Type.Optional(InstitutionSchema),
    holders: Type.Optional(subjectRefs),
    transactions: Type.Optional(
      Type.Array(Type.Object({ hash: line(128), quantity: Type.Optional(DecimalSchema) }, closed), { maxItems: 100 }),
    ),
  },
  closed,
);

export const PropertySchema = Type.Object(
  {
    kind: Type.Literal('property'),
    ...common,
    propertyType: choice(['real-estate', 'vehicle', 'vessel', 'aircraft', 'artwork', 'precious-goods', 'other']),
    description: ProseSchema,
    country: CountrySchema,
    address: Type.Optional(line(500)),
    register: Type.Optional(Type.Object({ name: line(200), number: line(100) }, closed)),
    owners: subjectRefs,
  },
  closed,
);

export const SecuritiesSchema = Type.Object(
  {
    kind: Type.Literal('securities'),
    ...common,
    isin: Type.Optional(IsinSchema),
    issuer: Type.Optional(line(300)),
    quantity: Type.Optional(DecimalSchema),
    custodian: InstitutionSchema,
    custodyAccount: Type.Optional(line(64)),
    holders: subjectRefs,
  },
  closed,
);

export const InsuranceSchema = Type.Object(
  {
    kind: Type.Literal('insurance'),
    ...common,
    insurer: InstitutionSchema,
    policyNumber: line(64),
    policyType: choice(['life', 'investment-linked', 'annuity', 'other']),
    policyHolders: subjectRefs,
    beneficiaries: Type.Optional(subjectRefs),
  },
  closed,
);

export const SafeDepositBoxSchema = Type.Object(
  {
    kind: Type.Literal('safe-deposit-box'),
    ...common,
    institution: InstitutionSchema,
    boxNumber: line(64),
    holders: subjectRefs,
  },
  closed,
);

export const ASSET_KINDS = [
  'account',
  'virtual-asset',
  'property',
  'securities',
  'insurance',
  'safe-deposit-box',
] as const;
export type AssetKind = (typeof ASSET_KINDS)[number];

export const AssetSchema = tagged('kind', {
  account: AccountSchema,
  'virtual-asset': VirtualAssetSchema,
  property: PropertySchema,
  securities: SecuritiesSchema,
  insurance: InsuranceSchema,
  'safe-deposit-box': SafeDepositBoxSchema,
});
export type Asset = Static<typeof AssetSchema>;
