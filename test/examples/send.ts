import { type Disclosure, type HoldfastDesk, newBlobId, type SendHandle } from '@holdfast/client-sdk';
import { type AgencyId, type ConversationId, parseEnvelopeId, parseMessage } from '@holdfast/protocol';

/** Sends a disclosure with one file. @param json the body as your form or case system makes it, without attachments */
export function discloseWithFile(desk: HoldfastDesk, to: AgencyId, json: object, path: string): Promise<SendHandle> {
  const id = newBlobId();
  const attachment = { id, name: 'statement.csv', mediaType: 'text/csv' };
  const { body } = parseMessage('disclosure', { ...json, writtenAtMs: Date.now(), attachments: [attachment] });
  const disclosure: Disclosure = { to, body, attachments: [{ id, path }], caseRef: 'XA-2025-0417' };
  return desk.disclose(disclosure);
}

/** Sends a freeze alert; `advise` is told what the sender should know of the recipient's law, and stops nothing. */
export async function alert(
  desk: HoldfastDesk,
  to: AgencyId,
  json: object,
  advise: (text: string) => void,
): Promise<SendHandle> {
  const stopListening = desk.on((event) => {
    if (event.event === 'advice') advise(`${event.field}: ${event.text}`);
  });
  try {
    const { body } = parseMessage('freeze.request', { ...json, writtenAtMs: Date.now() });
    return await desk.freeze.request({ to, body });
  } finally {
    stopListening();
  }
}

/** Says how far a message has come, until the other side has opened it. Throws `relay.refused` where it never will. */
export async function follow(sent: SendHandle, tell: (text: string) => void, signal: AbortSignal): Promise<void> {
  tell(`${sent.state}`);
  for (const state of ['accepted', 'delivered', 'opened'] as const) {
    await sent.until(state, { signal });
    tell(`${sent.state}`);
  }
}

/** After a restart: the same message by the id that your case system kept. */
export function whereIs(desk: HoldfastDesk, keptId: string): { state: string; conversation: ConversationId } {
  const { state, conversation } = desk.sent(parseEnvelopeId(keptId));
  return { state, conversation };
}
