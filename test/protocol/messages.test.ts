/**
 * Every kind of message: the golden example parses and round-trips, each required field is missed by name, and what no schema can
 * say (check digits, references, dates, hidden characters) is refused with field and reason.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import {
  canonicalBytes,
  isFreezeKind,
  isProtocolError,
  KINDS,
  MESSAGES,
  type MessageBody,
  type MessageKind,
  paddingClass,
  parseMessage,
  parseStrict,
  termsHash,
  toBase64url,
} from '@holdfast/protocol';
import t from 'tap';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

interface Golden {
  readonly kind: string;
  readonly body: Record<string, unknown>;
  readonly canonicalBytes: number;
  readonly sha256: string;
  readonly termsHash?: string;
}
const golden = (kind: string): Golden =>
  JSON.parse(readFileSync(`protocol/vectors/messages/${kind}.json`, 'utf8')) as Golden;
const bodyOf = <K extends MessageKind>(kind: K): MessageBody<K> =>
  parseMessage(kind, golden(kind).body).body as MessageBody<K>;

type Path = readonly (string | number)[];
type Node = Record<string | number, unknown>;

const at = (root: unknown, path: Path): unknown => path.reduce<unknown>((node, name) => (node as Node)[name], root);
/** A copy of `root` with `value` at `path`, or nothing there. */
function edited(root: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(root);
  const parent = at(copy, path.slice(0, -1)) as Node;
  const name = path.at(-1) ?? '';
  if (value === undefined) delete parent[name];
  else parent[name] = value;
  return copy;
}

/** The issues of the refusal as "field reason" lines; fails the test where the body is accepted. */
function issuesOf(kind: string, body: unknown): string[] {
  try {
    parseMessage(kind, body);
  } catch (error) {
    if (!isProtocolError(error, 'message.invalid')) throw error;
    return error.issues.map(({ field, reason }) => `${field} ${reason}`);
  }
  return [];
}

