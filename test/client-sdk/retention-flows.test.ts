/** Erasure reaches what the flows keep beside the messages: offered and released contents, drafts that wait for approval. */
import { fakeNetwork } from '@holdfast/client-sdk/testing';
import { parseAgencyId } from '@holdfast/protocol';
import t from 'tap';
import { disclosureBody } from '../fixtures/network.js';

t.test('a released disclosure and a draft in its case are erased with the case', async (t) => {
  await using network = await fakeNetwork();
  const [a, b] = [network.agency('xa-fiu'), network.agency('xb-fiu')];
  const sent = await a.desk.disclosures.offer({ to: parseAgencyId('xb-fiu'), body: await disclosureBody() });
  await network.settled();
  const { conversation, eh } = sent;
  if (eh === null) throw new Error('The offer was not sent.');
  await b.desk.disclosures.accept({ conversation, offer: eh });
  await network.settled();
  t.equal(b.desk.disclosures.open({ conversation }).disclosure.sourceGrade, 'A', 'the content is here');
  await network.settled();
  const drafted = await b.desk.as(b.officer('analyst-1', ['analyst'])).disclosures.close({
    conversation,
    retention: { basis: 'Evidence Act, s. 4', reviewOn: '2030-01-01', eraseOn: '2031-01-01' },
    note: { language: 'en', text: 'The inquiry is over.' },
  });
  t.equal(drafted.kind, 'draft');
  t.equal(b.desk.drafts().length, 1);
  await network.settled();

  await b.desk.retention.erase({ conversation, reason: 'purpose fulfilled', insist: true });
  const shown = b.desk.case(conversation);
  t.equal(shown.state, 'erased');
  t.equal(shown.disclosure?.content ?? null, null, 'nothing of the content is left');
  t.throws(() => b.desk.disclosures.open({ conversation }));
  t.strictSame(b.desk.drafts(), [], 'nor of what was drafted');
});
