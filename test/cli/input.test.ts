import { mkdtemp, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SDK_ERRORS, SdkError } from '@holdfast/client-sdk';
import { KEYS_ERRORS, KeysError } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import { ERRORS, ProtocolError, termsHash, toBase64url } from '@holdfast/protocol';
import { CommanderError } from 'commander';
import fc from 'fast-check';
import t from 'tap';
import { CliError, EXIT_CODES, exitCodeOf } from '#cli/errors.js';
import { conversationId, markIds } from '#cli/input/ids.js';
import { findJsonFault } from '#cli/input/json-fault.js';
import { resolvePlaceholders } from '#cli/input/placeholders.js';
import { readBody } from '#cli/input/read-body.js';
import { readInput, readJsonFile } from '#cli/input/read-input.js';
import { parseTerms } from '#cli/input/terms.js';

const NOW = Date.UTC(2026, 2, 2, 14, 0);
const sources = { nowMs: NOW, termsHashOf: (name: string) => Promise.resolve(`hash of ${name}`) };

async function fileOf(content: string | Uint8Array, name = 'input.json'): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'holdfast-input-')), name);
  await writeFile(path, content);
  return path;
}

/** What reading threw, which must be an error of the command line with exit code 2. */
async function refusal(work: Promise<unknown>): Promise<CliError> {
  const error: unknown = await work.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CliError)) throw error;
  t.equal(exitCodeOf(error), EXIT_CODES.usage, `${error.code} ends with 2`);
  t.ok(error.issues.length > 0, `${error.code} names a field`);
  return error;
}

t.test('placeholders', async (t) => {
  const value = {
    a: { $now: true },
    b: [{ $inDays: 365 }, { $dateInDays: -1 }],
    c: { d: { $termsOf: 'terms.json' } },
    e: 'plain',
  };
  t.strictSame(await resolvePlaceholders(value, sources), {
    a: NOW,
    b: [NOW + 365 * 86_400_000, '2026-03-01'],
    c: { d: 'hash of terms.json' },
    e: 'plain',
  });
  for (const [bad, reason] of [
    [{ $now: 1 }, /must be \{"\$now": true\}/],
    [{ $inDays: 1.5 }, /whole number/],
    [{ $dateInDays: '4' }, /whole number/],
    [{ $inDays: 99999 }, /at most/],
    [{ $termsOf: '../terms.json' }, /same folder/],
    [{ $termsOf: '/etc/passwd' }, /same folder/],
    [{ $termsOf: '.hidden' }, /same folder/],
    [{ $tomorrow: true }, /unknown placeholder \$tomorrow/],
    [{ $now: true, also: 1 }, /beside its placeholder/],
  ] as const) {
    const error = await refusal(resolvePlaceholders({ deep: [bad] }, sources));
    t.equal(error.code, 'input.placeholder');
    t.strictSame(
      error.issues.map(({ field }) => field),
      ['deep.0'],
    );
    t.match(error.issues[0]?.reason, reason);
  }
});

t.test('JSON without placeholders passes through unchanged', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
      fc.pre(!JSON.stringify(value).includes('$') && !JSON.stringify(value).includes('__proto__'));
      t.strictSame(await resolvePlaceholders(value, sources), value);
    }),
    { numRuns: 100 },
  );
});

t.test('the place of a fault', (t) => {
  const cases: readonly (readonly [string, number, number, RegExp])[] = [
    ['{"a": 1,}', 1, 9, /after the comma/],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, /comma or \}/],
    ['{\n  "a": nope\n}', 2, 8, /expected a value/],
    ['{"a": 1, "a": 2}', 1, 10, /"a" stands twice/],
    ['[1, 2', 1, 6, /ends too early/],
    ["{'a': 1}", 1, 2, /name in double quotes/],
    ['{"a" 1}', 1, 6, /colon/],
    ['{"a": "x\ny"}', 1, 7, /not closed/],
    ['{} {}', 1, 4, /nothing may follow/],
    ['', 1, 1, /ends too early/],
    [`${'['.repeat(100)}`, 1, 66, /too deep/],
  ];
  for (const [text, line, column, reason] of cases) {
    const fault = findJsonFault(text);
    t.match({ ...fault }, { line, column, reason }, JSON.stringify(text.slice(0, 30)));
  }
  t.end();
});

