/**
 * How keystores that are not the gateway's open: each holder of a root key and each officer has a password or key file of their own.
 * From a `*_FILE` variable or a prompt, never from the command line.
 */
import { lastHolderNumber } from '@holdfast/client-sdk';
import type { Unlock } from '@holdfast/keys';
import { unlockFromVariables, unlockOf } from './unlock.js';

/** An officer's own: `HOLDFAST_OFFICER_KEY_FILE`, `HOLDFAST_OFFICER_PASSWORD_FILE`, a prompt; asked twice where it is chosen now. */
export const officerUnlock = (name: string, isNew: boolean): Promise<Unlock> =>
  unlockOf('HOLDFAST_OFFICER', `Password of officer ${name}, who types it`, isNew);

/**
 * One for each new holder under `folder`: `HOLDFAST_ROOT_<number>_KEY_FILE`, `HOLDFAST_ROOT_<number>_PASSWORD_FILE`, or a prompt; a lone
 * first holder may have the general one.
 */
export async function holderUnlocks(folder: string, count: number, general: () => Promise<Unlock>): Promise<Unlock[]> {
  const before = await lastHolderNumber(folder);
  const unlocks: Unlock[] = [];
  for (let number = before + 1; number <= before + count; number++) {
    const prefix = `HOLDFAST_ROOT_${number}`;
    const ask =
      count === 1 && before === 0
        ? general
        : () => unlockOf(prefix, `Password of root key ${number}, its holder types it`, true);
    unlocks.push((await unlockFromVariables(prefix)) ?? (await ask()));
  }
  return unlocks;
}
