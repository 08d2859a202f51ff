import { readFile } from 'node:fs/promises';
import { Holdfast } from '@holdfast/client-sdk';
import { type AgencyId, parseMessage } from '@holdfast/protocol';

/** Sends a freeze alert from a file and waits until the other side has it. */
export async function alertAndWait(home: string, key: Uint8Array, to: AgencyId, file: string): Promise<string> {
  const desk = await Holdfast.open({ home, unlock: { kind: 'key', key } });
  try {
    const { body } = parseMessage('freeze.request', JSON.parse(await readFile(file, 'utf8')));
    const alert = await desk.freeze.request({ to, body });
    await alert.until('delivered', { signal: AbortSignal.timeout(60_000) }); // by the recipient's signed receipt
    return `${alert.state}: case ${alert.conversation}`;
  } finally {
    await desk.close(); // what is queued stays queued
  }
}

/** Takes in whatever arrives, each message once, also across crashes. */
export async function receive(desk: Holdfast, signal: AbortSignal): Promise<void> {
  for await (const item of desk.inbox({ signal })) {
    if (item.message.kind === 'freeze.request') {
      console.log(`${item.from} asks to freeze ${item.message.body.assets.length} assets`);
    }
  }
}
