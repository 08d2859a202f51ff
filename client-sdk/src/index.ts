/**
 * The Holdfast client SDK: what an agency builds into its own tools. `Holdfast` is the everyday object; the rest is what an
 * administrator's tool needs.
 */
export type { Acknowledgement, AcknowledgementLevel, StoredMessage } from './archive/message-table.js';
export type { Case, TimelineEntry } from './cases/case.js';
export type { CaseAsset } from './cases/fold-freeze.js';
export { Holdfast, type WaitOptions } from './client.js';
export type { HoldfastDesk } from './desk.js';
export type { DirectoryQuery } from './directory/find.js';
export type { PublishedAgency } from './directory/published.js';
export { initAgency, type MembershipRequest } from './enrolment/agency.js';
export { type EnrolRequest, enrol, type JoinRequest, joinFederation } from './enrolment/join.js';
export {
  isSdkError,
  SDK_ERRORS,
  SdkError,
  type SdkErrorCode,
  type SdkErrorEntry,
  type SdkErrorOptions,
} from './errors.js';
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
export type { AgencyFile } from './home/home.js';
export { readFileBounded } from './home/read-file-bounded.js';
export type { OpenOptions } from './open-device.js';
export type { AttachmentProgress } from './outbox/attachment-queue.js';
export type { OutboxEvent } from './outbox/outbox.js';
export type { InboxItem } from './receive/inbox.js';
export type { UnknownMessage } from './receive/read-message.js';
export type { ReceiverEvent } from './receive/receiver.js';
export type { Disclosure } from './send/disclosure.js';
export { newBlobId } from './send/enqueue.js';
export type { FreezeFlow, FreezeRequest, FreezeStep } from './send/freeze.js';
export { SEND_STATES, type SendHandle, type SendState } from './send/handle.js';
export type { ImpositionDraft } from './send/imposition.js';
export type { Note } from './send/note.js';
export type { OutgoingAttachment } from './send/outgoing-attachments.js';
export { type CallArguments, type OpenSession, openSession, type ResponseOf } from './session/open-session.js';
export type { FrameSocket, HttpRequest, HttpResponse, RelayTransport } from './transport/port.js';
