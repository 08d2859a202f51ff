/** What a schema cannot say of an asset: check digits, codes, that its holders are subjects of the same message. */
import { checkAmount, isZero } from './amount.js';
import type { Asset } from './asset.js';
import { checkCountry, checkCurrency } from './codes.js';
import { checkIban, checkIsin } from './identifiers.js';
import { checkInstitution } from './institution.js';
import { checkMeasure, type MeasureAction } from './measure.js';
import type { Report } from './report.js';
import { checkProse } from './text.js';
import { checkWalletAddress } from './wallet-address.js';

/** Measures that make no sense for a kind of asset would be refused by whoever must carry them out. */
const FITTING: { readonly [K in Asset['kind']]: readonly MeasureAction[] } = {
  account: ['monitor', 'transaction', 'account', 'relationship'],
  'virtual-asset': ['monitor', 'transaction', 'wallet', 'relationship'],
  property: ['monitor', 'safekeeping', 'property-registration'],
  securities: ['monitor', 'transaction', 'account', 'relationship', 'safekeeping'],
  insurance: ['monitor', 'transaction', 'account', 'relationship'],
  'safe-deposit-box': ['monitor', 'relationship', 'safekeeping'],
};

/** Reports what is wrong with `asset`; holders and owners must be among `subjects`. */
export function checkAsset(asset: Asset, at: string, report: Report, subjects: ReadonlySet<string>): void {
  checkMeasure(asset.measure, `${at}.measure`, report);
  const fitting = FITTING[asset.kind];
  if (!fitting.includes(asset.measure.action)) {
    report(
      `${at}.measure.action`,
      `${asset.measure.action} is no measure for ${asset.kind}; possible are ${fitting.join(', ')}`,
    );
  }
  if (asset.amount !== undefined) checkAmount(asset.amount, `${at}.amount`, report);
  if (asset.note !== undefined) checkProse(asset.note, `${at}.note`, report);
  const checkHolders = (list: readonly string[] | undefined, name: string): void => {
    list?.forEach((ref, index) => {
      if (!subjects.has(ref)) report(`${at}.${name}.${index}`, `${ref} is not among the subjects`);
    });
  };
  switch (asset.kind) {
    case 'account':
      checkAccount(asset, at, report);
      checkHolders(asset.holders, 'holders');
      checkHolders(asset.beneficialOwners, 'beneficialOwners');
      return;
    case 'virtual-asset':
      checkWalletAddress(asset.chain, asset.address, `${at}.address`, report);
      if (asset.quantity !== undefined && isZero(asset.quantity)) report(`${at}.quantity`, 'must be more than zero');
      if (asset.provider !== undefined) checkInstitution(asset.provider, `${at}.provider`, report);
      checkHolders(asset.holders, 'holders');
      return;
    case 'property':
      checkProse(asset.description, `${at}.description`, report);
      checkCountry(asset.country, `${at}.country`, report);
      checkHolders(asset.owners, 'owners');
      return;
    case 'securities':
      if (asset.isin === undefined && asset.custodyAccount === undefined) {
        report(`${at}.isin`, 'is missing: give the ISIN or the custody account');
      }
      if (asset.isin !== undefined) checkIsin(asset.isin, `${at}.isin`, report);
      checkInstitution(asset.custodian, `${at}.custodian`, report);
      checkHolders(asset.holders, 'holders');
      return;
    case 'insurance':
      checkInstitution(asset.insurer, `${at}.insurer`, report);
      checkHolders(asset.policyHolders, 'policyHolders');
      checkHolders(asset.beneficiaries, 'beneficiaries');
      return;
    case 'safe-deposit-box':
      checkInstitution(asset.institution, `${at}.institution`, report);
      checkHolders(asset.holders, 'holders');
      return;
    default:
      asset satisfies never;
  }
}

function checkAccount(account: Extract<Asset, { kind: 'account' }>, at: string, report: Report): void {
  const { iban, localNumber, institution } = account;
  if (iban === undefined && localNumber === undefined)
    report(`${at}.iban`, 'is missing: give the IBAN or the local number');
  if (iban !== undefined) checkIban(iban, `${at}.iban`, report);
  if (institution !== undefined) checkInstitution(institution, `${at}.institution`, report);
  if (
    localNumber !== undefined &&
    iban === undefined &&
    institution?.bic === undefined &&
    institution?.lei === undefined
  ) {
    report(`${at}.institution`, 'needs a BIC or an LEI where the account has only a local number');
  }
  if (account.currency !== undefined) checkCurrency(account.currency, `${at}.currency`, report);
  account.transactions?.forEach(({ amount }, index) => {
    checkAmount(amount, `${at}.transactions.${index}.amount`, report);
  });
}

/** What the asset is known by outside the message: two entries with one key are one asset. */
export function assetKey(asset: Asset): string {
  switch (asset.kind) {
    case 'account':
      return asset.iban ?? `${asset.localNumber} at ${asset.institution?.bic ?? asset.institution?.lei}`;
    case 'virtual-asset':
      return `${asset.chain}:${/^0x/i.test(asset.address) ? asset.address.toLowerCase() : asset.address}${asset.token === undefined ? '' : ` ${asset.token}`}`;
    case 'property':
      return asset.register === undefined ? asset.assetRef : `${asset.register.name} ${asset.register.number}`;
    case 'securities':
      return `${asset.isin ?? ''} ${asset.custodyAccount ?? ''} at ${asset.custodian.name}`;
    case 'insurance':
      return `${asset.policyNumber} at ${asset.insurer.name}`;
    case 'safe-deposit-box':
      return `${asset.boxNumber} at ${asset.institution.name}`;
  }
}
