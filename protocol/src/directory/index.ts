/** What agencies publish of themselves, and the check of a request against it before it is sent. */
export { ADVICE_CODES, type Advice, type AdviceCode } from './advice.js';
export { type AnswerTimes, AnswerTimesSchema } from './answer-times.js';
export { type AnsweredMeasure, type AssetAnswer, assetAnswers } from './answers.js';
export {
  type CapabilityRecord,
  CapabilityRecordSchema,
  isSample,
  measureFor,
  type PowerMeasure,
  parseCapabilityRecord,
} from './capability.js';
export { checkAgainstCapability, unconfirmedText } from './check-capability.js';
export { checkAgainstEntry } from './check-entry.js';
export { type DutyRoster, DutyRosterSchema, type Shift } from './duty-roster.js';
export {
  AUTHORITY_TYPES,
  type AuthorityType,
  type DirectoryEntry,
  DirectoryEntrySchema,
  parseDirectoryEntry,
} from './entry.js';
export {
  CONFIRM_AFTER_DAYS,
  type Freshness,
  freshnessOfCapability,
  freshnessOfEntry,
  LIVE_TEST_AFTER_DAYS,
  liveTestAgeDays,
} from './freshness.js';
export { answerTimes, atMostMs, type Observed, type ObservedTime } from './observed.js';
export { type DutyState, dutyAt, isOnDuty } from './on-duty.js';
export { type Preflight, type PreflightAnswers, type PreflightQuestion, preflight } from './preflight.js';
export { type Published, type Reach, stateOf } from './published.js';
export { checkRequirements, REQUIREMENTS, type Requirement } from './requirements.js';
export type { Route, RouteQuestion } from './route.js';
