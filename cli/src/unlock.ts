/**
 * What opens a keystore: a key or password from a `*_FILE` (or `/dev/fd/N`), the system's keyring, or a prompt; never from the command
 * line, never the secret itself from the environment.
 */
import { readFileBounded } from '@holdfast/client-sdk';
import { readUnlockKey, type Unlock } from '@holdfast/keys';
import { CliError } from './errors.js';
import { readKeyring } from './keyring.js';
import { promptSecret } from './prompt.js';

const MAX_PASSWORD_BYTES = 4096;

/** This installation's own: key file, password file, keyring, prompt, the first that is set. */
export async function resolveUnlock(): Promise<Unlock> {
  const { HOLDFAST_UNLOCK_KEY_FILE: keyFile, HOLDFAST_PASSWORD_FILE: passwordFile } = process.env;
  const fromFile = await unlockFromFiles(keyFile, passwordFile);
  if (fromFile !== undefined) return fromFile;
  const { HOLDFAST_KEYRING: service } = process.env;
  if (service !== undefined) return await readKeyring(service);
  return { kind: 'password', password: await promptSecret('Password of the keystore: ') };
}

/**
 * Someone else's, or another file's: `<prefix>_KEY_FILE`, `<prefix>_PASSWORD_FILE`, or a prompt.
 * @param question what the prompt says
 * @param isNew whether it is chosen now: then it is asked for twice
 */
export async function unlockOf(prefix: string, question: string, isNew: boolean): Promise<Unlock> {
  return (await unlockFromVariables(prefix)) ?? (await askFor(question, isNew));
}

/** `<prefix>_KEY_FILE` or `<prefix>_PASSWORD_FILE`, where one is set. */
export const unlockFromVariables = (prefix: string): Promise<Unlock | undefined> =>
  unlockFromFiles(process.env[`${prefix}_KEY_FILE`], process.env[`${prefix}_PASSWORD_FILE`]);

async function askFor(question: string, isNew: boolean): Promise<Unlock> {
  const password = await promptSecret(`${question}: `);
  // A slip of the finger would lock away for good what is sealed with it.
  if (isNew && (await promptSecret('The same again: ')) !== password)
    throw new CliError('usage', 'The two passwords differ.');
  return { kind: 'password', password };
}

async function unlockFromFiles(
  keyFile: string | undefined,
  passwordFile: string | undefined,
): Promise<Unlock | undefined> {
  if (keyFile !== undefined) return { kind: 'key', key: await readUnlockKey(keyFile) };
  if (passwordFile === undefined) return undefined;
  const bytes = await readFileBounded(passwordFile, MAX_PASSWORD_BYTES);
  const password = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return { kind: 'password', password: password.replace(/\r?\n$/, '') };
}
