/**
 * Every error that this package raises: one class, a closed set of codes, one table. A code says what to do next and no
 * more; which step of a decryption failed stays in `cause`, for the process that holds the key anyway.
 */
export interface KeysErrorEntry {
  /** For people, where the error is raised without words of its own. */
  readonly text: string;
}

const entry = (text: string): KeysErrorEntry => ({ text });

export const KEYS_ERRORS = {
  'keys.input-invalid': entry('A key, nonce or other input does not have the length or form that the algorithm needs.'),
  'keys.decryption-failed': entry('The bytes cannot be decrypted.'),
  'keys.argon2id-failed': entry('The password could not be stretched; there may be too little memory.'),
  'keys.aborted': entry('The operation was called off.'),
  'suite.padding-overflow': entry('The content does not fit into its padded size.'),
  'keystore.header-invalid': entry('The file is not a keystore header of a version that is known here.'),
  'keystore.parameters-refused': entry('The Argon2id parameters are below the floor or above the ceiling.'),
  'keystore.unlock-failed': entry('The keystore does not open: wrong password or key, or the header was changed.'),
  'keystore.unlock-key-invalid': entry('The unlock key is not 32 bytes, raw, in 64 hex digits or in base64url.'),
  'keystore.other-federation': entry('The keystore belongs to another federation.'),
  'keystore.name-invalid': entry('A table or record name has other characters than letters, digits, "-" and "_".'),
  'keystore.closed': entry('The keystore is closed.'),
  'keystore.exists': entry('There is a keystore in this folder already.'),
  'keystore.not-found': entry('There is no keystore in this folder.'),
  'keystore.record-damaged': entry('A record of the keystore is damaged, or was put in the place of another.'),
  'keystore.export-invalid': entry('The file is not a whole export of a keystore, or it was changed.'),
  'keystore.export-too-large': entry('The keystore holds more than fits into an export.'),
  'recovery.file-invalid': entry('The recovery file does not have the form that the specification gives.'),
  'recovery.custodians': entry('The archive key needs 2 to 16 custodians, each with a number and a key of their own.'),
  'recovery.two-custodians': entry('Two different custodians are needed.'),
  'recovery.not-custodian': entry('This is not one of the custodians, or not the key of this one.'),
  'recovery.other-agency': entry('The recovery file belongs to another agency or federation.'),
  'recovery.custody-damaged': entry('What is sealed to these two custodians was changed.'),
  'recovery.wrong-archive-key': entry('This belongs to another archive key.'),
  'recovery.wrap-invalid': entry('The wrap cannot be opened, or is not what a device of the agency stored.'),
  'content.altered': entry('The content is not the bytes that were offered.'),
  'content.other-terms': entry('The content says other restrictions than the terms that were accepted.'),
  'jws.invalid': entry('The JWS does not verify in its context.'),
  'trust-list.refused': entry('The trust list is refused.'),
  'chain.refused': entry('The statement is refused.'),
  'chain.out-of-order': entry('The statement does not follow the head that the chain has.'),
  'epoch.refused': entry('The epoch keys are refused.'),
  'epoch.out-of-order': entry('The batch of epoch keys does not follow the one before it.'),
  'receipt.refused': entry('The receipt is refused.'),
  'envelope.too-large': entry('The envelope is too large.'),
  'envelope.malformed': entry('The envelope does not have the form that the specification gives.'),
  'envelope.other-federation': entry('The envelope belongs to another federation.'),
  'envelope.reflected': entry('The envelope is our own, sent back.'),
  'envelope.signature': entry('The signature of the envelope does not verify.'),
  'envelope.misdirected': entry('The envelope is not for this device.'),
  'envelope.key-gone': entry('The day key that the envelope was sealed to is not here.'),
  'envelope.decryption': entry('The envelope cannot be decrypted.'),
  'envelope.time': entry('The times of the envelope are outside what the specification allows.'),
  'rewrap.signature': entry('The signature of the rewrap does not verify.'),
  'rewrap.not-party': entry('The envelope was rewrapped by a device that is no party to it.'),
  'rewrap.other-agency': entry('The envelope was rewrapped for a device of an agency that its maker may not add.'),
  'rewrap.misdirected': entry('The rewrap is not of this envelope, for this device, or for this stanza.'),
  'approval.incomplete': entry('Not everybody who must sign for a message of this kind has signed.'),
  'approval.signature': entry('A signature of an officer does not verify.'),
  'approval.officer-unknown': entry('An officer is not certified where the message says.'),
  'approval.officer-revoked': entry("An officer's certificate is revoked or not in force."),
  'approval.role': entry('An officer does not have the role in which the message asks for a signature.'),
  'approval.repeated': entry('One officer, or one key, signs twice.'),
  'approval.own-draft': entry('The drafter is among the approvers.'),
  'approval.expired': entry('The approval had ended when the message was sealed.'),
  'approval.delegation': entry("The message is outside an officer's delegation."),
  'approval.id-reused': entry('The agency has used the same id for another act.'),
  'envelope.manifest': entry('The manifest does not belong to the envelope.'),
} as const satisfies Record<string, KeysErrorEntry>;

export type KeysErrorCode = keyof typeof KEYS_ERRORS;

/** The one error class of this package. `code` is stable; `message` is for people and may change. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
  readonly code: KeysErrorCode;

  constructor(code: KeysErrorCode, message?: string, options: { readonly cause?: unknown } = {}) {
    super(message ?? KEYS_ERRORS[code].text, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}

/** Is `error` a KeysError (of this code)? */
export function isKeysError(error: unknown, code?: KeysErrorCode): error is KeysError {
  return error instanceof KeysError && (code === undefined || error.code === code);
}
