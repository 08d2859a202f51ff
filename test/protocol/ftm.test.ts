/**
 * FollowTheMoney in and out: what may travel, what comes back the same, and who says which spelling is which. The model is the
 * published one of `@opensanctions/followthemoney`; addresses are the examples of BIP 173, BIP 350 and EIP-55.
 */
import {
  type Entity,
  entitiesOf,
  type FreezeParts,
  freezeEntities,
  freezeParts,
  isProtocolError,
  LIMITS,
  parseEntities,
  parseMessage,
  readEntities,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { readBody } from '#cli/input/read-body.js';
import { checkCountry, checkLanguage } from '#protocol/subjects/codes.js';
import { checkName } from '#protocol/subjects/person-name.js';
import type { Check } from '#protocol/subjects/report.js';
import { checkWalletAddress } from '#protocol/subjects/wallet-address.js';

const NOW = Date.UTC(2026, 2, 2, 14, 0);
const measure = {
  action: 'account',
  extent: { kind: 'full' },
  duration: { number: 5, unit: 'working-days' },
} as const;
const walletMeasure = { ...measure, action: 'wallet' } as const;
const intent = {
  role: 'suspect',
  language: 'en',
  measureFor: (schema: string) => (schema === 'CryptoWallet' ? walletMeasure : measure),
} as const;

function issuesOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (isProtocolError(error)) return error.issues.map(({ field, reason }) => `${field} ${reason}`);
    throw error;
  }
  return [];
}

function found<T>(check: Check<T>, value: T): string | undefined {
  let first: string | undefined;
  check(value, 'x', (field, reason) => {
    first ??= `${field} ${reason}`;
  });
  return first;
}

const person = (properties: Record<string, unknown>, more: object = {}): object => ({
  id: 'p1',
  schema: 'Person',
  properties: { name: ['Mira Velkova'], ...properties },
  ...more,
});

t.test('a private key never comes in, whatever else is said of the wallet', async (t) => {
  for (const schema of ['CryptoWallet', 'Person']) {
    const text = JSON.stringify({ id: 'w', schema, properties: { name: ['x'], privateKey: ['5J…'] } });
    t.match(
      issuesOf(() => readEntities(text)),
      [/^0\.properties\.privateKey is refused: a private key gives the funds/],
    );
  }
});

t.test('unknown schemata, properties and members are named by their place', async (t) => {
  const lines = [person({ colour: ['green'] }), { id: 'x', schema: 'Spaceship', properties: {} }];
  t.same(
    issuesOf(() => readEntities(lines.map((line) => JSON.stringify(line)).join('\n'))),
    ['0.properties.colour is not a property of Person', '1.schema Spaceship is not a schema of FollowTheMoney'],
  );
  t.match(
    issuesOf(() => readEntities(JSON.stringify([person({}, { secret: 1 })]))),
    [/^0\.secret/],
  );
  t.match(
    issuesOf(() => readEntities(JSON.stringify([person({ nationality: ['nowhere'] })]))),
    [/country code/],
  );
});

t.test('a list and lines are the same; what a tool adds about itself is left behind', async (t) => {
  const bare = person({ birthDate: ['1971'] });
  const dressed = {
    ...bare,
    caption: 'Mira',
    datasets: ['x'],
    last_seen: '2026-01-01',
    properties: { name: 'Mira Velkova', birthDate: '1971' },
  };
  t.same(readEntities(JSON.stringify([bare])), [bare]);
  t.same(readEntities(`\n${JSON.stringify(dressed)}\r\n`), [bare]);
  t.throws(() => readEntities(`${JSON.stringify(bare)}\n{"id":`), { code: 'encoding.json', message: /^Line 2: / });
});

t.test('what is too large is refused before it is parsed', async (t) => {
  // Not JSON at all: only a reader that looks at the size first says so.
  t.throws(() => readEntities('{'.repeat(LIMITS.bodyBytes + 1)), { code: 'encoding.too-large' });
  t.throws(() => readEntities(`[${'é'.repeat(LIMITS.bodyBytes / 2)}]`), { code: 'encoding.too-large' });
});

