/** What agencies publish of themselves, and the check of a request against it before it is sent. */
export { type Advice, ADVICE_CODES, type AdviceCode } from './advice.js';
export { type CapabilityRecord, CapabilityRecordSchema, measureFor, parseCapabilityRecord, type PowerMeasure } from './capability.js';
export { checkAgainstCapability } from './check-capability.js';
export { AUTHORITY_TYPES, type AuthorityType, type DirectoryEntry, DirectoryEntrySchema, parseDirectoryEntry } from './entry.js';
export { checkRequirements, type Requirement, REQUIREMENTS } from './requirements.js';
