/**
 * One device's frames under a script: each passes through here, both ways, and goes on as the armed faults have it. What is held
 * back ends with its connection, as it would at a relay; a release or a heal lets it go.
 */
import {
  controlJson,
  type Delivery,
  decodeCursor,
  decodeDelivery,
  decodeFrame,
  encodeCursor,
  encodeDelivery,
  encodeFrame,
  type Frame,
  type Mailbox,
  parseReceipt,
} from '@holdfast/protocol';
import type { Evidence, SeenDevice } from './evidence.js';
import { forge } from './forge.js';
import { flipped, lyingReceipt, merged, truncated, withNumbers } from './frames.js';
import { Numbering } from './numbering.js';
import type { RelayKey } from './relay-key.js';
import type { FrameFault, FrameTarget } from './script.js';

/** Where frames go on to; one pair for each connection. */
export interface Wires {
  down(bytes: Uint8Array): void;
  up(bytes: Uint8Array): void;
  cut(): void;
}

/** A fault that waits for its frame. */
export interface Armed {
  readonly target: FrameTarget;
  readonly fault: FrameFault;
  /** Whether it has struck. */
  readonly struck: boolean;
}

interface Waiting extends Armed {
  struck: boolean;
  skip: number;
}

export interface Stuff {
  readonly evidence: Evidence;
  readonly device: SeenDevice;
  readonly relayKey: RelayKey;
}

export class Meddler {
  readonly #stuff: Stuff;
  readonly #onStrike: () => void;
  readonly #armed: Waiting[] = [];
  readonly #numbers: Readonly<Record<Mailbox, Numbering>> = { alert: new Numbering(), routine: new Numbering() };
  #wires: Wires | undefined;
  /** Frames behind a delay, each with its way. */
  #delayed: { readonly way: FrameTarget['way']; readonly frame: Frame }[] | undefined;
  /** A delivery that goes behind the next one of `mailbox`. */
  #overtaken: { readonly frame: Frame; readonly mailbox: Mailbox } | undefined;

  constructor(stuff: Stuff, onStrike: () => void) {
    this.#stuff = stuff;
    this.#onStrike = onStrike;
  }

  arm(target: FrameTarget, fault: FrameFault): Armed {
    const armed = { target, fault, struck: false, skip: target.skip ?? 0 };
    this.#armed.push(armed);
    return armed;
  }

  connected(wires: Wires): void {
    this.#wires = wires;
    this.#delayed = undefined;
    this.#overtaken = undefined;
  }

  /** Lets go what is held back. */
  release(): void {
    const delayed = this.#delayed ?? [];
    this.#delayed = undefined;
    this.#letOvertakenGo();
    for (const { way, frame } of delayed) this.#pass(way, frame);
  }

  /** Forgets what has not struck, and lets go. What was left out of a mailbox stays out. */
  heal(): void {
    this.#armed.length = 0;
    this.release();
  }

  down(bytes: Uint8Array): void {
    this.#pass('down', decodeFrame(Uint8Array.from(bytes)));
  }

  up(bytes: Uint8Array): void {
    const frame = decodeFrame(Uint8Array.from(bytes));
    if (frame.type === 'submit') this.#stuff.evidence.submitted(frame.payload);
    this.#pass('up', frame);
  }