t.test('the sample alert: everyone and everything in it, each as the model has it, twice the same', async (t) => {
  const request = parseMessage('freeze.request', await readBody('samples/alert.json', NOW));
  const entities = entitiesOf(request);
  t.same(parseEntities(entities), entities, 'valid under the published model');
  t.same(entitiesOf(request), entities);
  const { subjects, assets, ownership = [] } = request.body;
  const of = (schema: string): number => entities.filter((entity) => entity.schema === schema).length;
  t.equal(
    of('Person') + of('Company'),
    subjects.length + assets.filter((asset) => asset.kind === 'account' && asset.institution).length,
  );
  t.equal(of('BankAccount'), assets.filter(({ kind }) => kind === 'account').length);
  t.equal(of('CryptoWallet'), assets.filter(({ kind }) => kind === 'virtual-asset').length);
  t.ok(of('Ownership') >= ownership.length);
  const velkova = entities.find(({ names }) => names?.some(({ original }) => original === 'Мира Велкова'));
  t.same(velkova?.properties.name, ['Мира Велкова', 'Mira Velkova']);
  t.match(velkova?.names?.[0], { original: 'Мира Велкова', transliteration: 'Mira Velkova', system: 'passport' });
  const disclosure = parseMessage('disclosure', await readBody('samples/disclosure.json', NOW, { attachments: [] }));
  t.same(parseEntities(entitiesOf(disclosure)), disclosure.body.entities);
});

t.test('every kind of asset goes out under the model', async (t) => {
  const institution = { name: 'Belmora Custody', country: 'XB', bic: 'DEUTDEFF500', lei: '5493001KJTIIGC8Y1R12' };
  const amount = { value: '10.50', currency: 'EUR', asAt: '2026-03-01' };
  const common = { measure, amount };
  const prose = { language: 'en', text: 'A house by the sea' };
  const property = {
    kind: 'property' as const,
    ...common,
    description: prose,
    country: 'XB',
    owners: ['s1'],
  };
  const entities = freezeEntities({
    subjects: [
      { kind: 'person', subjectRef: 's1', role: 'suspect', names: [{ original: 'Olen Tamsin', type: 'main' }] },
    ],
    assets: [
      { ...property, assetRef: 'a1', propertyType: 'real-estate', register: { name: 'Land', number: '7' } },
      { ...property, assetRef: 'a2', propertyType: 'vessel' },
      { ...property, assetRef: 'a3', propertyType: 'artwork' },
      { ...property, assetRef: 'a4', propertyType: 'vehicle' },
      { ...property, assetRef: 'a5', propertyType: 'aircraft' },
      { kind: 'securities', assetRef: 'a6', ...common, isin: 'US0378331005', custodian: institution, holders: ['s1'] },
      {
        kind: 'insurance',
        assetRef: 'a7',
        ...common,
        insurer: institution,
        policyNumber: '9',
        policyType: 'life',
        policyHolders: ['s1'],
        beneficiaries: ['s1'],
      },
      { kind: 'safe-deposit-box', assetRef: 'a8', ...common, institution, boxNumber: '12', holders: ['s1'] },
    ],
  });
  t.same(parseEntities(entities), entities);
  for (let index = 1; index <= 8; index++) t.ok(entities.some(({ id }) => id === `asset-a${index}`));
});

