/** The content key among an agency's own devices: they can release it in one another's stead, and it is destroyed on all of them. */
import { type ConversationId, fromUtf8, type Hash } from '@holdfast/protocol';
import t from 'tap';
import { deskRuntime } from '#client-sdk/desk-runtime.js';
import { settle } from '#client-sdk/disclosure/settle.js';
import { Runtime } from '#client-sdk/runtime.js';
import { disclosureBody, makeTestNetwork, soon, XA, XB } from '../fixtures/network.js';

const WORDS = { language: 'en', text: 'So it is.' };
const LATER_MS = 16 * 60_000;

t.test('the other device releases where the first does not, and both forget what is withdrawn', async (t) => {
  const network = await makeTestNetwork({ devices: ['gateway', 'second'] });
  t.teardown(() => network.close());
  const first = await network.open(XA);
  const b = await network.open(XB);
  const second = await Runtime.start({ home: network.agencyHome(XA), device: 'second', unlock: network.unlock });
  t.teardown(() => second.stop());
  await Promise.all([first.caughtUp({ signal: soon() }), b.caughtUp({ signal: soon() }), second.caughtUp(soon())]);
  const told: Hash[] = [];
  second.events.subscribe((event) => {
    if (event.event === 'sibling.stored' && event.message.kind === 'own.content-key') told.push(event.message.eh);
  });
  const keysAt = (conversation: ConversationId) => second.archive.contents.ofConversation(conversation);
  const offer = async (): Promise<{ readonly conversation: ConversationId; readonly eh: Hash }> => {
    const sent = await first.disclosures.offer({ to: XB, body: await disclosureBody() });
    await sent.until('delivered', { signal: soon() });
    const { conversation, eh } = sent;
    if (eh === null) throw new Error('not sealed');
    await second.events.until(() => keysAt(conversation).length === 1, soon());
    return { conversation, eh };
  };

  const back = await offer();
  t.equal(keysAt(back.conversation)[0]?.key?.length, 32, 'the other device has the key');
  await first.disclosures.withdraw({ conversation: back.conversation, reason: WORDS });
  const isWithdrawn = (): boolean =>
    second.archive.messages.ofConversation(back.conversation).some(({ kind }) => kind === 'disclosure.withdraw');
  await second.events.until(isWithdrawn, soon());
  settle(deskRuntime(second, { home: network.agencyHome(XA), device: 'second' }), back.conversation);
  t.same(keysAt(back.conversation), [], 'and forgets it');
  t.same(
    told.map((name) => fromUtf8(second.archive.messages.get(name)?.body ?? new Uint8Array())),
    ['{}'],
    'with the message that told it',
  );

  const { conversation, eh } = await offer();
  await first.close();
  const accepted = await b.disclosures.accept({ conversation, offer: eh });
  await accepted.until('delivered', { signal: soon() });
  settle(deskRuntime(second, { home: network.agencyHome(XA), device: 'second' }), conversation);
  const releases = () => second.archive.outbox.list().filter(({ kind }) => kind === 'disclosure.release');
  t.equal(releases().length, 0, 'the first device has its turn');
  const later = {
    ...deskRuntime(second, { home: network.agencyHome(XA), device: 'second' }),
    now: () => Date.now() + LATER_MS,
  };
  settle(later, conversation);
  settle(later, conversation);
  t.equal(releases().length, 1, 'once');
  await new Promise<void>((resolve, reject) => {
    b.on((event) => event.event === 'disclosure.content' && resolve());
    soon().addEventListener('abort', () => reject(new Error('the content did not come')));
  });
  t.strictSame(b.disclosures.open({ conversation }).disclosure.references, (await disclosureBody()).references);
});
