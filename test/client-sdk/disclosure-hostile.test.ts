/**
 * Terms before content against whoever cheats: a relay that swaps the content, a sender that releases something else, a recipient that
 * accepts what was not offered. Nothing is shown or released that should not be, and it is raised.
 */
import type { Holdfast, SdkEvent } from '@holdfast/client-sdk';
import { sealContent } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import {
  type ConversationId,
  type Hash,
  type MessageBody,
  MS_PER_DAY,
  termsHash,
  toBase64url,
  toHash,
} from '@holdfast/protocol';
import t from 'tap';
import { newBlobId, newConversationId } from '#client-sdk/send/enqueue.js';
import { httpTransport } from '#client-sdk/transport/http.js';
import type { RelayTransport } from '#client-sdk/transport/port.js';
import { readGolden } from '../fixtures/golden-body.js';
import { disclosureBody, makeTestNetwork, soon, XA, XB, XC } from '../fixtures/network.js';
import { type Rogue, takeOver } from '../fixtures/rogue.js';

const WORDS = { language: 'en', text: 'So it is.' };

/** Resolves with the first event that fits, past or to come. */
function watch(desk: Holdfast): (fits: (event: SdkEvent) => boolean) => Promise<SdkEvent> {
  const events: SdkEvent[] = [];
  desk.on((event) => void events.push(event));
  return (fits) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find(fits);
        if (found === undefined) return;
        stop();
        resolve(found);
      };
      const stop = desk.on(look);
      soon(20_000).addEventListener('abort', () => reject(new Error(`not seen: ${JSON.stringify(events)}`)));
      look();
    });
}
const alarm = (code: string, reason?: RegExp) => (event: SdkEvent) =>
  event.event === 'alarm' && event.code === code && (reason === undefined || reason.test(JSON.stringify(event.detail)));

const swapping = (url: string): RelayTransport => {
  const honest = httpTransport(url);
  return {
    ...honest,
    request: async (asked) => {
      const answer = await honest.request(asked);
      if (asked.method !== 'GET' || answer.status !== 206) return answer;
      const body = Uint8Array.from(answer.body);
      body[100] = (body[100] ?? 0) ^ 1;
      return { ...answer, body };
    },
  };
};

t.test('a relay that swaps the content is found out, and nothing of it is shown', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const a = await network.open(XA);
  const b = await network.open(XB, { transport: swapping(network.url) });
  const seen = watch(b);
  await Promise.all([a.online({ signal: soon() }), b.online({ signal: soon() })]);
  const sent = await a.disclosures.offer({ to: XB, body: await disclosureBody() });
  await sent.until('delivered', { signal: soon() });
  const { conversation, eh } = sent;
  if (eh === null) throw new Error('not sealed');
  await b.disclosures.accept({ conversation, offer: eh });
  t.match(await seen(alarm('disclosure.content-unavailable')), { detail: { cause: 'attachment.corrupt' } });
  t.match(b.case(conversation), { state: 'released', disclosure: { content: null } });
  t.throws(() => b.disclosures.open({ conversation }), { code: 'disclosure.content-missing' });
});

/** An offer of a rogue sender: what it says, and what it has really encrypted. */
async function offerBy(
  rogue: Rogue,
  conversation: ConversationId,
  inside: (body: MessageBody<'disclosure'>) => MessageBody<'disclosure'>,
): Promise<{ readonly eh: Hash; readonly key: Uint8Array; readonly termsHash: Hash }> {
  const body = await disclosureBody();
  const terms = body.restrictions;
  const name = toHash(termsHash(sha256, terms));
  const sealed = sealContent({ disclosure: inside(body), attachments: [] }, conversation, name);
  const blobId = newBlobId();
  await rogue.upload(blobId, sealed.ciphertext);
  const offer: MessageBody<'disclosure.offer'> = {
    ...readGolden('disclosure.offer'),
    writtenAtMs: Date.now(),
    openUntilMs: Date.now() + MS_PER_DAY,
    terms,
    content: { blobId, size: sealed.ciphertext.length, ctHash: sealed.ctHash },
  };
  const envelope = await rogue.seal(XB, { conversation, kind: 'disclosure.offer', body: offer, termsHash: name });
  await rogue.submit(envelope);
  return { eh: envelope.eh, key: sealed.key, termsHash: name };
}