const date = fc
  .date({ min: new Date('1920-01-01'), max: new Date('2025-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));
const word = fc.stringMatching(/^[A-Z][a-z]{1,8}$/);
const latinName = fc.tuple(word, word).map(([a, b]) => `${a} ${b}`);
const foreign = fc.constantFrom('Мира Велкова', '王芳', 'محمد علي', 'Ελένη Παππά', '佐藤 さくら');
const nameOf = fc.oneof(
  latinName.map((original) => ({ original })),
  fc
    .tuple(foreign, latinName)
    .map(([original, transliteration]) => ({ original, transliteration, system: 'passport' })),
);
const names = fc
  .tuple(nameOf, fc.array(fc.tuple(nameOf, fc.constantFrom('alias', 'former', 'birth', 'trading'))))
  .map(([main, others]) => [{ ...main, type: 'main' as const }, ...others.map(([name, type]) => ({ ...name, type }))]);
const country = fc.constantFrom('XA', 'XB', 'FR', 'DE', 'JP');
const identifiers = fc.uniqueArray(
  fc.record(
    {
      type: fc.constantFrom('passport', 'tax', 'company-register', 'vat', 'other'),
      value: fc.stringMatching(/^[A-Z0-9]{4,12}$/),
      country,
    },
    { requiredKeys: ['type', 'value'] },
  ),
  { maxLength: 4, selector: ({ type, value }) => `${type} ${value}` },
);
const addresses = fc.uniqueArray(fc.record({ full: latinName, country }, { requiredKeys: ['full'] }), {
  maxLength: 3,
  selector: ({ full }) => full,
});
const lists = { identifiers, addresses };
/** No empty list: the form has none where nothing is known. */
const filled = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).filter(([, member]) => !(Array.isArray(member) && member.length === 0)),
  ) as T;
const personOf = (subjectRef: string) =>
  fc
    .record(
      {
        kind: fc.constant('person' as const),
        subjectRef: fc.constant(subjectRef),
        role: fc.constant('suspect' as const),
        names,
        ...lists,
        bornOn: date,
        birthPlace: latinName,
        nationalities: fc.uniqueArray(country, { maxLength: 3 }),
      },
      { requiredKeys: ['kind', 'subjectRef', 'role', 'names'] },
    )
    .map(filled);
const organisationOf = (subjectRef: string) =>
  fc
    .record(
      {
        kind: fc.constant('organisation' as const),
        subjectRef: fc.constant(subjectRef),
        role: fc.constant('suspect' as const),
        names,
        registeredIn: country,
        ...lists,
        legalForm: word,
        registeredOn: date,
      },
      { requiredKeys: ['kind', 'subjectRef', 'role', 'names', 'registeredIn'] },
    )
    .map(filled);
const amount = fc.record({
  value: fc.integer({ min: 1, max: 1e9 }).map(String),
  currency: fc.constant('EUR'),
  asAt: date,
});
const account = fc
  .record(
    {
      kind: fc.constant('account' as const),
      assetRef: fc.constant('a1'),
      measure: fc.constant(measure),
      iban: fc.constant('GB29NWBK60161331926819'),
      institution: fc.record(
        { name: latinName, country, bic: fc.constant('NWBKGB2L'), lei: fc.constant('5493001KJTIIGC8Y1R12') },
        { requiredKeys: ['name', 'country'] },
      ),
      holders: fc.constantFrom<string[]>(['s1'], ['s1', 's2']),
      beneficialOwners: fc.constant<string[]>(['s2']),
      amount,
      currency: fc.constant('EUR'),
      accountType: fc.constantFrom('current', 'savings'),
      transactions: fc.array(fc.record({ reference: word, amount, counterparty: latinName }), {
        minLength: 1,
        maxLength: 3,
      }),
    },
    { requiredKeys: ['kind', 'assetRef', 'measure', 'iban', 'holders'] },
  )
  // The model has one currency for an account: an amount brings it.
  .map((asset) => (asset.amount === undefined ? asset : { ...asset, currency: 'EUR' }));
const wallet = fc.record(
  {
    kind: fc.constant('virtual-asset' as const),
    assetRef: fc.constant('w1'),
    measure: fc.constant(walletMeasure),
    chain: fc.constant('bitcoin'),
    address: fc.constant('bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'),
    quantity: fc.constantFrom('1.5', '20'),
    provider: fc.record({ name: latinName, country }),
    holders: fc.constant<string[]>(['s1']),
    amount,
  },
  { requiredKeys: ['kind', 'assetRef', 'measure', 'chain', 'address'] },
);
const ownership = fc.record(
  {
    owner: fc.constant('s1'),
    owned: fc.constant('s2'),
    by: fc.constantFrom('shares', 'votes', 'beneficial-ownership', 'control', 'nominee', 'trust'),
    percent: fc.constantFrom('25', '100'),
    asAt: date,
  },
  { requiredKeys: ['owner', 'owned', 'by'] },
);

t.test('what goes out comes in the same: names, papers, owners, accounts, payments, wallets', async (t) => {
  fc.assert(
    fc.property(
      personOf('s1'),
      organisationOf('s2'),
      fc.array(ownership, { minLength: 1, maxLength: 3 }),
      account,
      wallet,
      (p, o, owned, a, w) => {
        const parts: FreezeParts = { subjects: [p, o], ownership: owned, assets: [a, w] };
        const entities = readEntities(
          freezeEntities(parts)
            .map((entity) => JSON.stringify(entity))
            .join('\n'),
        );
        const back = freezeParts(entities, intent);
        t.strictSame(sorted(back.parts), sorted(parts));
        t.same(back.leftOut, []);
      },
    ),
    { numRuns: 60 },
  );
});

/** The order of members says nothing. */
const sorted = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, member: unknown) =>
      isRecord(member) ? Object.fromEntries(Object.entries(member).sort(([x], [y]) => (x < y ? -1 : 1))) : member,
    ),
  );
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

t.test('a lead of the disclosure becomes an alert; what the form has no place for is listed', async (t) => {
  const { body } = parseMessage('disclosure', await readBody('samples/disclosure.json', NOW, { attachments: [] }));
  const withHolder: Entity[] = [
    ...body.entities,
    { id: 'hold', schema: 'Ownership', properties: { owner: ['company-larch'], asset: ['account-larch'] } },
    { id: 'hold-2', schema: 'Ownership', properties: { owner: ['company-rovano'], asset: ['account-rovano'] } },
    { id: 'hold-3', schema: 'Ownership', properties: { owner: ['company-quarry'], asset: ['account-quarry'] } },
  ];
  const { parts, leftOut } = freezeParts(parseEntities(withHolder), intent);
  t.match(parts.subjects.find(({ subjectRef }) => subjectRef === 'person-velkov')?.names, [
    { original: 'Дариан Велков', transliteration: 'Darian Velkov', type: 'main' },
    { original: 'D. Velkow', type: 'alias' },
  ]);
  t.match(
    parts.assets.find(({ assetRef }) => assetRef === 'account-rovano'),
    {
      iban: 'DE89370400440532013000',
      transactions: [{ reference: 'ATB-2023-0314-88120', counterparty: 'Larch Harbour Consulting Ltd' }, {}],
    },
  );
  t.same(leftOut.map(({ schema }) => schema).sort(), ['Contract', 'ContractAward', 'Directorship', 'Family']);
  // Without a holder there is nobody to freeze it of.
  t.match(
    issuesOf(() => freezeParts(body.entities, intent)),
    [/holders is missing/],
  );
});

