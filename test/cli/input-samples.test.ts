import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '@holdfast/keys/verify';
import {
  checkAgainstCapability,
  checkRequirements,
  deadline,
  isRelaxation,
  type MessageKind,
  measureFor,
  parseMessage,
  termsHash,
  tightenedAxes,
  toBase64url,
} from '@holdfast/protocol';
import t from 'tap';
import { type CliError, EXIT_CODES, exitCodeOf } from '#cli/errors.js';
import { readBody } from '#cli/input/read-body.js';
import { readCapability, readEntry } from '#cli/input/read-documents.js';
import { readJsonFile } from '#cli/input/read-input.js';
import { parseTerms } from '#cli/input/terms.js';

const SAMPLES = 'samples';
const BAD = join(SAMPLES, 'bad');
const STATES = ['xa', 'xb', 'xc'];
/** A sample must be good whenever it is used. */
const NOWS = [Date.UTC(2026, 0, 1), Date.UTC(2026, 11, 31, 23, 59), Date.UTC(2031, 1, 28)];

const KINDS: Readonly<Record<string, MessageKind>> = {
  disclosure: 'disclosure',
  alert: 'freeze.request',
  acknowledge: 'freeze.acknowledge',
  impose: 'freeze.impose',
  refuse: 'freeze.refuse',
  ask: 'freeze.ask',
  supply: 'freeze.supply',
  redirect: 'freeze.redirect',
  'no-assets': 'freeze.no-assets',
  withdraw: 'freeze.withdraw',
  adjust: 'freeze.adjust',
  'extension-request': 'freeze.extension-request',
  'extension-decision': 'freeze.extension-decision',
  'lift-propose': 'freeze.lift-propose',
  'release-request': 'freeze.release-request',
  'lift-decision': 'freeze.lift-decision',
  'lift-decision-unheard': 'freeze.lift-decision',
  'lift-by-law': 'freeze.lift-by-law',
  'lapse-confirmed': 'freeze.lift-by-law',
  'mla-link': 'freeze.mla-link',
  'mla-original': 'freeze.mla-link',
  restraint: 'freeze.restraint',
  'consent-request': 'consent.request',
  'consent-conditional': 'consent.answer',
  'consent-refused': 'consent.answer',
  'exculpatory-notice': 'exculpatory.notice',
  'exculpatory-disclosed': 'exculpatory.disclosed',
  'exculpatory-without-notice': 'exculpatory.disclosed',
  'exculpatory-informed': 'exculpatory.informed',
  'feedback-interim': 'feedback.report',
  'feedback-barred': 'feedback.report',
};

/** Later steps of a disclosure. */
const STEPS = ['decline-terms', 'relax', 'close'];

/** Reads a message file as the commands do. */
async function message(folder: string, name: string, nowMs: number) {
  const kind = KINDS[name] ?? KINDS[name.split('-')[0] ?? ''];
  if (kind === undefined) throw new Error(`${name} belongs to no command`);
  const body = await readBody(join(folder, `${name}.json`), nowMs, filledFor(kind));
  return parseMessage(kind, await completed(kind, body, nowMs));
}

/** What the commands know better than the file. */
function filledFor(kind: MessageKind): Readonly<Record<string, unknown>> {
  if (kind === 'disclosure') return { attachments: [] };
  if (!/^(consent|exculpatory)\./.test(kind)) return {};
  const ref = 'A'.repeat(22);
  const hasItems = ['consent.request', 'exculpatory.notice', 'exculpatory.disclosed'].includes(kind);
  return hasItems ? { ref, items: [{ eh: 'A'.repeat(43) }] } : { ref };
}

/** What the commands add: the reckoning by the law of Belmora, and how the other side was heard. */
async function completed(kind: MessageKind, body: unknown, nowMs: number): Promise<unknown> {
  if (kind === 'freeze.impose' || kind === 'freeze.extension-decision') return reckoned(body, nowMs);
  return kind === 'freeze.lift-decision' ? { hearing: { kind: 'no-answer' }, ...(body as object) } : body;
}