t.test('a fault is found exactly where there is one', (t) => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('', ',', '}', '"', '\\', 'e', '0', ' '),
      (text, at, insert) => {
        const place = at % (text.length + 1);
        const changed = text.slice(0, place) + insert + text.slice(place + 1);
        const fault = findJsonFault(changed);
        // A name given twice is a fault that JSON.parse does not know, and there may be another behind it.
        if (fault === undefined || !/twice/.test(fault.reason)) t.equal(fault === undefined, isJson(changed), changed);
      },
    ),
    { numRuns: 300 },
  );
  t.end();
});

t.test('reading a file', async (t) => {
  t.strictSame(await readJsonFile(await fileOf('\ufeff{"a":"é"}')), { a: 'é' }, 'a byte-order mark is dropped');
  t.strictSame(
    await readJsonFile(await fileOf('{"a":{"$now":true}}')),
    { a: { $now: true } },
    "others' files keep what looks like a placeholder",
  );
  const notUtf8 = await refusal(readInput(await fileOf(new Uint8Array([0x7b, 0x22, 0x61, 0xc3, 0x28, 0x22, 0x7d]))));
  t.equal(notUtf8.code, 'input.not-utf8');
  t.match(notUtf8.message, /at byte 4/);
  const utf16 = await refusal(readInput(await fileOf(new Uint8Array([0xff, 0xfe, 0x7b, 0x00]))));
  t.equal(utf16.code, 'input.not-utf8');
  const cut = await refusal(readInput(await fileOf(new Uint8Array([0x22, 0xc3]))));
  t.equal(cut.code, 'input.not-utf8', 'a character that is cut off');
  const notJson = await refusal(readInput(await fileOf('{\n "a": }')));
  t.equal(notJson.code, 'input.not-json');
  t.match(notJson.message, /line 2, column 7/);
  const twice = await refusal(readInput(await fileOf('{"a":1,\n"a":2}')));
  t.match(twice.message, /line 2, column 1: the name "a" stands twice/);
  const huge = await refusal(readInput(await fileOf(`{"a":123456789012345678901}`)));
  t.match(huge.message, /beyond 2\^53/);
  const missing = await refusal(readInput('/nonexistent/file.json'));
  t.equal(missing.code, 'input.unreadable');
  t.match(missing.message, /ENOENT/);
  t.equal((await refusal(readInput(tmpdir()))).code, 'input.unreadable', 'a folder');
});

t.test('200 MB are refused without being read', async (t) => {
  const path = await fileOf('');
  const file = await open(path, 'r+');
  await file.truncate(200 * 1024 * 1024);
  await file.close();
  const before = process.memoryUsage().rss;
  const error = await refusal(readInput(path));
  t.equal(error.code, 'input.too-large');
  t.match(error.message, /209715200 bytes/);
  t.ok(process.memoryUsage().rss - before < 20 * 1024 * 1024, 'memory does not grow');
});

t.test('the terms beside a file', async (t) => {
  const terms = {
    confidentiality: { kind: 'none' },
    permittedUses: ['intelligence'],
    forbiddenUses: [],
    evidentialUse: 'never',
    onward: { kind: 'none' },
    handlingCode: 'H0',
    tlp: 'AMBER',
  };
  const path = await fileOf('{"acceptedTerms":[{"$termsOf":"terms.json"}]}');
  await writeFile(join(path, '..', 'terms.json'), JSON.stringify(terms));
  t.strictSame(await readInput(path, NOW), { acceptedTerms: [toBase64url(termsHash(sha256, parseTerms(terms)))] });
  await writeFile(join(path, '..', 'terms.json'), JSON.stringify({ ...terms, tlp: 'PURPLE' }));
  await t.rejects(readInput(path, NOW), { code: 'message.invalid', issues: [{ field: 'tlp' }] });
});

