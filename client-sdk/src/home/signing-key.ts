/** A signing key in a keystore of its own: how the administrator's, the officers' and the devices' keys lie on disk. */
import { FileKeystore, type SigningKey, signingKeyFromSeed, type Unlock } from '@holdfast/keys';
import { SdkError } from '../errors.js';

/** Stores the key in a keystore just made, and closes it. */
export async function storeSigningKey(keystore: FileKeystore, key: SigningKey): Promise<void> {
  try {
    await keystore.put('signing-key', 'main', key.seed);
  } finally {
    await keystore.close();
  }
}

/** The signing key of an open keystore. @throws SdkError `home.not-found` */
export async function signingKeyIn(keystore: FileKeystore): Promise<SigningKey> {
  const seed = await keystore.get('signing-key', 'main');
  if (seed === undefined) throw new SdkError('home.not-found', 'The keystore holds no signing key.');
  return signingKeyFromSeed(seed);
}

/** The signing key of the keystore in `folder`. @throws KeysError `keystore.*` */
export async function readSigningKey(folder: string, unlock: Unlock): Promise<SigningKey> {
  const keystore = await FileKeystore.open(folder, { unlock });
  try {
    return await signingKeyIn(keystore);
  } finally {
    await keystore.close();
  }
}
