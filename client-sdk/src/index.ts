/**
 * The Holdfast client SDK: what an agency builds into its own tools. `Holdfast` is the everyday object; the rest is what an
 * administrator's tool needs.
 */
export { ALARMS, type AlarmCode, type AlarmEvent, alarmEvent } from './alarms.js';
export { type OfficerOptions, OfficerSigner, openOfficer } from './approval/officer-signer.js';
export type { MessageFlag } from './archive/json-columns.js';
export type { Acknowledgement, AcknowledgementLevel, StoredMessage } from './archive/message-table.js';
export type { MissingMessage } from './archive/missing-table.js';
export type { ErasedFile, Erasure, LegalHold, Review } from './archive/retention-table.js';
export type { Case, CaseQuery, CaseState, TimelineEntry } from './cases/case.js';
export type { FoldedDisclosure } from './cases/fold-disclosure.js';
export type { CaseAsset, CaseStep } from './cases/fold-freeze.js';
export type { RefusedStep } from './cases/replay-disclosure.js';
export {
  type Ask,
  type Draft,
  describeDraft,
  missingSignatures,
  readDraft,
  shortKey,
  signDraft,
  writeDraft,
} from './ceremony/draft.js';
export { type Holder, holdersAtHand, holdersOf, lastHolderNumber, type RootPlan } from './ceremony/holders.js';
export { Holdfast } from './client.js';
export { adviseHolidays, type HolidayAdvice, type HolidayRequest } from './deadlines/holidays.js';
export type { QueueItem } from './deadlines/queue.js';
export type { DeadlineEvent } from './deadlines/watch.js';
export type { HoldfastDesk } from './desk.js';
export { DeskRecords, type WaitOptions } from './desk-records.js';
export type { KeyState } from './directory/day-keys.js';
export type { DirectoryQuery } from './directory/find.js';
export { type NamedFingerprint, ownFingerprint } from './directory/fingerprints.js';
export type { PublishedAgency } from './directory/published.js';
export type { DisclosureFlow } from './disclosure/flow.js';
export type { DisclosureOffering, DisclosureStep, DisclosureTermsStep } from './disclosure/offering.js';
export type { DisclosureProgress } from './disclosure/progress.js';
export type { MessageDraft, Spoken } from './drafts/message-draft.js';
export { APPROVAL_LIFE_MS } from './drafts/propose.js';
export {
  type ConsentFlow,
  type DutyStep,
  type ExculpatoryFlow,
  type FeedbackFlow,
  newDutyRef,
} from './duties/duty-flow.js';
export type { ConsentWordView, FoldedConsent, OnwardShare } from './duties/fold-consent.js';
export type { FoldedDuties } from './duties/fold-duties.js';
export type { Consultation, ExculpatoryDisclosure, FoldedExculpatory } from './duties/fold-exculpatory.js';
export type { FeedbackReportView, FoldedFeedback } from './duties/fold-feedback.js';
export { assertMayShareOnward, mayShareOnward, type OnwardAnswer } from './duties/may-share-onward.js';
export { type OnwardTerms, onwardTerms, onwardTermsHash } from './duties/onward-terms.js';
export { initAgency, type MembershipRequest } from './enrolment/agency.js';
export { type DirectoryWork, rotateDirectoryKey } from './enrolment/directory-key.js';
export { type Confirmation, confirmed, publishDocument, withLiveTest } from './enrolment/documents.js';
export { type EnrolRequest, enrol, type JoinRequest, joinFederation } from './enrolment/join.js';
export { type KeyStatus, keyStatus, WARN_DAYS } from './enrolment/key-status.js';
export {
  addOfficer,
  type NewOfficer,
  type OfficerFile,
  officerNames,
  officerPaths,
  readOfficer,
} from './enrolment/officer.js';
export { fetchChain, type OwnChain } from './enrolment/own-chain.js';
export {
  type CertifiedKey,
  certifiedKeys,
  findKey,
  type RevocationReason,
  type Revoked,
  revokeKey,
} from './enrolment/revoke.js';
export { type ChainWork, draftRoot, publishDraft, type RootDraft } from './enrolment/root.js';
export {
  isSdkError,
  SDK_ERRORS,
  SdkError,
  type SdkErrorCode,
  type SdkErrorEntry,
  type SdkErrorOptions,
} from './errors.js';
export type { ConnectionState, SdkEvent } from './events.js';
export type { ExportedCase, ExportRequest } from './export/case-files.js';
export {
  admitMember,
  draftFederationRoot,
  draftNext,
  type FederationInit,
  finishTrustList,
  initFederation,
  listBefore,
  rootFolder,
  signNext,
  suspendMember,
} from './federation/federation.js';
export { parseMembershipRequest } from './federation/membership-request.js';
export { type Change, newRoot, withMember, withoutMember } from './federation/next-list.js';
export {
  federationIdOf,
  latestTrustList,
  readTrustListFile,
  readTrustLists,
  trustListPath,
} from './federation/trust-list-files.js';
export { type AgencyFile, agencyPaths, readAgencyFile, readJoinedAgency } from './home/home.js';
export { readFileBounded } from './home/read-file-bounded.js';
export { readSigningKey } from './home/signing-key.js';
export type { OpenOptions } from './open-device.js';
export type { AttachmentProgress } from './outbox/attachment-queue.js';
export type { OutboxEvent } from './outbox/outbox.js';
export type { Insist } from './preflight/insist.js';
export { observedOf } from './preflight/observed.js';
export { asPublished, type PreflightRequest } from './preflight/preflight.js';
export type { InboxItem } from './receive/inbox.js';
export type { UnknownMessage } from './receive/read-message.js';
export type { ReceiverEvent } from './receive/receiver.js';
export {
  type ArchiveStatus,
  addArchiveCustodian,
  archiveStatus,
  initArchive,
  makeCustodian,
  openArchiveKey,
  type Present,
  removeArchiveCustodian,
  unlockCustodian,
} from './recovery/custody.js';
export {
  type BackUpRequest,
  backUpKeystore,
  type RestoredKeystore,
  type RestoreKeystoreRequest,
  restoreKeystore,
} from './recovery/keystore-backup.js';
export { type PublishArchiveKey, type PublishedArchiveKey, publishArchiveKey } from './recovery/publish-archive-key.js';
export { type RecoverRequest, recoverHistory } from './recovery/recover.js';
export type { RestoreReport } from './recovery/restore.js';
export type { EraseRequest } from './retention/erase.js';
export {
  type DateOrigin,
  type Day,
  POLICY_NAMES,
  type Policy,
  type PolicyName,
  type RetentionItem,
} from './retention/items.js';
export type { Retention, RetentionDecision, RetentionEntry } from './retention/retention.js';
export type { Disclosure } from './send/disclosure.js';
export { newBlobId } from './send/enqueue.js';
export type { ExtensionDraft } from './send/extension.js';
export type { FreezeFlow, FreezeStep } from './send/freeze.js';
export type { FreezeRequest } from './send/freeze-request.js';
export { SEND_STATES, type SendHandle, type SendState } from './send/handle.js';
export type { LiftDraft } from './send/hearing.js';
export type { ImpositionDraft } from './send/imposition.js';
export type { Note } from './send/note.js';
export type { OutgoingAttachment } from './send/outgoing-attachments.js';
export { type CallArguments, type OpenSession, openSession, type ResponseOf } from './session/open-session.js';
export type { Speaker } from './speaker.js';
export {
  CSV_SUPPRESSED,
  type CsvFile,
  csvFiles,
  DEFAULT_THRESHOLD,
  type Dimension,
  type Measure,
  type RowSum,
  type Statistics,
  type StatisticsQuery,
  type StatisticsRow,
  type StatisticsTable,
  type StatisticsValue,
  type Suppressed,
  suppressSmallCells,
  type TableDefinition,
} from './statistics/index.js';
export type { FrameSocket, HttpRequest, HttpResponse, RelayTransport } from './transport/port.js';
