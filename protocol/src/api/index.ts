/**
 * The relay's HTTP contract: every operation once. Attachments (tus 1.0 under /v1/blobs) and the stream (/v1/stream) have
 * contracts of their own: spec 75-attachments and 74-stream.
 */
import {
  appendStatement,
  getDocument,
  getEpochBatchHead,
  getEpochKeys,
  getStatements,
  listAgencies,
  publishEpochBatch,
} from './directory.js';
import { acknowledgeMailbox, fetchMailbox, getLastSubmission, rewrapEnvelope, submitEnvelope } from './envelopes.js';
import { relayInfo } from './relay-info.js';
import { sessionChallenge, sessionToken } from './session.js';
import { getTrustLists, publishTrustList } from './trust-list.js';

export const OPERATIONS = {
  relayInfo,
  sessionChallenge,
  sessionToken,
  getTrustLists,
  publishTrustList,
  listAgencies,
  getStatements,
  appendStatement,
  getDocument,
  publishEpochBatch,
  getEpochBatchHead,
  getEpochKeys,
  submitEnvelope,
  rewrapEnvelope,
  getLastSubmission,
  fetchMailbox,
  acknowledgeMailbox,
} as const;
export type OperationId = keyof typeof OPERATIONS;

export const STREAM_PATH = '/v1/stream';
export const BLOBS_PATH = '/v1/blobs';

export * from './directory.js';
export * from './envelopes.js';
export * from './operation.js';
export * from './problem.js';
export * from './relay-info.js';
export * from './session.js';
export * from './trust-list.js';
