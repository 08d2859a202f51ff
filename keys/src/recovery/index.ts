/** Recovery: the archive key, its custodians, what devices seal to it (spec 42-recovery). Secret side. */
export {
  type ArchiveKeyPair,
  archiveKeyHash,
  generateArchiveKey,
  type RecoveryScope,
} from './archive-key.js';
export {
  addCustodian,
  type Custodian,
  openByCustodians,
  removeCustodian,
  sealToCustodians,
  type UnlockedCustodian,
} from './custodians.js';
export {
  CUSTODIANS_MAX,
  CUSTODIANS_MIN,
  encodeRecoveryFile,
  parseRecoveryFile,
  RECOVERY_FILE_MAX_BYTES,
  type RecoveryFile,
} from './recovery-file.js';
export {
  ARCHIVE_WRAP_MAX_BYTES,
  type OpenWrap,
  openArchiveWrap,
  type SealWrap,
  sealArchiveWrap,
  type WrapName,
} from './wrap.js';
