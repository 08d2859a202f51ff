import { Holdfast } from '@holdfast/client-sdk';
import { readUnlockKey } from '@holdfast/keys';
import { watch } from './watch.js';

const { AGENCY_HOME: home = '', DEVICE: device = 'gateway', UNLOCK_KEY_FILE: keyFile = '' } = process.env;
const log = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.once('SIGINT', () => stop.abort());

const desk = await Holdfast.open({ home, device, unlock: { kind: 'key', key: await readUnlockKey(keyFile) } });
watch(desk, log);
try {
  for await (const item of desk.inbox({ signal: stop.signal })) {
    log({ level: 'info', eh: item.eh, kind: item.message.kind, from: item.from }); // here: hand over to your case system
  }
} finally {
  await desk.close(); // the item in hand is finished first; what is queued stays queued
}
