// Fingerprints: the published BIP-39 vectors through the library, and what a person may type.
import { compareFingerprint, type Fingerprint, type FingerprintSubject, rootFingerprint } from '@holdfast/keys/verify';
import { type AgencyId, type FederationId, toBase64url } from '@holdfast/protocol';
import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import fc from 'fast-check';
import t from 'tap';

const key = (byte: number): string => toBase64url(new Uint8Array(32).fill(byte));
const SUBJECT: FingerprintSubject = {
  fed: key(9) as FederationId,
  agency: 'xa-fiu' as AgencyId,
  root: { threshold: 2, keys: [key(3), key(1), key(2)] },
};
const whole: Fingerprint = rootFingerprint(SUBJECT);

t.test('the library gives the words that BIP-39 publishes', async (t) => {
  const published = [
    [0x00, 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'],
    [0x7f, 'legal winner thank year wave sausage worth useful legal winner thank yellow'],
    [0x80, 'letter advice cage absurd amount doctor acoustic avoid letter advice cage above'],
    [0xff, 'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong'],
  ] as const;
  for (const [byte, words] of published)
    t.equal(entropyToMnemonic(new Uint8Array(16).fill(byte), wordlist), words, `0x${byte.toString(16)}`);
  t.equal(new Set(wordlist).size, 2048);
});

t.test('a fingerprint has 12 groups and 12 words, and only the order of the keys does not matter', async (t) => {
  t.match(whole.digits, /^(\d{5} ){11}\d{5}$/);
  t.match(whole.words, /^([a-z]+ ){11}[a-z]+$/);
  t.strictSame(rootFingerprint({ ...SUBJECT, root: { threshold: 2, keys: [key(1), key(2), key(3)] } }), whole);
  const others: FingerprintSubject[] = [
    { ...SUBJECT, agency: null },
    { ...SUBJECT, agency: 'xb-fiu' as AgencyId },
    { ...SUBJECT, fed: key(8) as FederationId },
    { ...SUBJECT, root: { ...SUBJECT.root, threshold: 1 } },
    { ...SUBJECT, root: { threshold: 2, keys: [key(1), key(2)] } },
  ];
  for (const other of others) {
    const found = rootFingerprint(other);
    t.not(found.digits, whole.digits);
    t.not(found.words, whole.words);
  }
});

t.test('what a person types: capitals, spaces, line breaks and hyphens do not matter', async (t) => {
  const { digits, words } = whole;
  for (const typed of [
    digits,
    digits.replaceAll(' ', ''),
    digits.replaceAll(' ', '-'),
    digits.replaceAll(' ', ' – '),
    `\n\t${digits}  `,
  ])
    t.strictSame(compareFingerprint(whole, typed), { form: 'digits', matches: true }, typed);
  for (const typed of [
    words,
    words.toUpperCase(),
    words.replaceAll(' ', '-'),
    words.replaceAll(' ', ',\n'),
    `  ${words.replaceAll(' ', '   ')}.`,
  ])
    t.strictSame(compareFingerprint(whole, typed), { form: 'words', matches: true }, typed);
});

t.test('anything but the whole is not the same, whatever it is', async (t) => {
  const { digits, words } = whole;
  const [first = '', ...rest] = words.split(' ');
  const refused: [string, string][] = [
    ['neither', ''],
    ['neither', digits.slice(0, -1)],
    ['neither', `${digits} 00000`],
    ['neither', rest.join(' ')],
    ['neither', `${words} ${first}`],
    ['neither', words.replaceAll(' ', '')],
    ['neither', `${digits} ${words}`],
    ['neither', ' '.repeat(1001)],
    ['words', [...rest, first].join(' ')],
    ['words', rootFingerprint({ ...SUBJECT, agency: null }).words],
    ['digits', rootFingerprint({ ...SUBJECT, agency: null }).digits],
  ];
  for (const [form, typed] of refused)
    t.strictSame(compareFingerprint(whole, typed), { form, matches: false }, typed.slice(0, 30));
  for (let at = 0; at < digits.length; at++) {
    if (digits[at] === ' ') continue;
    const other = digits[at] === '7' ? '8' : '7';
    t.notOk(compareFingerprint(whole, digits.slice(0, at) + other + digits.slice(at + 1)).matches, `digit ${at}`);
  }
});

t.test('any text gives an answer of one shape', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (typed) => {
      const found = compareFingerprint(whole, typed);
      return !found.matches && Object.keys(found).sort().join() === 'form,matches';
    }),
  );
});
