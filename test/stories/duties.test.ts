/** `holdfast consent`, `exculpatory` and `feedback` as an officer types them: processes of their own, over a real relay. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type CommandResult, runNode } from '../fixtures/command.js';
import { disclosureBody, makeTestNetwork, soon, XA, XB } from '../fixtures/network.js';

t.test('the duties from the command line', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const sender = await network.open(XA);
  const sent = await sender.disclose({ to: XB, body: await disclosureBody() });
  await sent.until('accepted', { signal: soon() });
  const { conversation } = sent;
  await sender.close();
  const run = (agency: string, ...args: readonly string[]): Promise<CommandResult> =>
    runNode(['cli/dist/main.js', '--json', '--agency', agency, ...args], {
      HOLDFAST_HOME: network.home,
      HOLDFAST_UNLOCK_KEY_FILE: network.unlockFile,
    });
  const refOf = ({ events }: CommandResult, event: string): string =>
    String(events.find((line) => line.event === event)?.ref);

  const asked = await run(XB, 'consent', 'request', conversation, 'samples/consent-request.json');
  t.equal(asked.code, 0, asked.stderr);
  const ref = refOf(asked, 'consent.ref');
  const early = await run(XB, 'consent', 'shared', conversation, ref);
  t.equal(early.code, 4, 'no answer is not consent');
  t.match(early.stdout + early.stderr, /consent is requested: nothing may be shared/);
  const own = await run(XB, 'consent', 'answer', conversation, ref, 'samples/consent-refused.json');
  t.equal(own.code, 5);
  t.match(
    own.stdout + own.stderr,
    /A consent that is requested does not allow answer: it is not for the holder. It is for the originator/,
  );
  const answered = await run(XA, 'consent', 'answer', conversation, ref, 'samples/consent-conditional.json');
  t.equal(answered.code, 0, answered.stderr);
  const terms = join(network.home, 'terms.json');
  const shared = await run(XB, 'consent', 'shared', conversation, ref, '--channel', 'courier', '--terms', terms);
  t.equal(shared.code, 0, shared.stderr);
  t.match(JSON.parse(await readFile(terms, 'utf8')), { use: 'investigation', conditions: [{ language: 'en' }] });
  const listed = await run(XA, 'consent', 'list');
  t.match(listed.events, [{ event: 'consent', ref, state: 'conditional', shares: [{ termsMatch: true }] }]);
  const revoked = await run(XA, 'consent', 'revoke', conversation, ref, 'A', 'source');
  t.equal(revoked.code, 0, revoked.stderr);
  t.equal((await run(XB, 'consent', 'shared', conversation, ref)).code, 4, 'over, for the future');

  const without = await run(XB, 'exculpatory', 'disclosed', conversation, 'samples/exculpatory-disclosed.json');
  t.equal(without.code, 5);
  t.match(
    without.stdout + without.stderr,
    /the sender had no notice before; give notice, or say why notice was impossible/,
  );
  const atNight = await run(XB, 'exculpatory', 'disclosed', conversation, 'samples/exculpatory-without-notice.json');
  t.equal(atNight.code, 0, atNight.stderr);
  const matter = refOf(atNight, 'exculpatory.ref');
  const informed = await run(XB, 'exculpatory', 'inform', conversation, matter, 'samples/exculpatory-informed.json');
  t.equal(informed.code, 0, informed.stderr);
  const matters = await run(XA, 'exculpatory', 'list', conversation);
  t.match(matters.events, [{ event: 'exculpatory', ref: matter, state: 'informed', informByMs: null }]);

  const barred = await run(XB, 'feedback', 'report', conversation, 'samples/feedback-barred.json');
  t.equal(barred.code, 0, barred.stderr);
  const owed = await run(XB, 'feedback', 'list');
  t.match(owed.events, [{ event: 'feedback', state: 'barred', owedBy: [XB], dueAtMs: Number }]);
});