t.test('a sender that releases anything else than it offered leaves evidence, and nothing is shown', async (t) => {
  const network = await makeTestNetwork();
  t.teardown(() => network.close());
  const b = await network.open(XB);
  const seen = watch(b);
  await b.online({ signal: soon() });
  const rogue = await takeOver(network, XA);
  t.teardown(() => rogue.close());
  const offered = async (conversation: ConversationId): Promise<void> => {
    await seen((event) => event.event === 'inbox.stored' && event.message.conversation === conversation);
  };
  const release = async (
    conversation: ConversationId,
    { eh, termsHash: name }: { readonly eh: Hash; readonly termsHash: Hash },
    accept: Hash,
    key: Uint8Array,
  ): Promise<void> => {
    const body = { writtenAtMs: Date.now(), offer: eh, accept, key: toBase64url(key) };
    const on = accept === eh ? [eh] : [accept];
    await rogue.submit(
      await rogue.seal(XB, { conversation, kind: 'disclosure.release', body, sq: 1, prev: eh, on, termsHash: name }),
    );
  };
  const accepted = async (conversation: ConversationId, offer: Hash): Promise<Hash> => {
    const sent = await b.disclosures.accept({ conversation, offer });
    await sent.until('accepted', { signal: soon() });
    if (sent.eh === null) throw new Error('not sealed');
    return sent.eh;
  };

  const early = newConversationId();
  const first = await offerBy(rogue, early, (body) => body);
  await offered(early);
  await release(early, first, first.eh, first.key);
  await seen(alarm('disclosure.step-refused', /no such step/));
  t.match(b.case(early), { state: 'offered', disclosure: { content: null } }, 'released before it was accepted');

  const other = newConversationId();
  const second = await offerBy(rogue, other, (body) => body);
  await offered(other);
  await release(other, second, await accepted(other, second.eh), new Uint8Array(32).fill(7));
  await seen(alarm('disclosure.content-refused', /keys.decryption-failed/));
  t.match(b.case(other), { state: 'released', disclosure: { content: null } }, 'another key');

  const stricter = newConversationId();
  const third = await offerBy(rogue, stricter, (body) => ({
    ...body,
    restrictions: { ...body.restrictions, tlp: 'RED' },
  }));
  await offered(stricter);
  await release(stricter, third, await accepted(stricter, third.eh), third.key);
  await seen(alarm('disclosure.content-refused', /content.other-terms/));
  t.match(b.case(stricter), { disclosure: { content: null } }, 'content under other terms than were accepted');
  t.match(
    b.case(stricter).disclosure?.offer?.terms,
    (await disclosureBody()).restrictions,
    'the terms stay those accepted',
  );
});

t.test('an acceptance of anything else than was offered to its signer releases nothing', async (t) => {
  const network = await makeTestNetwork({ agencies: [XA, XB, XC] });
  t.teardown(() => network.close());
  const a = await network.open(XA);
  const seen = watch(a);
  await a.online({ signal: soon() });
  const [b, c] = [await takeOver(network, XB), await takeOver(network, XC)];
  t.teardown(() => Promise.all([b.close(), c.close()]));
  const offer = async (): Promise<{
    readonly conversation: ConversationId;
    readonly eh: Hash;
    readonly hash: Hash;
  }> => {
    const body = await disclosureBody();
    const sent = await a.disclosures.offer({ to: XB, body });
    await sent.until('accepted', { signal: soon() });
    const { conversation, eh } = sent;
    if (eh === null) throw new Error('not sealed');
    return { conversation, eh, hash: toHash(termsHash(sha256, body.restrictions)) };
  };
  const accept = async (
    rogue: Rogue,
    conversation: ConversationId,
    of: Hash,
    hash: Hash,
    on: readonly Hash[],
  ): Promise<void> => {
    const body = { writtenAtMs: Date.now(), offer: of, termsHash: hash };
    await rogue.submit(await rogue.seal(XA, { conversation, kind: 'disclosure.accept', body, on, termsHash: hash }));
  };
  const one = await offer();
  await accept(b, one.conversation, one.eh, toHash(sha256(new Uint8Array(1))), [one.eh]);
  await seen(alarm('disclosure.step-refused', /hash of other terms/));
  t.match(a.case(one.conversation), { state: 'offered' }, 'another hash');

  const two = await offer();
  await accept(b, two.conversation, one.eh, one.hash, [two.eh]);
  await seen(alarm('disclosure.step-refused', /another offer than the one in force/));
  t.match(a.case(two.conversation), { state: 'offered' }, 'an acceptance of another conversation');

  const three = await offer();
  await accept(c, three.conversation, three.eh, three.hash, [three.eh]);
  t.match(await seen(alarm('envelope.refused')), { detail: { code: 'conversation.roster-changed' } });
  t.match(a.case(three.conversation), { state: 'offered' }, 'signed by another agency');
  t.notOk(
    a.outbox().some(({ kind }) => kind === 'disclosure.release'),
    'no key has left',
  );
  await a.disclosures.withdraw({ conversation: three.conversation, reason: WORDS });
});
