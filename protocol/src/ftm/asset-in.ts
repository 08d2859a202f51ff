/** A FollowTheMoney account, wallet or registered thing as an asset of the freeze alert, not yet checked. Pure. */
import type { Entity } from '../subjects/entity.js';
import { BENEFICIAL_OWNER, PROPERTY_SCHEMATA } from './asset-out.js';
import { given, isoCountry, type Placed, type Reading, single, valuesOf } from './reading.js';

/** Schemata that the form has a place for. */
export const ASSET_SCHEMATA: ReadonlySet<string> = new Set([
  'BankAccount',
  'CryptoWallet',
  'RealEstate',
  'Vehicle',
  'Vessel',
  'Airplane',
]);

/** What is said about an asset elsewhere in the list. */
export interface AssetContext {
  readonly assetRef: string;
  /** `Ownership` entities that name it. */
  readonly holdings: readonly Entity[];
  /** `Payment` entities that leave it. */
  readonly payments: readonly Placed[];
  readonly byId: ReadonlyMap<string, Entity>;
  /** The language of descriptions, which the model does not say. */
  readonly language: string;
}

/** @returns an asset without the measure asked for */
export function readAsset(placed: Placed, context: AssetContext, reading: Reading): Record<string, unknown> {
  switch (placed.entity.schema) {
    case 'BankAccount':
      return readAccount(placed, context, reading);
    case 'CryptoWallet':
      return readWallet(placed, context, reading);
    default:
      return readProperty(placed, context, reading);
  }
}

function holdersOf({ holdings }: AssetContext, isBeneficial: boolean, { refOf }: Reading): string[] {
  return holdings
    .filter((holding) => valuesOf(holding, 'role').includes(BENEFICIAL_OWNER) === isBeneficial)
    .flatMap((holding) => valuesOf(holding, 'owner').flatMap((id) => refOf(id) ?? []));
}

const moneyOf = (value: string | undefined, currency: string | undefined, asAt: string | undefined): unknown =>
  value === undefined || currency === undefined ? undefined : given({ value, currency, asAt });

function readAccount(placed: Placed, context: AssetContext, reading: Reading): Record<string, unknown> {
  const { report } = reading;
  const one = (name: string): string | undefined => single(placed, name, report);
  const balance = one('balance');
  const balanceDate = one('balanceDate');
  const currency = one('currency');
  if (balance !== undefined && (balanceDate === undefined || currency === undefined))
    report(`${placed.at}.properties.balanceDate`, 'is missing: a balance needs its day and its currency');
  return given({
    kind: 'account',
    assetRef: context.assetRef,
    iban: one('iban'),
    localNumber: one('accountNumber'),
    institution: institutionOf(placed, context, reading),
    holders: holdersOf(context, false, reading),
    beneficialOwners: holdersOf(context, true, reading),
    currency,
    accountType: one('accountType'),
    amount: moneyOf(balance, currency, balanceDate),
    transactions: context.payments.map((payment) => transactionOf(payment, context.byId, report)),
  });
}

function transactionOf(payment: Placed, byId: AssetContext['byId'], report: Reading['report']): unknown {
  const one = (name: string): string | undefined => single(payment, name, report);
  const beneficiary = byId.get(valuesOf(payment.entity, 'beneficiary')[0] ?? '');
  const amount = moneyOf(one('amount'), one('currency'), one('date'));
  if (amount === undefined)
    report(`${payment.at}.properties.amount`, 'is missing: a payment needs amount and currency');
  return given({
    reference: one('transactionNumber') ?? payment.entity.id,
    amount,
    counterparty: beneficiary === undefined ? undefined : valuesOf(beneficiary, 'name')[0],
  });
}

function institutionOf(placed: Placed, { byId }: AssetContext, { report }: Reading): unknown {
  const one = (name: string): string | undefined => single(placed, name, report);
  const bank = byId.get(valuesOf(placed.entity, 'bank')[0] ?? '');
  const of = (name: string): string | undefined => (bank === undefined ? undefined : valuesOf(bank, name)[0]);
  const name = of('name') ?? one('bankName');
  const bic = one('bic') ?? of('swiftBic');
  if (name === undefined && bic === undefined) return undefined;
  const country = of('jurisdiction') ?? of('country') ?? one('country') ?? bic?.slice(4, 6);
  if (country === undefined) report(`${placed.at}.properties.country`, 'is missing: where the institution is');
  return given({
    name: name ?? bic,
    country: isoCountry(country),
    bic,
    lei: of('leiCode'),
    branch: of('address'),
  });
}

/** Names that exchanges and lists use for the coin of a chain. */
const CHAIN_OF: Readonly<Record<string, string>> = {
  BTC: 'bitcoin',
  XBT: 'bitcoin',
  ETH: 'ethereum',
  LTC: 'litecoin',
  DOGE: 'dogecoin',
  TRX: 'tron',
  SOL: 'solana',
  BNB: 'bnb-smart-chain',
  POL: 'polygon',
};

function readWallet(placed: Placed, context: AssetContext, reading: Reading): Record<string, unknown> {
  const { entity, at } = placed;
  const { report, refOf } = reading;
  const one = (name: string): string | undefined => single(placed, name, report);
  const coin = one('currency');
  const address = one('publicKey');
  if (coin === undefined) report(`${at}.properties.currency`, 'is missing: it says which chain the address is on');
  if (address === undefined) report(`${at}.properties.publicKey`, 'is missing: the address is what can be frozen');
  const exchange = one('managingExchange');
  const country = one('country');
  if (exchange !== undefined && country === undefined)
    report(`${at}.properties.country`, 'is missing: where the exchange is');
  const asAt = one('balanceDate');
  const euros = one('amountEur');
  const dollars = one('amountUsd');
  const held = valuesOf(entity, 'holder').flatMap((id) => refOf(id) ?? []);
  return given({
    kind: 'virtual-asset',
    assetRef: context.assetRef,
    chain: coin === undefined ? undefined : (CHAIN_OF[coin.toUpperCase()] ?? coin.toLowerCase()),
    address,
    token: one('currencySymbol'),
    quantity: one('balance'),
    provider: exchange === undefined ? undefined : given({ name: exchange, country: isoCountry(country) }),
    holders: held.length > 0 ? held : holdersOf(context, false, reading),
    amount: euros === undefined ? moneyOf(dollars, 'USD', asAt) : moneyOf(euros, 'EUR', asAt),
  });
}

function readProperty(placed: Placed, context: AssetContext, reading: Reading): Record<string, unknown> {
  const { entity } = placed;
  const one = (name: string): string | undefined => single(placed, name, reading.report);
  const [propertyType] = Object.entries(PROPERTY_SCHEMATA).find(([, schema]) => schema === entity.schema) ?? ['other'];
  const text = one('description') ?? valuesOf(entity, 'name')[0] ?? one('registrationNumber');
  if (text === undefined) reading.report(`${placed.at}.properties.description`, 'is missing: what is it?');
  return given({
    kind: 'property',
    assetRef: context.assetRef,
    propertyType,
    description: text === undefined ? undefined : { language: context.language, text },
    country: isoCountry(one('country') ?? one('flag')),
    address: one('address'),
    owners: holdersOf(context, false, reading),
  });
}