/** Start and expiry by the law of Belmora. */
async function reckoned(body: unknown, nowMs: number): Promise<unknown> {
  const { measures } = await readCapability(join(SAMPLES, 'capability-xb.json'), nowMs);
  const { outcomes } = body as { outcomes: { outcome: string }[] };
  const [measure] = measures;
  if (measure === undefined) throw new Error('Belmora has no measure');
  const { expiresAtMs, explanation } = deadline(measure.duration, nowMs);
  const expiry = { atMs: expiresAtMs, explanation };
  const filled = { 'in-force': { startsAtMs: nowMs, expiry }, extended: { expiry } };
  return {
    ...(body as object),
    outcomes: outcomes.map((outcome) => ({ ...outcome, ...(filled as Record<string, object>)[outcome.outcome] })),
  };
}

t.test('every sample is good, now and in years', async (t) => {
  for (const nowMs of NOWS) {
    for (const name of Object.keys(KINDS)) t.ok(await message(SAMPLES, name, nowMs), name);
    for (const state of STATES) {
      const entry = await readEntry(join(SAMPLES, `entry-${state}.json`), nowMs);
      const record = await readCapability(join(SAMPLES, `capability-${state}.json`), nowMs);
      t.equal(entry.agency, record.agency, 'entry and record are of one agency');
      t.equal(record.confirmed, false, 'no figure of a sample is confirmed');
      for (const { duration } of record.measures) t.ok(deadline(duration, nowMs).expiresAtMs > nowMs);
    }
  }
  const known = [
    ...Object.keys(KINDS),
    ...STATES.flatMap((state) => [`entry-${state}`, `capability-${state}`]),
    'terms',
    ...STEPS,
    'terms-waived',
  ].map((name) => `${name}.json`);
  t.strictSame(
    (await readdir(SAMPLES)).filter((name) => name.endsWith('.json')).sort(),
    known.sort(),
    'none is left out',
  );
});

t.test('the steps of a disclosure', async (t) => {
  const offer = 'tlZgYEejBgKNRTJLogCM1OZG0gSfBW54AduNAYG5fvM';
  const terms = parseTerms(await readJsonFile(join(SAMPLES, 'terms.json')));
  const waived = parseTerms(await readJsonFile(join(SAMPLES, 'terms-waived.json')));
  t.ok(isRelaxation(terms, waived), 'what is waived asks for less');
  for (const nowMs of NOWS) {
    const read = (name: string, also: object): Promise<unknown> =>
      readBody(join(SAMPLES, `${name}.json`), nowMs, { ...also });
    parseMessage('disclosure.decline', await read('decline-terms', { offer }));
    const { body } = parseMessage('disclosure.relax', await read('relax', { fromMs: nowMs }));
    t.strictSame(tightenedAxes(terms, body.restrictions), [], 'and what is relaxed asks for less');
    parseMessage('disclosure.close', await read('close', {}));
  }
});

