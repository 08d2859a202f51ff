/** What agencies publish of themselves, and the check of a request against it before it is sent. */
export { ADVICE_CODES, type Advice, type AdviceCode } from './advice.js';
export { type AnswerTimes, AnswerTimesSchema } from './answer-times.js';
export {
  type CapabilityRecord,
  CapabilityRecordSchema,
  measureFor,
  type PowerMeasure,
  parseCapabilityRecord,
} from './capability.js';
export { checkAgainstCapability } from './check-capability.js';
export {
  AUTHORITY_TYPES,
  type AuthorityType,
  type DirectoryEntry,
  DirectoryEntrySchema,
  parseDirectoryEntry,
} from './entry.js';
export { checkRequirements, REQUIREMENTS, type Requirement } from './requirements.js';