  #pass(way: FrameTarget['way'], frame: Frame): void {
    if (this.#delayed !== undefined) {
      this.#delayed.push({ way, frame });
      return;
    }
    const armed = this.#armed.find((one) => !one.struck && fits(one.target, way, frame) && one.skip-- <= 0);
    if (armed === undefined || !this.#strike(armed.fault, way, frame)) {
      this.#send(way, frame);
    } else {
      armed.struck = true;
      this.#armed.splice(this.#armed.indexOf(armed), 1);
      this.#onStrike();
    }
    this.#remember(way, frame);
  }

  /** @returns false where the fault cannot be done to this frame, which then passes */
  #strike(fault: FrameFault, way: FrameTarget['way'], frame: Frame): boolean {
    switch (fault.fault) {
      case 'drop':
        if (fault.numbers === 'closed-up' && frame.type === 'delivery') {
          const { mailbox, number } = decodeDelivery(frame.payload);
          this.#numbers[mailbox].leaveOut(number);
        }
        return true;
      case 'delay':
        this.#delayed = [{ way, frame }];
        return true;
      case 'duplicate':
        this.#send(way, frame);
        this.#send(way, frame);
        return true;
      case 'cut':
        this.#wires?.cut();
        return true;
      case 'truncate':
        return this.#instead(way, frame, (bytes) => truncated(bytes, fault.share));
      case 'flip':
        return this.#instead(way, frame, (bytes) => flipped(bytes, fault.share));
      case 'reorder':
        return this.#overtake(frame, fault.behind);
      case 'renumber': {
        const delivery = decodeDelivery(frame.payload);
        const number = delivery.number + fault.by;
        this.#wires?.down(encodeFrame({ ...frame, payload: encodeDelivery({ ...delivery, number }) }));
        return true;
      }
      case 'merge':
        return this.#instead(way, frame, (_, delivery) =>
          delivery === undefined ? undefined : merged(delivery, fault.part, this.#stuff),
        );
      case 'inject':
        return this.#inject(frame, fault);
      case 'receipt': {
        const payload = lyingReceipt(frame.payload, fault.lie, this.#stuff);
        if (payload !== undefined) this.#send(way, { ...frame, payload });
        return payload !== undefined;
      }
      case 'resumed':
        this.#send(
          way,
          withNumbers(frame, (_, number) => Math.max(0, number + fault.by)),
        );
        return true;
    }
  }

  /** Another item in the same delivery, or other bytes in the same frame. */
  #instead(
    way: FrameTarget['way'],
    frame: Frame,
    change: (bytes: Uint8Array, delivery?: Delivery) => Uint8Array | undefined,
  ): boolean {
    const delivery = frame.type === 'delivery' ? decodeDelivery(frame.payload) : undefined;
    const bytes = change(delivery?.bytes ?? frame.payload, delivery);
    if (bytes === undefined) return false;
    const payload = delivery === undefined ? bytes : encodeDelivery({ ...delivery, bytes });
    this.#send(way, { ...frame, payload });
    return true;
  }

  #overtake(frame: Frame, behind: 'same' | 'other'): boolean {
    if (this.#overtaken !== undefined) return false;
    const { mailbox } = decodeDelivery(frame.payload);
    this.#overtaken = { frame, mailbox: behind === 'same' ? mailbox : mailbox === 'alert' ? 'routine' : 'alert' };
    return true;
  }

  #letOvertakenGo(): void {
    const overtaken = this.#overtaken;
    this.#overtaken = undefined;
    if (overtaken !== undefined) this.#send('down', overtaken.frame);
  }

  #inject(frame: Frame, { forgery, numbers }: Extract<FrameFault, { fault: 'inject' }>): boolean {
    const genuine = decodeDelivery(frame.payload);
    const item = forge(forgery, this.#stuff, genuine);
    if (item === undefined) return false;
    const { mailbox, acceptedAtMs } = genuine;
    const numbering = this.#numbers[mailbox];
    const number =
      numbers === 'closed-up' ? numbering.putIn(genuine.number) : (numbering.told(genuine.number) ?? genuine.number);
    const payload = encodeDelivery({ mailbox, number, acceptedAtMs, ...item });
    this.#wires?.down(encodeFrame({ ...frame, payload }));
    this.#send('down', frame);
    return true;
  }

  /** Sends it on, numbers told as the device is to see them. */
  #send(way: FrameTarget['way'], frame: Frame): void {
    const told = way === 'down' ? this.#toldDown(frame) : this.#toldUp(frame);
    if (told === undefined) return;
    this.#wires?.[way](encodeFrame(told));
    if (way === 'down' && frame.type === 'delivery' && decodeMailboxOf(frame) === this.#overtaken?.mailbox)
      this.#letOvertakenGo();
  }

  #toldDown(frame: Frame): Frame | undefined {
    if (frame.type === 'resumed') return withNumbers(frame, (mailbox, n) => this.#numbers[mailbox].toDevice(n));
    if (frame.type !== 'delivery') return frame;
    const delivery = decodeDelivery(frame.payload);
    const number = this.#numbers[delivery.mailbox].told(delivery.number);
    return number === undefined ? undefined : { ...frame, payload: encodeDelivery({ ...delivery, number }) };
  }

  #toldUp(frame: Frame): Frame {
    if (frame.type === 'resume') return withNumbers(frame, (mailbox, n) => this.#numbers[mailbox].toRelay(n));
    if (frame.type !== 'acknowledge') return frame;
    const { mailbox, cursor } = decodeCursor(frame.payload);
    return { ...frame, payload: encodeCursor({ mailbox, cursor: this.#numbers[mailbox].toRelay(cursor) }) };
  }

  #remember(way: FrameTarget['way'], frame: Frame): void {
    if (way !== 'down') return;
    if (frame.type === 'delivery') this.#stuff.device.delivery = decodeDelivery(frame.payload);
    if (frame.type === 'receipt') this.#stuff.device.receipt = parseReceipt(controlJson(frame.payload));
  }
}

const decodeMailboxOf = (frame: Frame): Mailbox => decodeDelivery(frame.payload).mailbox;

function fits({ way, type, mailbox }: FrameTarget, goes: FrameTarget['way'], frame: Frame): boolean {
  if (way !== goes || type !== frame.type) return false;
  return mailbox === undefined || (type === 'delivery' && decodeMailboxOf(frame) === mailbox);
}