/** Every object in a body that its schema says to be one, with the names it must have; branches are chosen as the body has them. */
function* requiredPaths(schema: unknown, value: unknown, path: Path = []): Generator<Path> {
  const node = schema as {
    required?: string[];
    properties?: Record<string, unknown>;
    items?: unknown;
    allOf?: { else: { required: string[]; properties: Record<string, { const?: string }> } }[];
  };
  if (Array.isArray(value)) {
    if (node.items !== undefined)
      for (const [index, item] of value.entries()) yield* requiredPaths(node.items, item, [...path, index]);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const branch = node.allOf
    ?.map((part) => part.else)
    .find((candidate) =>
      Object.entries(candidate.properties).every(
        ([name, property]) => property.const === undefined || property.const === (value as Node)[name],
      ),
    );
  const shape = branch ?? node;
  for (const name of shape.required ?? []) yield [...path, name];
  for (const [name, property] of Object.entries(shape.properties ?? {})) {
    if (Object.hasOwn(value, name)) yield* requiredPaths(property, (value as Node)[name], [...path, name]);
  }
}

t.test('registry, files, specification and vectors name the same kinds', async (t) => {
  const kinds = [...KINDS].sort();
  const notKinds = ['common', 'index', 'kind', 'offered-content', 'refusal'];
  const files = readdirSync('protocol/src/messages').map((name) => name.replace(/\.ts$/, ''));
  t.same(files.filter((name) => !notKinds.includes(name)).sort(), kinds.map((kind) => kind.replace('.', '-')).sort());
  t.same(readdirSync('protocol/vectors/messages').sort(), kinds.map((kind) => `${kind}.json`).sort());
  const spec = readFileSync('protocol/spec/40-messages.md', 'utf8');
  t.same(
    [...spec.matchAll(/^## `(.+)`$/gm)].map(([, kind]) => kind),
    KINDS,
  );
  for (const kind of KINDS) t.equal(MESSAGES[kind].kind, kind);
});

t.test('the specification: each example parses, each table has the members of the schema', async (t) => {
  const spec = readFileSync('protocol/spec/40-messages.md', 'utf8');
  for (const kind of KINDS) {
    const section = spec.split(`\n## \`${kind}\`\n`)[1]?.split('\n## ')[0] ?? '';
    const example = /```json\n([\s\S]*?)\n```/.exec(section)?.[1] ?? '';
    t.ok(section.trimStart().startsWith('```json'), `${kind}: example first`);
    t.equal(parseMessage(kind, parseStrict(example)).kind, kind);
    const { properties, required } = MESSAGES[kind].schema;
    const members = [...section.matchAll(/^\| `(\w+)` \| (yes|no) \|/gm)].map(([, name = '', is]) => [name, is]);
    t.same(
      members,
      Object.keys(properties).map((name) => [name, (required as readonly string[]).includes(name) ? 'yes' : 'no']),
      kind,
    );
  }
});

t.test('golden examples', async (t) => {
  for (const kind of KINDS) {
    const vector = golden(kind);
    const { body } = parseMessage(kind, vector.body);
    t.equal(body, vector.body, `${kind}: the very same object`);
    const bytes = canonicalBytes(body);
    t.equal(bytes.length, vector.canonicalBytes, kind);
    t.equal(Buffer.from(sha256(bytes)).toString('hex'), vector.sha256, kind);
    t.same(parseMessage(kind, parseStrict(Buffer.from(bytes).toString())).body, body, `${kind}: round trip`);
    t.same(
      JSON.parse(JSON.stringify(MESSAGES[kind].schema)),
      MESSAGES[kind].schema,
      `${kind}: the schema is plain JSON Schema`,
    );
  }
  const { restrictions } = bodyOf('disclosure');
  t.equal(toBase64url(termsHash(sha256, restrictions)), golden('disclosure').termsHash);
  const moved = termsHash(sha256, { ...restrictions, tlp: 'RED' });
  t.notSame(moved, termsHash(sha256, restrictions), 'another restriction is another hash');
});

t.test('a required field that is missing is named', async (t) => {
  let count = 0;
  for (const kind of KINDS) {
    const { body } = golden(kind);
    for (const path of requiredPaths(MESSAGES[kind].schema, body)) {
      const field = path.join('.');
      const issues = issuesOf(kind, edited(body, path, undefined));
      if (!issues.some((issue) => issue.startsWith(`${field} `)))
        t.fail(`${kind}: ${field} removed, but: ${issues.join('; ')}`);
      count++;
    }
  }
  t.ok(count > 300, `${count} fields`);
});

t.test('a field that is not known is named, at any depth', async (t) => {
  for (const kind of KINDS)
    t.match(issuesOf(kind, { ...golden(kind).body, frozen: true }), ['frozen is not a field here'], kind);
  const request = golden('freeze.request').body;
  t.match(issuesOf('freeze.request', edited(request, ['assets', 0, 'frozen'], true)), [
    'assets.0.frozen is not a field here',
  ]);
  t.match(issuesOf('freeze.request', edited(request, ['assets', 0, 'kind'], 'cash')), [
    /^assets\.0\.kind must be one of: account, virtual-asset/,
  ]);
});

t.test('not a body, not a kind', async (t) => {
  for (const kind of KINDS)
    for (const body of [null, undefined, [], 'x', 7, {}]) t.not(issuesOf(kind, body).length, 0, kind);
  for (const kind of ['', 'freeze', 'freeze.thaw', 'constructor', '__proto__', 'toString']) {
    t.throws(() => parseMessage(kind, {}), { code: 'message.unknown-kind' });
  }
});

t.test('padding classes and freeze kinds', async (t) => {
  for (const kind of KINDS) {
    t.equal(isFreezeKind(kind), kind.startsWith('freeze.'));
    t.equal(
      paddingClass(kind),
      kind === 'freeze.request' ? 'request' : kind.startsWith('freeze.') ? 'answer' : 'padme',
    );
  }
  t.equal(isFreezeKind('freeze.thaw'), false);
});

/** kind, path, value, and the one line that says what is wrong. */
const REFUSED: readonly (readonly [MessageKind, Path, unknown, string | RegExp])[] = [
  [
    'freeze.request',
    ['assets', 0, 'iban'],
    'GB00NWBK60161331926819',
    'assets.0.iban the check digits of GB00NWBK60161331926819 do not fit',
  ],
  ['freeze.request', ['assets', 0, 'iban'], 'GB29 NWBK 6016 1331 9268 19', /^assets\.0\.iban .* without spaces$/],
  ['freeze.request', ['assets', 0, 'iban'], 'GB29NWBK6016133192681', /^assets\.0\.iban .* wrong length for GB$/],
  [
    'freeze.request',
    ['assets', 0, 'iban'],
    'XB29NWBK60161331926819',
    /^assets\.0\.iban XB is not in the IBAN registry/,
  ],
  ['freeze.request', ['assets', 0, 'iban'], undefined, 'assets.0.iban is missing: give the IBAN or the local number'],
  ['freeze.request', ['assets', 0, 'institution', 'bic'], 'NWBK', /^assets\.0\.institution\.bic NWBK is not a BIC/],
  [
    'freeze.request',
    ['assets', 0, 'institution', 'lei'],
    '5493001KJTIIGC8Y1R13',
    'assets.0.institution.lei the check digits of 5493001KJTIIGC8Y1R13 do not fit',
  ],
  ['freeze.request', ['assets', 1, 'institution', 'lei'], undefined, /^assets\.1\.institution needs a BIC or an LEI/],
  ['freeze.request', ['assets', 0, 'amount', 'value'], '0.00', 'assets.0.amount.value must be more than zero'],
  [
    'freeze.request',
    ['assets', 0, 'amount', 'value'],
    '-5',
    /^assets\.0\.amount\.value does not have the form of: decimal number/,
  ],
  [
    'freeze.request',
    ['assets', 0, 'amount', 'value'],
    '1,000',
    /^assets\.0\.amount\.value does not have the form of: decimal number/,
  ],
  [
    'freeze.request',
    ['assets', 0, 'amount', 'value'],
    '1.005',
    'assets.0.amount.value EUR has 2 digits after the point, not 3',
  ],
  [
    'freeze.request',
    ['assets', 0, 'amount'],
    { value: '1.5', currency: 'JPY', asAt: '2026-03-31' },
    'assets.0.amount.value JPY has 0 digits after the point, not 1',
  ],
  [
    'freeze.request',
    ['assets', 0, 'amount', 'currency'],
    'EUX',
    'assets.0.amount.currency EUX is not a currency of ISO 4217',
  ],
  [
    'freeze.request',
    ['assets', 0, 'amount', 'asAt'],
    '2026-02-30',
    'assets.0.amount.asAt 2026-02-30 is not a date of the calendar',
  ],
  [
    'freeze.request',
    ['assets', 0, 'amount', 'asAt'],
    '2026-04-03',
    /^assets\.0\.amount\.asAt 2026-04-03 is later than the day/,
  ],
  ['freeze.request', ['assets', 1, 'assetRef'], 'a1', /^assets\.1\.assetRef a1 stands twice, first at assets\.0$/],
  [
    'freeze.request',
    ['assets', 1, 'iban'],
    'GB29NWBK60161331926819',
    /^assets\.1\.kind GB29NWBK60161331926819 stands twice/,
  ],
  ['freeze.request', ['assets', 0, 'holders', 0], 'nobody', 'assets.0.holders.0 nobody is not among the subjects'],
  [
    'freeze.request',
    ['assets', 0, 'measure', 'action'],
    'wallet',
    /^assets\.0\.measure\.action wallet is no measure for account/,
  ],
  [
    'freeze.request',
    ['assets', 2, 'address'],
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
    /^assets\.2\.address the checksum of bc1q\w+ does not fit$/,
  ],
  [
    'freeze.request',
    ['assets', 4, 'isin'],
    'US0378331006',
    'assets.4.isin the check digit of US0378331006 does not fit',
  ],
  [
    'freeze.request',
    ['offences', 0, 'uncacArticle'],
    '12',
    /^offences\.0\.uncacArticle 12 is not an offence article of the Convention; known are 15, /,
  ],
  [
    'freeze.request',
    ['offences', 0, 'uncacArticle'],
    'toString',
    /^offences\.0\.uncacArticle toString is not an offence article/,
  ],
  [
    'freeze.request',
    ['legalBasis', 0, 'article'],
    '72',
    /^legalBasis\.0\.article 72 is not an article of the Convention/,
  ],
  [
    'freeze.request',
    ['subjects', 0, 'nationalities', 0],
    'UK',
    'subjects.0.nationalities.0 UK is not a country code of ISO 3166-1',
  ],
  [
    'freeze.request',
    ['subjects', 0, 'names', 0, 'transliteration'],
    undefined,
    /^subjects\.0\.names\.0\.transliteration is missing: Мира Велкова is not in Latin letters$/,
  ],
  [
    'freeze.request',
    ['subjects', 0, 'names', 0, 'transliteration'],
    'Mira Velkovа',
    /^subjects\.0\.names\.0\.transliteration has а, which is no Latin letter$/,
  ],
  [
    'freeze.request',
    ['subjects', 1, 'names', 0, 'original'],
    'Larch\u202eHarbour',
    /^subjects\.1\.names\.0\.original holds the direction control U\+202E/,
  ],
  [
    'freeze.request',
    ['subjects', 1, 'names', 0, 'original'],
    'Larch\u0007Harbour',
    /^subjects\.1\.names\.0\.original holds the control character U\+0007/,
  ],
  [
    'freeze.request',
    ['subjects', 1, 'names', 0, 'original'],
    'Larch\u200bHarbour',
    /^subjects\.1\.names\.0\.original holds the invisible character U\+200B/,
  ],
  [
    'freeze.request',
    ['subjects', 1, 'names', 0, 'type'],
    'alias',
    'subjects.1.names must have exactly one name of type main, not 0',
  ],
  ['freeze.request', ['subjects', 1, 'subjectRef'], 'velkova', /^subjects\.1\.subjectRef velkova stands twice/],
  ['freeze.request', ['subjects', 0, 'diedOn'], '1970', 'subjects.0.diedOn 1970 is before 1971'],
  ['freeze.request', ['ownership', 0, 'percent'], '100.5', 'ownership.0.percent is more than 100'],
  ['freeze.request', ['ownership', 0, 'owned'], 'velkova', 'ownership.0.owned is its own owner'],
  ['freeze.request', ['handling', 'dutyContact', 'phone'], undefined, /^handling\.dutyContact\.phone is missing/],
  ['freeze.request', ['mla', 'on'], '2026-03-01', /^mla\.on 2026-03-01 is planned for a day before/],
  [
    'freeze.request',
    ['basis', 'existingOrder', 'attachment'],
    'AAAAAAAAAAAAAAAAAAAAAA',
    /^basis\.existingOrder\.attachment names no attachment/,
  ],
  [
    'freeze.request',
    ['basis', 'facts', 'language'],
    'xq',
    /^basis\.facts\.language xq is not a language code of ISO 639/,
  ],
  ['freeze.request', ['basis', 'facts', 'text'], '  ', 'basis.facts.text is empty'],
  ['disclosure', ['entities', 0, 'schema'], 'Human', 'entities.0.schema Human is not a schema of FollowTheMoney'],
  ['disclosure', ['entities', 0, 'schema'], 'Interval', /^entities\.0\.schema Interval is abstract/],
  [
    'disclosure',
    ['entities', 0, 'properties', 'shoeSize'],
    ['44'],
    'entities.0.properties.shoeSize is not a property of Person',
  ],
  ['disclosure', ['entities', 0, 'properties', 'name'], [], 'entities.0.properties.name is missing: Person needs it'],
  [
    'disclosure',
    ['entities', 0, 'properties', 'birthDate', 0],
    '11/03/1968',
    /^entities\.0\.properties\.birthDate\.0 11\/03\/1968 is not a date/,
  ],
  [
    'disclosure',
    ['entities', 0, 'properties', 'nationality', 0],
    'arvenia',
    /^entities\.0\.properties\.nationality\.0 arvenia is not a country/,
  ],
  [
    'disclosure',
    ['entities', 3, 'properties', 'owner', 0],
    'person-9',
    'entities.3.properties.owner.0 person-9 is not among the entities of this message',
  ],
  [
    'disclosure',
    ['entities', 3, 'properties', 'asset', 0],
    'person-1',
    /^entities\.3\.properties\.asset\.0 person-1 is a Person; this must be a Asset$/,
  ],
  ['disclosure', ['entities', 1, 'id'], 'person-1', /^entities\.1\.id person-1 stands twice/],
  [
    'disclosure',
    ['entities', 2],
    { id: 'w', schema: 'CryptoWallet', properties: { privateKey: ['5Kb8'] } },
    /^entities\.2\.properties\.privateKey is refused/,
  ],
  [
    'disclosure',
    ['restrictions', 'permittedUses', 0],
    'tax',
    'restrictions.forbiddenUses.0 tax is permitted and forbidden at once',
  ],
  ['disclosure', ['restrictions', 'handlingNote'], undefined, /^restrictions\.handlingNote is missing: H3/],
  ['disclosure', ['retention', 'eraseOn'], '2027-03-31', 'retention.eraseOn 2027-03-31 is before 2027-04-01'],
  ['disclosure', ['period', 'to'], '2022', 'period.to 2022 is before 2023'],
  [
    'disclosure',
    ['attachments', 0, 'name'],
    '../etc/passwd',
    /^attachments\.0\.name does not have the form of: file name without folders$/,
  ],
  ['disclosure', ['language', 'translatedInto'], undefined, /^language\.translatedInto is missing/],
  ['disclosure', ['sourceGrade'], 'D', 'sourceGrade must be one of: A, B, C, X'],
  ['freeze.refuse', ['code'], 'bank-secrecy', /^code must be one of: no-power, out-of-scope/],
  [
    'freeze.impose',
    ['outcomes', 0, 'expiry', 'atMs'],
    1_775_000_000_000,
    /^outcomes\.0\.expiry\.atMs .* is not after the start/,
  ],
  ['freeze.impose', ['outcomes', 1, 'assetRef'], 'a1', /^outcomes\.1\.assetRef a1 stands twice/],
  [
    'freeze.impose',
    ['outcomes', 0],
    { outcome: 'not-frozen', assetRef: 'a2', code: 'not-found', reason: { language: 'en', text: 'None.' } },
    /^outcomes has no asset in force/,
  ],
  ['freeze.lift-propose', ['answerByMs'], 0, /^answerByMs .* is not after this was written$/],
  ['freeze.restraint', ['assets'], ['a1', 'a1'], /^assets\.1 a1 stands twice/],
  ['receipt.acted', ['event'], golden('receipt.acted').body.eh, /^event names the same envelope/],
  [
    'feedback.report',
    ['outcomes', 0, 'amount'],
    { value: '1.00', currency: 'EUR' },
    'outcomes.0.amount does not go with investigation',
  ],
  ['feedback.report', ['outcomes', 0, 'on'], '2026-06-01', /^outcomes\.0\.on 2026-06-01 is later than the day/],
  ['feedback.report', ['outcomes', 0, 'outcome'], 'no-use', 'outcomes holds no-use beside a use'],
  ['feedback.report', ['outcomes'], [], 'outcomes is empty: no-use says that nothing came of it'],
  ['feedback.report', ['reviewOn'], '2026-09-01', 'reviewOn goes only with barred'],
  ['feedback.report', ['ground'], { language: 'en', text: 'Secret.' }, 'ground goes only with barred'],
  ['feedback.report', ['stage'], 'barred', 'ground is missing: say why nothing may be told'],
  ['feedback.report', ['stage'], 'barred', 'reviewOn is missing: say when it is looked at again'],
  ['feedback.report', ['stage'], 'barred', 'outcomes must be empty: it is barred to tell them'],
];

t.test('what a schema cannot say', async (t) => {
  for (const [kind, path, value, expected] of REFUSED) {
    const issues = issuesOf(kind, edited(golden(kind).body, path, value));
    const isNamed = issues.some((issue) => (typeof expected === 'string' ? issue === expected : expected.test(issue)));
    t.ok(isNamed, `${kind} ${path.join('.')} = ${JSON.stringify(value)}: ${issues.join('; ') || 'accepted'}`);
  }
});

t.test('what is allowed', async (t) => {
  const request = golden('freeze.request').body;
  const allowed: readonly (readonly [Path, unknown])[] = [
    [['assets', 0, 'iban'], 'DE89370400440532013000'],
    [['assets', 0, 'institution', 'bic'], 'NWBKGB2LXXX'],
    [['assets', 0, 'institution', 'lei'], '5493001KJTIIGC8Y1R12'],
    [['assets', 2, 'address'], 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0'],
    [['assets', 2, 'address'], '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
    [['subjects', 0, 'names', 0], { original: 'محمد\u200cرضا', transliteration: 'Moḥammad-Reżā', type: 'main' }],
    [
      ['subjects', 0, 'nationalities'],
      ['ZZ', 'AA', 'QM', 'CH'],
    ],
    [['basis', 'facts'], { language: 'sr-Latn', text: 'Prvi red.\nDrugi red.\tTabulator.' }],
    [['assets', 0, 'amount'], { value: '3.125', currency: 'KWD', asAt: '2026-04-01' }],
    [['mla'], { kind: 'not-intended', reason: { language: 'en', text: 'Civil recovery instead.' } }],
  ];
  for (const [path, value] of allowed)
    t.same(issuesOf('freeze.request', edited(request, path, value)), [], path.join('.'));
});

t.test('all issues are told at once', async (t) => {
  let body: unknown = golden('freeze.request').body;
  body = edited(body, ['assets', 0, 'iban'], 'GB00NWBK60161331926819');
  body = edited(body, ['offences', 0, 'uncacArticle'], '99');
  t.equal(issuesOf('freeze.request', body).length, 2);
});