t.test('a body is completed and never overwritten', async (t) => {
  t.strictSame(await readBody(await fileOf('{"text":"x"}'), NOW, { attachments: [] }), {
    writtenAtMs: NOW,
    text: 'x',
    attachments: [],
  });
  t.strictSame(await readBody(await fileOf('{"writtenAtMs":5}'), NOW), { writtenAtMs: 5 });
  t.strictSame(await readBody(await fileOf('[1]'), NOW), [1]);
  const error = await refusal(readBody(await fileOf('{"attachments":[]}'), NOW, { attachments: [] }));
  t.strictSame(
    error.issues.map(({ field }) => field),
    ['attachments'],
  );
});

t.test('exit codes', (t) => {
  const codes: readonly number[] = Object.values(EXIT_CODES);
  for (const code of Object.keys(ERRORS))
    t.ok(codes.includes(exitCodeOf(new ProtocolError(code as keyof typeof ERRORS))), code);
  for (const code of Object.keys(SDK_ERRORS))
    t.ok(codes.includes(exitCodeOf(new SdkError(code as keyof typeof SDK_ERRORS))), code);
  for (const code of Object.keys(KEYS_ERRORS))
    t.ok(codes.includes(exitCodeOf(new KeysError(code as keyof typeof KEYS_ERRORS))), code);
  const problem = (code: string, status: number) =>
    new SdkError('relay.refused', code, { problem: { type: 'urn:x', title: 'x', code, status, retryable: false } });
  const table: readonly (readonly [unknown, number])[] = [
    [new ProtocolError('message.invalid'), 2],
    [new ProtocolError('encoding.utf8'), 2],
    [new ProtocolError('duration.invalid'), 2],
    [new ProtocolError('state.event-not-allowed'), 5],
    [new SdkError('directory.unknown-agency'), 3],
    [new SdkError('session.refused'), 4],
    [new SdkError('case.event-not-allowed'), 5],
    [new SdkError('terms.not-accepted'), 2],
    [new SdkError('capability.expired'), 2],
    [new SdkError('relay.unreachable'), 69],
    [problem('envelope.id-conflict', 409), 5],
    [problem('envelope.expired', 422), 6],
    [problem('mailbox.full', 503), 69],
    [problem('session.device-refused', 403), 4],
    [problem('blob.not-found', 404), 3],
    [problem('something.new', 418), 2],
    [new KeysError('keystore.unlock-failed'), 4],
    [new KeysError('keystore.exists'), 5],
    [new KeysError('keystore.not-found'), 3],
    [new KeysError('envelope.signature'), 4],
    [new CliError('queued'), 75],
    [new CliError('not-found'), 3],
    [new CliError('interrupted'), 130],
    [new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'), 0],
    [new CommanderError(1, 'commander.unknownOption', 'unknown option'), 2],
    [new DOMException('late', 'TimeoutError'), 69],
    [Object.assign(new Error('gone'), { code: 'ENOENT' }), 3],
    [new TypeError('a bug'), 1],
    ['a string', 1],
  ];
  for (const [error, code] of table) t.equal(exitCodeOf(error), code, String(error));
  t.end();
});

t.test('ids that begin with a hyphen are no options, and options are no ids', async (t) => {
  const bytes = fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.constant(new Uint8Array(16).fill(0xfb)));
  fc.assert(
    fc.property(bytes, (random) => {
      const id = toBase64url(random);
      const [marked = ''] = markIds([id]);
      return !marked.startsWith('-') && conversationId(marked) === id;
    }),
    { numRuns: 2000 },
  );
  const options = ['--json', '--capability-file-name', '-h', '--out', '-'];
  t.strictSame(markIds(options), options);
});
