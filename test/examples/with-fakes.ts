import assert from 'node:assert/strict';
import { fakeNetwork } from '@holdfast/client-sdk/testing';
import { parseMessage } from '@holdfast/protocol';
import { handOver } from './receive.js';

/** A test of our own hand-over: the case system fails once, the process is restarted, nothing is lost or doubled. */
export async function failingCaseSystem(alertJson: object, folder: string): Promise<void> {
  await using network = await fakeNetwork();
  const [ours, theirs] = [network.agency('xb-fiu'), network.agency('xa-fiu')];
  const { body } = parseMessage('freeze.request', { ...alertJson, writtenAtMs: Date.now() });
  const sent = await theirs.desk.freeze.request({ to: ours.agency, body });
  await network.settled();
  assert.equal(sent.state, 'delivered');

  const rows = new Map<string, string>();
  const stop = new AbortController();
  let isDown = true;
  const cases = {
    put: async (eh: string, item: { readonly from: string }): Promise<void> => {
      if (isDown) throw new Error('The case system is down.');
      rows.set(eh, item.from);
      stop.abort(); // enough for this test
    },
  };
  await assert.rejects(handOver(ours.desk, cases, folder, stop.signal), /is down/);
  assert.equal(sent.state, 'delivered', 'not dealt with, and the sender can see it');

  isDown = false;
  await handOver(await ours.restart(), cases, folder, stop.signal);
  await network.settled();
  assert.deepEqual([...rows.values()], ['xa-fiu']);
  assert.equal(sent.state, 'opened');
}

/** A test of what our screen says when things go wrong. */
export async function whatGoesWrong(alertJson: object): Promise<void> {
  await using network = await fakeNetwork();
  const [ours, theirs] = [network.agency('xa-fiu'), network.agency('xb-fiu')];
  const { body } = parseMessage('freeze.request', { ...alertJson, writtenAtMs: Date.now() });
  const send = () => ours.desk.freeze.request({ to: theirs.agency, body });

  ours.disconnect();
  const queued = await send();
  assert.equal(queued.state, 'queued');
  ours.loseNextReceipt();
  ours.connect();
  await network.settled();
  assert.equal(queued.state, 'unknown', 'the bytes have left, and no receipt came');
  ours.connect();
  await network.settled();
  assert.equal(queued.state, 'delivered', 'the SDK asked again by itself');

  ours.refuseNext();
  const refused = await send();
  await network.settled();
  assert.equal(refused.state, 'refused');
}
