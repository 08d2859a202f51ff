/**
 * The day keys of everybody's devices, as this device knows them (spec 23-epoch-keys). The relay hands them out and is not
 * believed: each is verified against the device's signed batch, and none older than one seen before is taken.
 */
import type { RecipientKey } from '@holdfast/keys';
import { type BatchOwner, isKeysError, verifyEpochKey } from '@holdfast/keys/verify';
import { type AgencyId, type DeviceId, dayOf, type EpochKeyProof, OPERATIONS } from '@holdfast/protocol';
import type { AlarmDetail } from '../alarms.js';
import type { DirectoryTable, StoredEpochKey } from '../archive/directory-table.js';
import type { RelaySession } from '../session/session.js';
import { DirectoryAlarm } from './alarm.js';

/** A device that has published no key for this long is not addressed any more. */
const DORMANT_AFTER_DAYS = 60;

/** `stale`: past its last published key, which is still used; `dormant`: too long past it; `no-key`: it has published none yet. */
export type KeyState = 'current' | 'stale' | 'dormant' | 'no-key';

export interface DayKeysDependencies {
  readonly table: DirectoryTable;
  readonly now: () => number;
  /** Whose batch a device's must be; undefined where the directory does not know the device. */
  readonly ownerOf: (device: DeviceId) => BatchOwner | undefined;
  readonly onAlarm: (alarm: DirectoryAlarm) => void;
}

export class DayKeys {
  readonly #deps: DayKeysDependencies;
  readonly #known: Map<DeviceId, StoredEpochKey>;

  constructor(deps: DayKeysDependencies) {
    this.#deps = deps;
    this.#known = new Map(deps.table.epochKeys().map((row) => [row.device, row]));
  }

  /** Fetches the day's keys, of one agency or of all; what does not verify is left out and raised. */
  async refresh(session: RelaySession, agency: AgencyId | undefined, signal?: AbortSignal): Promise<void> {
    const day = String(this.#today());
    let after: DeviceId | undefined;
    do {
      const query = { day, ...(agency === undefined ? {} : { agency }), ...(after === undefined ? {} : { after }) };
      const page = await session.call(OPERATIONS.getEpochKeys, { query, ...(signal ? { signal } : {}) });
      const fresh = page.keys.flatMap((proof) => this.#verified(proof) ?? []);
      this.#deps.table.putEpochKeys(fresh);
      for (const key of fresh) this.#known.set(key.device, key);
      after = page.next ?? undefined;
    } while (after !== undefined);
  }

  #today(): number {
    return dayOf(this.#deps.now());
  }

  /** One bad proof must not keep the others' keys away: it is raised and left out. */
  #verified(proof: EpochKeyProof): StoredEpochKey | undefined {
    const owner = this.#deps.ownerOf(proof.device);
    if (owner === undefined) return undefined;
    try {
      const { device, day, key, batch: accepted } = verifyEpochKey(proof, owner);
      const { n: batch, firstDay, count } = accepted.batch;
      const lastDay = firstDay + count - 1;
      const known = this.#known.get(device);
      const refuse = (detail: AlarmDetail): never => {
        throw new DirectoryAlarm('epoch-key.refused', { device, ...detail });
      };
      // Today's key, or the last that the device has published; an older one would be the relay's choice, not the device's.
      if (day !== this.#today() && !(day === lastDay && day < this.#today())) refuse({ day });
      if (known !== undefined && batch < known.batch) refuse({ batch, known: known.batch });
      return known === undefined || day >= known.day ? { device, day, key, batch, lastDay } : undefined;
    } catch (error) {
      if (error instanceof DirectoryAlarm) this.#deps.onAlarm(error);
      else if (isKeysError(error))
        this.#deps.onAlarm(new DirectoryAlarm('epoch-key.refused', { device: proof.device, cause: error.code }));
      else throw error;
      return undefined;
    }
  }

  /** How a device stands today. */
  stateOf(device: DeviceId): KeyState {
    const lastDay = this.lastDayOf(device);
    if (lastDay === undefined) return 'no-key';
    const past = this.#today() - lastDay;
    if (past <= 0) return 'current';
    return past <= DORMANT_AFTER_DAYS ? 'stale' : 'dormant';
  }

  /** The last day for which a device has published a key, as far as we know. */
  readonly lastDayOf = (device: DeviceId): number | undefined => this.#known.get(device)?.lastDay;

  /** The key to seal to, where there is one and the device is not dormant. */
  recipientKey(device: DeviceId): RecipientKey | undefined {
    return this.stateOf(device) === 'dormant' ? undefined : this.#known.get(device);
  }

  /** True where there is no key yet, or only one of a day that is past. */
  needsKey(device: DeviceId): boolean {
    return (this.#known.get(device)?.day ?? 0) < this.#today();
  }
}
