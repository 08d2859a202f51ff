/** An asset as FollowTheMoney entities: the thing itself, who holds it, where it is held, what is about to leave it. Pure. */
import type { Asset } from '../subjects/asset.js';
import type { Entity } from '../subjects/entity.js';
import type { Institution } from '../subjects/institution.js';
import { assetId, country, entityOf, subjectId, type Values } from './build.js';

type Kind<K extends Asset['kind']> = Extract<Asset, { kind: K }>;

/** The asset first, then what refers to it. The measure asked for is no statement about the world and is not among them. */
export function assetEntities(asset: Asset): readonly Entity[] {
  const id = assetId(asset.assetRef);
  switch (asset.kind) {
    case 'account':
      return accountEntities(asset, id);
    case 'virtual-asset':
      return [walletEntity(asset, id)];
    case 'property':
      return [propertyEntity(asset, id), ...holding(id, asset.owners, 'owner')];
    case 'securities':
      return [
        entityOf(id, 'Security', {
          isin: [asset.isin],
          name: [asset.issuer, asset.isin],
          amount: [asset.amount?.value],
          currency: [asset.amount?.currency],
        }),
        ...holding(id, asset.holders, 'holder'),
        ...keeping(id, asset.custodian, 'custodian'),
      ];
    case 'insurance':
      return [
        entityOf(id, 'Asset', { name: [`policy ${asset.policyNumber}`], keywords: [asset.kind], ...worth(asset) }),
        ...holding(id, asset.policyHolders, 'policy holder'),
        ...holding(id, asset.beneficiaries ?? [], 'beneficiary'),
        ...keeping(id, asset.insurer, 'insurer'),
      ];
    case 'safe-deposit-box':
      return [
        entityOf(id, 'Asset', {
          name: [`safe-deposit box ${asset.boxNumber}`],
          keywords: [asset.kind],
          ...worth(asset),
        }),
        ...holding(id, asset.holders, 'holder'),
        ...keeping(id, asset.institution, 'keeper'),
      ];
  }
}

const worth = ({ amount }: Asset): Values => ({ amount: [amount?.value], currency: [amount?.currency] });

/** Roles of an `Ownership` that are read back as holders. */
export const BENEFICIAL_OWNER = 'beneficial owner';

const holding = (id: string, holders: readonly string[], role: string): Entity[] =>
  holders.map((holder, index) =>
    entityOf(`${id}-${role.replaceAll(' ', '-')}-${index}`, 'Ownership', {
      owner: [subjectId(holder)],
      asset: [id],
      role: [role],
    }),
  );

const institutionEntity = (id: string, institution: Institution): Entity =>
  entityOf(id, 'Company', {
    name: [institution.name],
    jurisdiction: [country(institution.country)],
    swiftBic: [institution.bic],
    leiCode: [institution.lei],
    address: [institution.branch],
  });

function keeping(id: string, institution: Institution, role: string): Entity[] {
  const keeper = `${id}-institution`;
  return [
    institutionEntity(keeper, institution),
    entityOf(`${id}-${role}`, 'UnknownLink', { subject: [keeper], object: [id], role: [role] }),
  ];
}

function accountEntities(account: Kind<'account'>, id: string): Entity[] {
  const { institution, amount, holders, beneficialOwners = [], transactions = [] } = account;
  const bank = institution === undefined ? [] : [institutionEntity(`${id}-institution`, institution)];
  const entity = entityOf(id, 'BankAccount', {
    iban: [account.iban],
    accountNumber: [account.localNumber],
    accountType: [account.accountType],
    bank: bank.map((found) => found.id),
    bankName: [institution?.name],
    bic: [institution?.bic],
    country: [country(institution?.country)],
    currency: [account.currency ?? amount?.currency],
    balance: [amount?.value],
    balanceDate: [amount?.asAt],
  });
  const payments = transactions.flatMap(({ reference, amount: moved, counterparty }, index) => {
    const [payer] = holders;
    // A payment names both sides in the model; one that is not known is not made up.
    if (counterparty === undefined || payer === undefined) return [];
    const other = `${id}-counterparty-${index}`;
    return [
      entityOf(other, 'LegalEntity', { name: [counterparty] }),
      entityOf(`${id}-payment-${index}`, 'Payment', {
        payer: [subjectId(payer)],
        payerAccount: [id],
        beneficiary: [other],
        amount: [moved.value],
        currency: [moved.currency],
        date: [moved.asAt],
        transactionNumber: [reference],
      }),
    ];
  });
  return [
    entity,
    ...bank,
    ...holding(id, holders, 'holder'),
    ...holding(id, beneficialOwners, BENEFICIAL_OWNER),
    ...payments,
  ];
}

function walletEntity(wallet: Kind<'virtual-asset'>, id: string): Entity {
  const { chain, address, token, quantity, provider, holders = [], amount } = wallet;
  return entityOf(id, 'CryptoWallet', {
    publicKey: [address],
    currency: [chain],
    currencySymbol: [token],
    holder: holders.map(subjectId),
    managingExchange: [provider?.name],
    country: [country(provider?.country)],
    balance: [quantity],
    balanceDate: [amount?.asAt],
    amountEur: [amount?.currency === 'EUR' ? amount.value : undefined],
    amountUsd: [amount?.currency === 'USD' ? amount.value : undefined],
  });
}

/** Schemata for what is registered; anything else is an `Asset`. */
export const PROPERTY_SCHEMATA: Readonly<Record<Kind<'property'>['propertyType'], string>> = {
  'real-estate': 'RealEstate',
  vehicle: 'Vehicle',
  vessel: 'Vessel',
  aircraft: 'Airplane',
  artwork: 'Asset',
  'precious-goods': 'Asset',
  other: 'Asset',
};

function propertyEntity(property: Kind<'property'>, id: string): Entity {
  const schema = PROPERTY_SCHEMATA[property.propertyType];
  return entityOf(id, schema, {
    name: [property.description.text.split('\n')[0]],
    description: [property.description.text],
    country: [country(property.country)],
    address: [property.address],
    ...(schema === 'Asset'
      ? { keywords: [property.propertyType] }
      : { registrationNumber: [property.register?.number] }),
    ...worth(property),
  });
}
