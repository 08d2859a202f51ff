/**
 * The Holdfast client SDK: what an agency builds into its own tools. `Holdfast` is the everyday object; the rest is what an
 * administrator's tool needs.
 */
export { ALARMS, type AlarmCode, type AlarmEvent } from './alarms.js';
export type { MessageFlag } from './archive/json-columns.js';
export type { Acknowledgement, AcknowledgementLevel } from './archive/message-table.js';
export type { MissingMessage } from './archive/missing-table.js';
export type { Case, TimelineEntry } from './cases/case.js';
export { Holdfast, type WaitOptions } from './client.js';
export type { KeyState } from './directory/day-keys.js';
export type { DirectoryQuery } from './directory/find.js';
export type { PublishedAgency } from './directory/published.js';
export { initAgency, type MembershipRequest } from './enrolment/agency.js';
export { type EnrolRequest, enrol, type JoinRequest, joinFederation } from './enrolment/join.js';
export { isSdkError, SDK_ERRORS, SdkError, type SdkErrorCode } from './errors.js';
export type { ConnectionState, SdkEvent } from './events.js';
export {
  admitMember,
  type FederationInit,
  federationIdOf,
  initFederation,
  readTrustListFile,
  readTrustLists,
  suspendMember,
  trustListPath,
} from './federation/federation.js';
export { parseMembershipRequest } from './federation/membership-request.js';
export { readFileBounded } from './home/read-file-bounded.js';
export type { OpenOptions } from './open-device.js';
export type { InboxItem } from './receive/inbox.js';
export type { UnknownMessage } from './receive/read-message.js';
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
export { type PublishArchiveKey, type PublishedArchiveKey, publishArchiveKey } from './recovery/publish-archive-key.js';
export { type RecoverRequest, recoverHistory } from './recovery/recover.js';
export type { RestoreReport } from './recovery/restore.js';
export type { Disclosure } from './send/disclosure.js';
export { newBlobId } from './send/enqueue.js';
export type { FreezeFlow, FreezeRequest, FreezeStep } from './send/freeze.js';
export type { SendHandle, SendState } from './send/handle.js';
export type { Note } from './send/note.js';
export type { OutgoingAttachment } from './send/outgoing-attachments.js';
export { type OpenSession, openSession } from './session/open-session.js';
