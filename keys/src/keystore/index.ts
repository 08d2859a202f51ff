/** The keystore at rest: format, folder, unlocking, day wraps (spec 41-keystore). Secret side. */
export { ARGON2ID_CEILING, ARGON2ID_DEFAULT, ARGON2ID_FLOOR, type Argon2idParams } from '../primitives/argon2id.js';
export { createFileAtomic, syncFolder, writeFileAtomic } from './atomic-file.js';
export { type DayWrap, newDayWrap, openUnderDay, sealUnderDay } from './day-wrap.js';
export {
  type ExportRequest,
  exportKeystore,
  importKeystore,
  type OpenExportRequest,
  type OpenedExport,
  openKeystoreExport,
} from './export.js';
export { KEYSTORE_EXPORT_BYTES } from './export-format.js';
export { FileKeystore, KEYSTORE_RECORD_MAX_BYTES } from './file-keystore.js';
export { KEYSTORE_HEADER_MAX_BYTES } from './header.js';
export {
  type CreateKeystore,
  createKeystore,
  type Keystore,
  type OpenKeystore,
  openKeystore,
  type RecordName,
} from './keystore.js';
export { readUnlockKey, type Unlock } from './unlock.js';
