import { readdirSync, readFileSync } from 'node:fs';
import {
  ByteReader,
  canonicalBytes,
  canonicalText,
  decodeCursor,
  decodeDelivered,
  decodeDelivery,
  decodeFrame,
  decodeSubmitted,
  ERRORS,
  encodeCursor,
  encodeDelivered,
  encodeDelivery,
  encodeFrame,
  encodeSubmitted,
  FRAME_TYPES,
  type FrameType,
  fromBase64url,
  isProtocolError,
  LIMITS,
  MAILBOXES,
  packPlaintext,
  parseCanonical,
  parseCore,
  parseStrict,
  problemOf,
  toBase64url,
  unpackPlaintext,
  utf8,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';

t.test('RFC 8785: every public vector, as text and as bytes', (t) => {
  const folder = 'test/vectors/jcs';
  const names = readdirSync(`${folder}/input`);
  t.ok(names.length >= 6);
  for (const name of names) {
    const value: unknown = JSON.parse(readFileSync(`${folder}/input/${name}`, 'utf8'));
    t.equal(canonicalText(value), readFileSync(`${folder}/output/${name}`, 'utf8').trimEnd(), name);
    const hex = readFileSync(`${folder}/outhex/${name.replace('.json', '.txt')}`, 'utf8').replace(/\s+/g, '');
    t.equal(Buffer.from(canonicalBytes(value)).toString('hex'), hex, `${name} in bytes`);
  }
  t.end();
});

t.test('untrusted JSON: what a careless reader would take is refused', (t) => {
  const refused: readonly [string, string][] = [
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}'],
    ['a name twice, deep inside', '[{"x":{"b":[],"b":0}}]'],
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['an integer past 2^53', '{"n":9007199254740993}'],
    ['a lone surrogate', '{"s":"\\ud800"}'],
    ['5,000 deep', `${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['60,000 members', `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":0`).join(',')}}`],
    ['trailing text', '{} {}'],
    ['nothing', ''],
    ['NaN', 'NaN'],
    ['an unfinished string', '{"a":"'],
  ];
  for (const [name, text] of refused) t.throws(() => parseStrict(text), { code: 'encoding.json' }, name);
  t.same(parseStrict('{"a":{"a":1},"b":[{"a":1},{"a":"a,\\"b\\":1"}],"c":-1.5e3}'), {
    a: { a: 1 },
    b: [{ a: 1 }, { a: 'a,"b":1' }],
    c: -1500,
  });
  t.end();
});

t.test('signed JSON has one spelling: any other is refused', (t) => {
  t.same(parseCanonical(utf8('{"a":1,"b":[true,null]}')), { a: 1, b: [true, null] });
  for (const text of ['{"b":1,"a":1}', '{ "a":1}', '{"a":1.0}', '{"a":"\\u0061"}', '{"a":1}\n']) {
    t.throws(() => parseCanonical(utf8(text)), { code: 'encoding.json' }, text);
  }
  t.throws(
    () => parseCanonical(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d)),
    { code: 'encoding.json' },
    'a byte order mark',
  );
  t.throws(() => parseCanonical(Uint8Array.of(0xff, 0xfe)), { code: 'encoding.utf8' });
  t.end();
});

t.test('any JSON survives writing and strict reading', (t) => {
  const json = fc
    .jsonValue({ depthSize: 'small', noUnicodeString: false })
    .filter((value) => !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalText(value);
      let read: unknown;
      try {
        read = parseStrict(text);
      } catch (error) {
        // Doubles beyond 2^53 may be written as integers; those are refused on purpose.
        return isProtocolError(error, 'encoding.json') && /\d{16}/.test(text);
      }
      return canonicalText(read) === text;
    }),
  );
  t.end();
});

