/** An asset in one line as whoever must freeze it needs it: what, where, whose. */
import type { Asset, Institution } from '@holdfast/protocol';
import { safeLine } from './text.js';

function institution({ name, country, bic, lei, branch }: Institution): string {
  const codes = [bic && `BIC ${bic}`, lei && `LEI ${lei}`, branch].filter((part) => part !== undefined && part !== '');
  return `${name} (${[country, ...codes].join(', ')})`;
}

const at = (held: Institution | undefined): string => (held === undefined ? '' : ` at ${institution(held)}`);

/** `account GB29 NWBK … at Belmora Harbour Bank (XB)`. */
export function assetTitle(asset: Asset): string {
  switch (asset.kind) {
    case 'account': {
      const number = asset.iban === undefined ? asset.localNumber : asset.iban.replace(/(.{4})(?=.)/g, '$1 ');
      return safeLine(`account ${number ?? ''}${at(asset.institution)}`);
    }
    case 'virtual-asset':
      return safeLine(
        `wallet ${asset.chain} ${asset.address}${asset.token === undefined ? '' : ` (${asset.token})`}${at(asset.provider)}`,
      );
    case 'property':
      return safeLine(
        `${asset.propertyType} in ${asset.country}: ${asset.description.text}${asset.register === undefined ? '' : `, ${asset.register.name} ${asset.register.number}`}`,
      );
    case 'securities':
      return safeLine(
        `securities ${asset.isin ?? ''}${asset.custodyAccount === undefined ? '' : ` in ${asset.custodyAccount}`}${at(asset.custodian)}`,
      );
    case 'insurance':
      return safeLine(`${asset.policyType} policy ${asset.policyNumber}${at(asset.insurer)}`);
    case 'safe-deposit-box':
      return safeLine(`safe-deposit box ${asset.boxNumber}${at(asset.institution)}`);
    default:
      return asset satisfies never;
  }
}

/** Whose it is, by subject reference. */
export function assetHolders(asset: Asset): readonly string[] {
  switch (asset.kind) {
    case 'account':
      return [...asset.holders, ...(asset.beneficialOwners ?? []).map((owner) => `${owner} (beneficial owner)`)];
    case 'virtual-asset':
      return asset.holders ?? [];
    case 'property':
      return asset.owners;
    case 'securities':
    case 'safe-deposit-box':
      return asset.holders;
    case 'insurance':
      return asset.policyHolders;
    default:
      return asset satisfies never;
  }
}
