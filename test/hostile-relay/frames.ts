/** The faults that change one frame, as functions from a frame to what is sent instead. Undefined: it cannot be done here. */
import {
  controlJson,
  type DeliveredEnvelope,
  type Delivery,
  decodeDelivered,
  encodeDelivered,
  type Frame,
  parseCore,
  parseReceipt,
  type Receipt,
  utf8,
} from '@holdfast/protocol';
import type { Evidence, SeenDevice } from './evidence.js';
import { nameOf } from './forge.js';
import type { Part, ReceiptLie } from './script.js';

/** The first `share` of the bytes; one byte less at least. */
export const truncated = (bytes: Uint8Array, share: number): Uint8Array =>
  bytes.subarray(0, Math.min(Math.floor(bytes.length * share), bytes.length - 1));

/** One bit turned over. */
export function flipped(bytes: Uint8Array, share: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const index = Math.min(Math.floor(changed.length * share), changed.length - 1);
  changed[index] = (changed[index] ?? 0) ^ 1;
  return changed;
}

/** A genuine delivery with one part of another envelope in it. */
export function merged(
  delivery: Delivery,
  part: Part,
  { evidence, device }: { readonly evidence: Evidence; readonly device: SeenDevice },
): Uint8Array | undefined {
  if (delivery.item !== 'envelope') return undefined;
  const genuine = decodeDelivered(delivery.bytes);
  const { id } = parseCore(genuine.core);
  const same = evidence.newest(({ core }) => core.id === id)?.envelope;
  const other = evidence.newest(({ core }) => core.id !== id && core.from !== device.id)?.envelope;
  if (other === undefined) return undefined;
  const swapped = ((): Partial<DeliveredEnvelope> | undefined => {
    switch (part) {
      case 'core':
        return { core: other.core };
      case 'stanza':
        return { stanza: other.stanzas[0] ?? genuine.stanza };
      case 'stanza-of-other-device': {
        const stanza = same?.stanzas.find((one) => !Buffer.from(one).equals(genuine.stanza));
        return stanza === undefined ? undefined : { stanza };
      }
      case 'signature':
        return { sig: other.sig };
      case 'ciphertext':
        return { ct: other.ct };
    }
  })();
  return swapped === undefined ? undefined : encodeDelivered({ ...genuine, ...swapped });
}

/** Another receipt than the genuine one. */
export function lyingReceipt(
  payload: Uint8Array,
  lie: ReceiptLie,
  { evidence, device }: { readonly evidence: Evidence; readonly device: SeenDevice },
): Uint8Array | undefined {
  const genuine = parseReceipt(controlJson(payload));
  const other = ((): Receipt | undefined => {
    switch (lie) {
      case 'other-envelope': {
        const seen = evidence.newest((one) => nameOf(one) !== genuine.eh);
        return seen === undefined ? undefined : { ...genuine, eh: nameOf(seen) };
      }
      case 'other-index':
        return { ...genuine, index: genuine.index + 1 };
      case 'other-time':
        return { ...genuine, atMs: genuine.atMs + 1 };
      case 'older-receipt':
        return device.receipt?.eh === genuine.eh ? undefined : device.receipt;
    }
  })();
  return other === undefined ? undefined : utf8(JSON.stringify(other));
}

/** A control frame's JSON with other numbers. */
export function withNumbers(frame: Frame, change: (mailbox: 'alert' | 'routine', number: number) => number): Frame {
  const value = controlJson(frame.payload);
  if (typeof value !== 'object' || value === null || !('alert' in value) || !('routine' in value)) return frame;
  const alert = change('alert', Number(value.alert));
  const routine = change('routine', Number(value.routine));
  return { ...frame, payload: utf8(JSON.stringify({ ...value, alert, routine })) };
}