t.test('which spelling is the transliteration of which is asked, never guessed', async (t) => {
  const read = (properties: Record<string, unknown>, more: object = {}) =>
    freezeParts(parseEntities([person(properties, more)]), intent).parts.subjects[0]?.names;
  t.same(read({ name: ['Мира Велкова', 'Mira Velkova'] }), [
    { original: 'Мира Велкова', transliteration: 'Mira Velkova', type: 'main' },
  ]);
  t.match(
    issuesOf(() => read({ name: ['Мира Велкова', 'Mira Velkova', 'Mira Welkowa'] })),
    [/^0\.properties\.name does not say which spelling/],
  );
  const said = [
    { original: 'Мира Велкова', script: 'Cyrl', transliteration: 'Mira Velkova', system: 'ISO 9', type: 'main' },
  ];
  t.same(read({ name: ['Мира Велкова', 'Mira Velkova', 'Mira Welkowa'] }, { names: said }), said);
  t.match(
    issuesOf(() => parseEntities([person({}, { names: said })])),
    [/^0\.names\.0\.original stands in no name property/],
  );
});

t.test('names: the script is one of ISO 15924 and is the one that is written in', async (t) => {
  const name = (more: object) =>
    found(checkName, { original: '佐藤 さくら', transliteration: 'Sato Sakura', type: 'main', ...more });
  for (const script of ['Jpan', 'Hani', 'Hira']) t.equal(name({ script }), undefined, script);
  t.equal(name({ script: 'Cyrl' }), 'x.script 佐藤 さくら has no letter of Cyrl');
  t.equal(name({ script: 'Abcd' }), 'x.script Abcd is not a script of ISO 15924');
  t.match(found(checkName, { original: 'Mira', system: 'ISO 9', type: 'main' }), /^x\.system/);
});

t.test('languages and countries are those of the standards', async (t) => {
  for (const tag of ['en', 'sr-Latn', 'zh-Hant-TW', 'fil', 'cnr', 'yue', 'qaa', 'bh'])
    t.equal(found(checkLanguage, tag), undefined, tag);
  t.match(found(checkLanguage, 'eng'), /two-letter code, which is the one to use: en/);
  t.match(found(checkLanguage, 'xq'), /not a language code/);
  t.match(found(checkLanguage, 'sr-Abcd'), /script/);
  t.match(found(checkLanguage, 'en-ZB'), /country/);
  t.match(found(checkCountry, 'UK'), /country/);
});

t.test('wallet addresses carry the checksum of their chain', async (t) => {
  const at = (chain: string, address: string): string | undefined =>
    found<string>((value, where, report) => checkWalletAddress(chain, value, where, report), address);
  const good = [
    ['bitcoin', 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4'],
    ['bitcoin', 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0'],
    ['bitcoin', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    ['bitcoin', '3P14159f73E4gFr7JterCCQh9QjiTjiZrG'],
    ['ethereum', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'],
    ['polygon', '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed'],
    ['tron', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'],
    ['solana', 'So11111111111111111111111111111111111111112'],
  ] as const;
  for (const [chain, address] of good) {
    t.equal(at(chain, address), undefined, address);
    // Any two different neighbours changed for each other, where the chain has a checksum.
    if (chain === 'solana' || address === address.toLowerCase()) continue;
    const split = Array.from(address).findIndex(
      (letter, index) =>
        index > 6 && letter !== address[index + 1] && /[A-Za-z]{2}/.test(letter + (address[index + 1] ?? '')),
    );
    const swapped =
      address.slice(0, split) + (address[split + 1] ?? '') + (address[split] ?? '') + address.slice(split + 2);
    t.type(at(chain, swapped), 'string', swapped);
  }
  // Version 1 under the checksum of version 0 (BIP 350), and base 58 of another chain.
  t.type(at('bitcoin', 'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx'), 'string');
  t.type(at('bitcoin', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'), 'string');
  t.equal(at('chain-of-tomorrow', 'anything'), undefined);
});
