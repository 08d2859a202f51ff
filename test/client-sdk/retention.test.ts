/**
 * Keeping and erasing on a running network: every item has its purpose, basis and review date; an erasure reaches archive, outbox,
 * spool, copies, keys and recovery wraps, is itself recorded, and is not undone by delivery, restart or an old backup.
 */
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Holdfast, newBlobId, recoverHistory } from '@holdfast/client-sdk';
import { FileKeystore } from '@holdfast/keys';
import type { AgencyId } from '@holdfast/protocol';
import t from 'tap';
import { openDatabase } from '#client-sdk/archive/database.js';
import { devicePaths } from '#client-sdk/home/home.js';
import {
  acknowledgeBody,
  disclosureBody,
  imposeDraft,
  makeTestNetwork,
  requestBody,
  soon,
  type TestNetwork,
  XA,
  XB,
} from '../fixtures/network.js';
import { appoint, hireTwo } from '../fixtures/recovery.js';

const DAY_MS = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

async function take(desk: Holdfast, count: number): Promise<void> {
  const enough = new AbortController();
  let left = count;
  for await (const _item of desk.inbox({ signal: AbortSignal.any([enough.signal, soon()]) }))
    if (--left === 0) enough.abort();
}

const wraps = (home: string): string[] =>
  existsSync(join(home, 'recovery'))
    ? readdirSync(join(home, 'recovery'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.wrap'),
      )
    : [];

/** Everything that the archive of a closed device holds, as rows. */
async function rowsOf(network: TestNetwork, agency: AgencyId) {
  const paths = devicePaths(network.agencyHome(agency), 'gateway');
  const keystore = await FileKeystore.open(paths.keystore, { unlock: network.unlock, fed: network.trust.fed });
  const db = openDatabase(paths.archive, keystore.deriveKey('archive'));
  try {
    return {
      messages: db.prepare<[], Record<string, unknown>>('SELECT * FROM messages').all(),
      outbox: db.prepare<[], Record<string, unknown>>('SELECT * FROM outbox').all(),
      attachments: db.prepare('SELECT * FROM outbox_attachments').all(),
      contentKeys: db.prepare<[], { eh: string }>('SELECT eh FROM content_keys').all(),
      secureDelete: db.pragma('secure_delete', { simple: true }),
    };
  } finally {
    db.close();
    await keystore.close();
  }
}

t.test('a disclosure: what its sender says of keeping it holds on both sides, and it can be erased', async (t) => {
  const network = await makeTestNetwork();
  const people = await hireTwo(network, 'custodians');
  await appoint(network, XB, people);
  const [a, b] = [await network.open(XA), await network.open(XB)];
  try {
    await Promise.all([a.online({ signal: soon() }), b.online({ signal: soon() })]);
    const file = join(network.home, 'statement.txt');
    writeFileSync(file, 'account statement of Mira Velkova');
    const id = newBlobId();
    const body = await disclosureBody([{ id, name: 'statement.txt', mediaType: 'text/plain' }]);
    const sent = await a.disclose({ to: XB, body, attachments: [{ id, path: file }], caseRef: 'VELKOVA' });
    await take(b, 1);
    await sent.until('opened', { signal: soon() });
    const { conversation } = sent;

    const entry = b.retention.of(conversation);
    t.match(entry, { reviewOn: body.retention.reviewOn, isDue: false, hold: null, kind: 'disclosure' });
    t.strictSame(
      entry.items.map(({ what, origin }) => `${what} ${origin}`),
      ['message sender', 'attachment sender'],
    );
    for (const item of entry.items) {
      t.equal(item.purpose, body.personalData.purpose.text);
      t.match(item.basis, /Data Protection Act of Arvenia, s\. 41; UNCAC article 46\(4\)/);
      t.equal(item.eraseOn, body.retention.eraseOn);
    }
    t.strictSame(
      a.retention.list().map((one) => one.conversation),
      [conversation],
    );

    const tooLong = new Date(Date.parse(body.retention.eraseOn) + DAY_MS).toISOString().slice(0, 10);
    const review =
      (until: string, reason = 'still of use') =>
      () =>
        b.retention.review({ conversation, until, reason });
    t.throws(review(tooLong), { code: 'retention.refused', message: /ask its sender/ });
    t.throws(review('2027-02-30'), { code: 'retention.refused', message: /not a date/ });
    t.throws(review(dayIn(0)), { code: 'retention.refused', message: /not after today/ });
    t.throws(review(dayIn(10), ' '), { code: 'retention.refused' });
    review(dayIn(10))();
    t.match(b.retention.of(conversation), { reviewOn: dayIn(10), items: [{ origin: 'review' }, { origin: 'review' }] });

    const copy = join(network.home, 'copy.txt');
    const changed = join(network.home, 'changed.txt');
    const [ref] = b.case(conversation).timeline.flatMap((one) => one.attachments);
    if (ref === undefined) throw new Error('The disclosure came without its attachment.');
    for (const target of [copy, changed]) await b.download(ref, target, { signal: soon() });
    writeFileSync(changed, 'an officer has written here since');
    await b.close();
    const wrapped = wraps(network.agencyHome(XB));
    t.ok(wrapped.length > 0, 'it has been wrapped for recovery');
    const backup = join(network.home, 'backup');
    cpSync(join(network.agencyHome(XB), 'recovery'), backup, { recursive: true });

    const again = await network.open(XB);
    const erase = { conversation, reason: 'purpose fulfilled', by: 'records officer 3' };
    again.retention.hold({ conversation, reason: 'audit' });
    await t.rejects(again.retention.erase({ ...erase, insist: true }), {
      code: 'erasure.refused',
      message: /legal hold/,
    });
    again.retention.release({ conversation, reason: 'audit over' });
    await t.rejects(again.retention.erase({ ...erase, reason: '' }), { code: 'retention.refused' });
    const erasure = await again.retention.erase(erase);
    t.match(erasure, {
      reason: 'purpose fulfilled',
      by: 'records officer 3',
      insisted: false,
      kind: 'disclosure',
      ehs: [sent.eh],
    });
    t.strictSame(
      [...erasure.files],
      [
        { path: changed, outcome: 'left' },
        { path: copy, outcome: 'removed' },
      ],
    );
    t.notOk(existsSync(copy));
    const left = new Set(wraps(network.agencyHome(XB)));
    t.equal(wrapped.filter((name) => !left.has(name)).length, 1, 'and its wrap is gone');
    t.ok(existsSync(changed), "somebody else's content stays, and is named");
    t.strictSame(again.retention.list(), []);
    t.match(again.retention.erasures(), [{ conversation, reason: 'purpose fulfilled' }]);
    t.throws(() => again.retention.of(conversation), { code: 'case.erased' });

    // Every other feature works.
    const shown = again.case(conversation);
    t.match(shown, {
      kind: 'disclosure',
      state: 'erased',
      caseRef: null,
      erased: { reason: 'purpose fulfilled', state: 'in-use' },
    });
    t.match(shown.timeline, [
      { eh: sent.eh, message: { kind: 'unknown', claimedKind: 'disclosure', isErased: true }, attachments: [] },
    ]);
    t.equal(again.cases().length, 1);
    await again.caughtUp({ signal: soon() });
    const next = await a.disclose({ to: XB, body: await disclosureBody(), caseRef: 'NEXT' });
    await take(again, 1);
    await next.until('opened', { signal: soon() });
    await again.close();

    const rows = await rowsOf(network, XB);
    const row = rows.messages.find(({ eh }) => eh === sent.eh);
    t.match(row, { kind: 'disclosure', jws: '', case_ref: null, erased_at_ms: Number, body_hash: /^[\w-]{43}$/ });
    t.equal(String(row?.body), '');
    t.notMatch(JSON.stringify(rows.messages.filter(({ eh }) => eh === sent.eh)), /Velkov|VELKOVA/);
    t.notOk(
      rows.contentKeys.some(({ eh }) => eh === sent.eh),
      'its content key is forgotten',
    );
    t.equal(rows.secureDelete, 1);

    // The wraps of before the erasure bring nothing back.
    const report = await recoverHistory({
      home: network.agencyHome(XB),
      unlock: network.unlock,
      from: backup,
      custodians: [await people[0].present(), await people[1].present()],
      signal: soon(),
    });
    t.match(report, { restored: 0, refused: [] });
    const still = await rowsOf(network, XB);
    t.equal(String(still.messages.find(({ eh }) => eh === sent.eh)?.body), '');
    t.match(a.case(conversation), { state: 'in-use', erased: null }, "the other side's copy is its own");
  } finally {
    await network.close();
  }
});

t.test(
  'a measure in force, and what is on its way: refused unless insisted; the outbox and the spool are emptied',
  async (t) => {
    const network = await makeTestNetwork();
    const [a, b] = [await network.open(XA), await network.open(XB)];
    try {
      await Promise.all([a.online({ signal: soon() }), b.online({ signal: soon() })]);
      const alert = await a.freeze.request({ to: XB, body: await requestBody() });
      const { conversation } = alert;
      await take(b, 1);
      await b.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
      const impose = await b.freeze.impose({
        conversation,
        body: await b.freeze.imposition({ conversation, input: await imposeDraft() }),
      });
      await impose.until('delivered', { signal: soon() });

      const entry = b.retention.of(conversation);
      t.equal(entry.items.length, 3);
      for (const item of entry.items)
        t.match(item, { purpose: /Temporary freeze/, basis: /UNCAC article/, reviewOn: dayIn(365), origin: 'policy' });
      t.throws(() => b.retention.setPolicy({ freeze: 0 }), { code: 'retention.refused' });
      t.match(b.retention.setPolicy({ freeze: 30 }), { freeze: 30, disclosure: 365 });
      t.equal(b.retention.of(conversation).reviewOn, dayIn(30));

      await t.rejects(b.retention.erase({ conversation, reason: 'mistake' }), {
        code: 'erasure.refused',
        message: /in force on a1/,
      });
      t.match(b.case(conversation), { erased: null });

      // Offline: a note in the case, and a disclosure with a file, which wait.
      await network.stopRelay();
      const words = (text: string) => ({ writtenAtMs: Date.now(), text: { language: 'en', text } });
      const note = await a.note({ conversation, body: words('A second account is at the same bank.') });
      const file = join(network.home, 'note.txt');
      writeFileSync(file, 'words');
      const id = newBlobId();
      const lead = await a.disclose({
        to: XB,
        body: await disclosureBody([{ id, name: 'note.txt', mediaType: 'text/plain' }]),
        attachments: [{ id, path: file }],
      });
      const spool = join(devicePaths(network.agencyHome(XA), 'gateway').spool, id);
      writeFileSync(spool, 'ciphertext');
      const waiting = { conversation: lead.conversation, reason: 'written by mistake' };
      await t.rejects(a.retention.erase(waiting), {
        code: 'erasure.refused',
        message: /1 message\(s\) of the case wait/,
      });
      await a.retention.erase({ ...waiting, insist: true });
      const { archive } = devicePaths(network.agencyHome(XA), 'gateway');
      t.equal(statSync(`${archive}-wal`).size, 0, 'the log of writes holds nothing of it');
      t.notOk(existsSync(spool));
      t.equal(readFileSync(file, 'utf8'), 'words', 'the file that was attached is not ours to remove');
      t.equal(lead.state, 'expired');

      const order = { conversation, reason: 'order of the court' };
      await t.rejects(a.retention.erase(order), { code: 'erasure.refused', message: /in force/ });
      t.match(await a.retention.erase({ ...order, insist: true }), {
        insisted: true,
        state: 'partial',
      });
      t.equal(note.state, 'expired');
      await t.rejects(a.note({ conversation, body: words('more') }), { code: 'case.erased' });
      await a.close();
      const rows = await rowsOf(network, XA);
      t.notOk(rows.messages.some(({ kind, body }) => !String(kind).startsWith('receipt.') && String(body) !== ''));
      t.notOk(
        rows.outbox.some(
          ({ kind, body, sealed }) => !String(kind).startsWith('receipt.') && (String(body) !== '' || sealed !== null),
        ),
      );
      t.strictSame(rows.attachments, []);

      // What the other side sends afterwards arrives; a restart and the relay bring nothing of the old back.
      await network.startRelay();
      const back = await network.open(XA);
      await back.online({ signal: soon() });
      const after = await b.note({
        conversation,
        body: words('Please phone us.'),
      });
      await take(back, 1);
      await after.until('opened', { signal: soon() });
      t.match(back.case(conversation), { state: 'erased', kind: 'freeze' });
      // The note may have been sealed before the connection was seen to be gone, and is then a tombstone too.
      const kinds = back.case(conversation).timeline.map(({ message }) => message.kind);
      t.ok(kinds.length >= 4);
      t.strictSame([...new Set(kinds.slice(0, -1)), kinds.at(-1)], ['unknown', 'note']);
      t.equal(back.retention.of(conversation).items.length, 1, 'and what came since is kept under its own date');
      t.match(await back.retention.erase({ conversation, reason: 'the rest' }), { ehs: [after.eh], state: 'partial' });
      t.equal(back.retention.erasures().length, 3);
    } finally {
      await network.close();
    }
  },
);
