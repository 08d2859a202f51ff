/**
 * How keystores that are not the gateway's open: each holder of a root key and each officer has a password or key file of their own.
 * From a `*_FILE` variable or a prompt, never from the command line.
 */
import { lastHolderNumber, readFileBounded } from '@holdfast/client-sdk';
import { readUnlockKey, type Unlock } from '@holdfast/keys';
import { CliError } from './errors.js';
import { promptSecret } from './prompt.js';

const MAX_PASSWORD_BYTES = 4096;

/** The first of: the key file, the password file, a prompt. `prefix` is that of the variables. */
async function unlockFrom(prefix: string, otherwise: () => Promise<Unlock>): Promise<Unlock> {
  const keyFile = process.env[`${prefix}_KEY_FILE`];
  if (keyFile !== undefined) return { kind: 'key', key: await readUnlockKey(keyFile) };
  const passwordFile = process.env[`${prefix}_PASSWORD_FILE`];
  if (passwordFile === undefined) return await otherwise();
  const bytes = await readFileBounded(passwordFile, MAX_PASSWORD_BYTES);
  const password = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return { kind: 'password', password: password.replace(/\r?\n$/, '') };
}

/** Asked for twice: a slip of the finger would lock a new key away for good. */
const prompted = (question: string) => async (): Promise<Unlock> => {
  const password = await promptSecret(`${question}: `);
  if ((await promptSecret('The same again: ')) !== password) throw new CliError('usage', 'The two passwords differ.');
  return { kind: 'password', password };
};

/** A new officer's own: `HOLDFAST_OFFICER_KEY_FILE`, `HOLDFAST_OFFICER_PASSWORD_FILE`, a prompt. */
export const officerUnlock = (name: string): Promise<Unlock> =>
  unlockFrom('HOLDFAST_OFFICER', prompted(`Password of officer ${name}, who types it`));

/**
 * One for each new holder under `folder`: `HOLDFAST_ROOT_<number>_KEY_FILE`, `HOLDFAST_ROOT_<number>_PASSWORD_FILE`, or a prompt; a lone
 * first holder may have the general one.
 */
export async function holderUnlocks(folder: string, count: number, general: () => Promise<Unlock>): Promise<Unlock[]> {
  const before = await lastHolderNumber(folder);
  const unlocks: Unlock[] = [];
  for (let number = before + 1; number <= before + count; number++) {
    const ask = count === 1 && before === 0 ? general : prompted(`Password of root key ${number}, its holder types it`);
    unlocks.push(await unlockFrom(`HOLDFAST_ROOT_${number}`, ask));
  }
  return unlocks;
}
