/**
 * One mailbox's numbers as a lying relay tells them: what it leaves out or puts in is closed up, so that the device sees a gapless
 * mailbox, and what the device says of its cursor is put back for the real relay.
 */

interface Shift {
  /** First number, on the relay's side and on the device's, from which the shift holds. */
  readonly relayFrom: number;
  readonly deviceFrom: number;
  readonly by: number;
}

const lastThat = (shifts: readonly Shift[], fits: (shift: Shift) => boolean): number => shifts.findLast(fits)?.by ?? 0;

export class Numbering {
  readonly #shifts: Shift[] = [];
  readonly #gone = new Set<number>();

  /** The device's number of the relay's item; undefined where it has been left out, now and whenever it is delivered again. */
  told(relay: number): number | undefined {
    return this.#gone.has(relay) ? undefined : this.toDevice(relay);
  }

  toDevice(relay: number): number {
    return Math.max(0, relay + lastThat(this.#shifts, ({ relayFrom }) => relayFrom <= relay));
  }

  toRelay(device: number): number {
    return Math.max(0, device - lastThat(this.#shifts, ({ deviceFrom }) => deviceFrom <= device));
  }

  /** Leaves the relay's item out for good. */
  leaveOut(relay: number): void {
    const device = this.toDevice(relay);
    this.#gone.add(relay);
    this.#shifts.push({ relayFrom: relay + 1, deviceFrom: device, by: device - relay - 1 });
  }

  /** Makes room for one more before the relay's item. @returns its number */
  putIn(relay: number): number {
    const device = this.toDevice(relay);
    this.#shifts.push({ relayFrom: relay, deviceFrom: device, by: device - relay + 1 });
    return device;
  }
}