t.test('base64url: there and back, and only the canonical spelling', (t) => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => toBase64url(bytes) === Buffer.from(bytes).toString('base64url')));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => Buffer.from(fromBase64url(toBase64url(bytes))).equals(bytes)));
  for (const text of ['A', 'AB', 'AAB', 'AA==', 'A+/A', 'AA A', 'é', 'AAA\n'])
    t.throws(() => fromBase64url(text), { code: 'encoding.base64url' }, text);
  t.end();
});

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const u53 = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

t.test('every codec of the wire gives back what it was given', (t) => {
  const submitted = fc.record({
    core: bytes(200),
    stanzas: fc.array(exactly(LIMITS.stanzaBytes), { minLength: 1, maxLength: 3 }),
    sig: exactly(64),
    ct: bytes(300),
  });
  fc.assert(
    fc.property(submitted, (value) => t.same(decodeSubmitted(encodeSubmitted(value)), value)),
    { numRuns: 20 },
  );
  const delivered = fc.record({
    core: bytes(200),
    stanzaHashes: fc.array(exactly(32), { minLength: 1, maxLength: 5 }),
    stanza: exactly(LIMITS.stanzaBytes),
    sig: exactly(64),
    ct: bytes(300),
  });
  fc.assert(
    fc.property(delivered, (value) => t.same(decodeDelivered(encodeDelivered(value)), value)),
    { numRuns: 20 },
  );
  const frame = fc.record({
    type: fc.constantFrom(...(Object.keys(FRAME_TYPES) as FrameType[])),
    request: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    payload: bytes(100),
  });
  fc.assert(
    fc.property(frame, (value) => t.same(decodeFrame(encodeFrame(value)), value)),
    { numRuns: 50 },
  );
  const delivery = fc.record({
    mailbox: fc.constantFrom(...MAILBOXES),
    number: u53,
    acceptedAtMs: u53,
    item: fc.constantFrom('envelope' as const, 'notice' as const),
    bytes: bytes(50),
  });
  fc.assert(
    fc.property(delivery, (value) => t.same(decodeDelivery(encodeDelivery(value)), value)),
    { numRuns: 50 },
  );
  const cursor = fc.record({ mailbox: fc.constantFrom(...MAILBOXES), cursor: u53 });
  fc.assert(
    fc.property(cursor, (value) => t.same(decodeCursor(encodeCursor(value)), value)),
    { numRuns: 50 },
  );
  const plaintext = fc.record({ jws: bytes(100), body: bytes(100) });
  fc.assert(
    fc.property(plaintext, fc.nat(50), (value, zeros) =>
      t.same(unpackPlaintext(Uint8Array.from([...packPlaintext(value), ...new Uint8Array(zeros)])), value),
    ),
    { numRuns: 50 },
  );
  t.end();
});

t.test('whatever bytes come, a codec answers with a value or a typed error', (t) => {
  const readers: readonly ((input: Uint8Array) => unknown)[] = [
    decodeSubmitted,
    decodeDelivered,
    decodeFrame,
    decodeDelivery,
    decodeCursor,
    unpackPlaintext,
    parseCore,
  ];
  fc.assert(
    fc.property(fc.constantFrom(...readers), bytes(200), (read, input) => {
      try {
        read(input);
        return true;
      } catch (error) {
        return isProtocolError(error);
      }
    }),
    { numRuns: 2000 },
  );
  t.throws(
    () => unpackPlaintext(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
    { code: 'envelope.malformed' },
    'padding that is not zero',
  );
  t.throws(() => new ByteReader(new Uint8Array(8).fill(255)).u64(), { code: 'encoding.malformed' });
  t.end();
});

t.test('a problem says what the table says, and nothing of the exception', (t) => {
  for (const code of Object.keys(ERRORS) as (keyof typeof ERRORS)[]) {
    const problem = problemOf({ code, issues: [] }, 'r1');
    t.equal(problem.title, ERRORS[code].peer);
    t.equal(problem.type, `urn:holdfast:error:${code}`);
  }
  t.end();
});
