/**
 * The holders of a root: each has a keystore in a numbered folder of its own (`root/1`, `root/2`, …), with its own unlock, which
 * can be carried away. `root/holders.json` is public and stays: whose key has which number. A number is never used again.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type Argon2idParams, FileKeystore, generateSigningKey, type SigningKey, type Unlock } from '@holdfast/keys';
import { KEY_SET_MAX, type KeySet, PublicKeySchema, parserOf, toBase64url } from '@holdfast/protocol';
import { Type } from 'typebox';
import { isSdkError, SdkError } from '../errors.js';
import { readJson, writeJson } from '../home/json-file.js';
import { readSigningKey, storeSigningKey } from '../home/signing-key.js';

const closed = { additionalProperties: false } as const;
const parseHolders = parserOf(
  'holders.json',
  Type.Object(
    {
      v: Type.Literal(1),
      holders: Type.Array(Type.Object({ number: Type.Integer({ minimum: 1 }), key: PublicKeySchema }, closed), {
        maxItems: 10_000,
      }),
    },
    closed,
  ),
  'message.invalid',
);

export interface Holder {
  readonly number: number;
  /** Public key. */
  readonly key: string;
  readonly folder: string;
}

/** m of n: what each new holder's keystore opens with, and how many must sign. */
export interface RootPlan {
  readonly threshold: number;
  readonly unlocks: readonly Unlock[];
  /** Keys of holders who stay. */
  readonly keep?: readonly string[];
}

export interface MadeRoot {
  readonly root: KeySet;
  readonly holders: readonly Holder[];
  readonly keys: readonly SigningKey[];
}

/**
 * Makes a key and a keystore for each new holder under `folder`.
 * @throws SdkError `message.refused` where m of n makes no sense; KeysError `keystore.exists`
 */
export async function makeRoot(folder: string, plan: RootPlan, params?: Argon2idParams): Promise<MadeRoot> {
  const { threshold, unlocks, keep = [] } = plan;
  const count = unlocks.length + keep.length;
  const isSensible = Number.isInteger(threshold) && threshold >= 1 && threshold <= count && count <= KEY_SET_MAX;
  if (!isSensible || new Set(keep).size !== keep.length)
    throw new SdkError(
      'message.refused',
      `${threshold} of ${count} is no root: at most ${KEY_SET_MAX} different keys.`,
    );
  const before = await holdersOf(folder);
  let number = Math.max(0, ...before.map((holder) => holder.number));
  const made: { readonly holder: Holder; readonly key: SigningKey }[] = [];
  for (const unlock of unlocks) {
    number++;
    const key = generateSigningKey();
    const own = join(folder, String(number));
    await storeSigningKey(await FileKeystore.create(own, { unlock, ...(params ? { params } : {}) }), key);
    made.push({ holder: { number, key: toBase64url(key.publicKey), folder: own }, key });
  }
  const holders = made.map(({ holder }) => holder);
  const listed = [...before, ...holders].map((holder) => ({ number: holder.number, key: holder.key }));
  await writeJson(join(folder, 'holders.json'), { v: 1, holders: listed });
  const root = { threshold, keys: [...keep, ...holders.map(({ key }) => key)] };
  return { root, holders, keys: made.map(({ key }) => key) };
}

/** Every holder whose key was ever made under `folder`; their keystores may have been carried away. */
export async function holdersOf(folder: string): Promise<readonly Holder[]> {
  try {
    const { holders } = parseHolders(await readJson(join(folder, 'holders.json')));
    return holders.map(({ number, key }) => ({ number, key, folder: join(folder, String(number)) }));
  } catch (error) {
    if (isSdkError(error, 'home.not-found')) return [];
    throw error;
  }
}

/** The holders of these keys whose keystore is here. */
export async function holdersAtHand(folder: string, keys: Iterable<string>): Promise<readonly Holder[]> {
  const wanted = new Set(keys);
  const found: Holder[] = [];
  for (const holder of await holdersOf(folder)) {
    const isHere = wanted.has(holder.key) && (await exists(join(holder.folder, 'header.json')));
    if (isHere) found.push(holder);
  }
  return found;
}

/** The one key that a root of threshold 1 needs, where its keystore is here. @throws KeysError `keystore.*` where it does not open */
export async function loneRootKey(folder: string, root: KeySet, unlock: Unlock): Promise<SigningKey | undefined> {
  if (root.threshold !== 1) return undefined;
  const [holder] = await holdersAtHand(folder, root.keys);
  return holder === undefined ? undefined : await readSigningKey(holder.folder, unlock);
}

export async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