t.test('the samples fit together', async (t) => {
  const [nowMs = 0] = NOWS;
  const terms = parseTerms(await readJsonFile(join(SAMPLES, 'terms.json')));
  const disclosure = await message(SAMPLES, 'disclosure', nowMs);
  if (disclosure.kind !== 'disclosure') throw new Error('no disclosure');
  t.strictSame(disclosure.body.restrictions, terms, 'the disclosure carries the standing terms');
  const entry = await readEntry(join(SAMPLES, 'entry-xb.json'), nowMs);
  t.ok(
    entry.acceptedTerms.some((hash) => hash === toBase64url(termsHash(sha256, terms))),
    'which Belmora accepts in advance',
  );

  const alert = await message(SAMPLES, 'alert', nowMs);
  if (alert.kind !== 'freeze.request') throw new Error('no alert');
  const record = await readCapability(join(SAMPLES, 'capability-xb.json'), nowMs);
  t.strictSame(checkRequirements(alert.body, entry.requirements), [], 'the alert has what Belmora requires');
  t.strictSame(
    checkAgainstCapability(alert.body, record, nowMs).map(({ code }) => code),
    ['capability.unconfirmed'],
  );
  t.strictSame(
    alert.body.assets.map(({ kind }) => kind),
    ['account', 'account', 'virtual-asset'],
  );
  for (const { kind, measure } of alert.body.assets)
    t.ok(measureFor(record, measure.action, kind), `${measure.action} of ${kind}`);

  const imposed = await message(SAMPLES, 'impose', nowMs);
  if (imposed.kind !== 'freeze.impose') throw new Error('no decision');
  t.strictSame(
    imposed.body.outcomes.map(({ assetRef, outcome }) => `${assetRef} ${outcome}`),
    ['a1 in-force', 'a2 not-frozen', 'w1 in-force'],
  );
});

const REFUSED: Readonly<Record<string, readonly [field: string, reason: RegExp]>> = {
  'alert-duplicate-key': ['(file)', /^line \d+, column \d+: the name "currency" stands twice/],
  'alert-hidden-direction': ['subjects.1.names.0.original', /direction control U\+202E/],
  'alert-iban-check-digit': ['assets.0.iban', /check digits of GB28NWBK60161331926819/],
  'alert-missing-field': ['risk', /is missing/],
  'alert-offence-article': ['offences.1.uncacArticle', /28 is not an offence article/],
  'alert-trailing-comma': ['(file)', /^line \d+, column \d+: expected something after the comma/],
  'alert-unknown-field': ['priority', /is not a field here/],
  'alert-unknown-placeholder': ['risk.transferExpectedAtMs', /unknown placeholder \$tomorrow/],
  'alert-wallet-checksum': ['assets.2.address', /checksum/],
  'capability-expired': ['expiresAtMs', /has passed/],
  'disclosure-dangling-reference': ['entities.18.properties.payer.0', /company-novano is not among the entities/],
  'disclosure-invalid-utf8': ['(file)', /not valid UTF-8, at byte \d+/],
  'disclosure-private-key': ['entities.17.properties.privateKey', /is refused/],
  'impose-asset-twice': ['outcomes.2.assetRef', /a1 stands twice/],
};
/** Good by itself, and refused on sending: nobody has accepted these terms in advance. */
const REFUSED_ON_SENDING = ['disclosure-terms-differ'];

t.test('every bad sample is refused with field and reason', async (t) => {
  const [nowMs = 0] = NOWS;
  for (const [name, [field, reason]] of Object.entries(REFUSED)) {
    const read = name.startsWith('capability')
      ? readCapability(join(BAD, `${name}.json`), nowMs)
      : message(BAD, name, nowMs);
    const error: unknown = await read.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    t.equal(exitCodeOf(error), EXIT_CODES.usage, name);
    const { issues } = error as CliError;
    t.strictSame(
      issues.map((issue) => issue.field),
      [field],
      name,
    );
    t.match(issues[0]?.reason, reason, name);
  }
  for (const name of REFUSED_ON_SENDING) t.ok(await message(BAD, name, nowMs));
  const known = [...Object.keys(REFUSED), ...REFUSED_ON_SENDING].map((name) => `${name}.json`).sort();
  t.strictSame((await readdir(BAD)).sort(), known, 'none is left out');
});

t.test('the pages say what is so', async (t) => {
  const page = await readFile('docs/cli.md', 'utf8');
  const rows = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  t.strictSame(
    rows,
    Object.values(EXIT_CODES).sort((a, b) => a - b),
    'every exit code, and no other',
  );
  const samples = await readFile(join(SAMPLES, 'README.md'), 'utf8');
  for (const name of await readdir(BAD)) t.ok(samples.includes(`| \`${name}\` |`), name);
});
