/**
 * An officer at the desk: a key that opens with the officer's own password or key file, held only as long as the officer needs it.
 * Whoever runs the gateway cannot open it (spec 38-approvals).
 */
import { type SigningKey, signDetached, type Unlock, zeroize } from '@holdfast/keys';
import type { OfficerId } from '@holdfast/protocol';
import { officerPaths, readOfficer } from '../enrolment/officer.js';
import { SdkError } from '../errors.js';
import { readSigningKey } from '../home/signing-key.js';

/** Signs as one officer until it is closed. Made by `openOfficer`. */
export class OfficerSigner implements Disposable {
  /** Number in the agency's chain. */
  readonly officer: OfficerId;
  /** Known in this home alone. */
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly #key: SigningKey;
  #isClosed = false;

  /** Use `openOfficer`. @internal */
  constructor(officer: OfficerId, name: string, key: SigningKey) {
    this.officer = officer;
    this.name = name;
    this.publicKey = key.publicKey;
    this.#key = key;
  }

  /** @returns the signature over bytes that begin with their context. @throws SdkError `closed` @internal */
  sign(bytes: Uint8Array): Uint8Array {
    if (this.#isClosed) throw new SdkError('closed', `The key of officer "${this.name}" is closed.`);
    return signDetached(bytes, this.#key);
  }

  /** Overwrites the key; it signs nothing more. */
  close(): void {
    this.#isClosed = true;
    zeroize(this.#key.seed);
  }

  /** As `close`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** What opening an officer's key needs. */
export interface OfficerOptions {
  /** The agency's home folder. */
  readonly home: string;
  readonly name: string;
  /** The officer's own. */
  readonly unlock: Unlock;
}

/** @throws SdkError `home.not-found`; KeysError `keystore.*` */
export async function openOfficer({ home, name, unlock }: OfficerOptions): Promise<OfficerSigner> {
  const { officer } = await readOfficer(home, name);
  return new OfficerSigner(officer, name, await readSigningKey(officerPaths(home, name).keystore, unlock));
}
