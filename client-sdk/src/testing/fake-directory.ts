/** What a fake desk asks of its relay: what others have published, and files. Nothing of it is proved. */
import { compareFingerprint } from '@holdfast/keys/verify';
import type { DeskRuntime } from '../desk-runtime.js';
import type { FakeRelay } from './fake-relay.js';

type Asked =
  | 'federationUse'
  | 'recordsOf'
  | 'published'
  | 'agencies'
  | 'fingerprint'
  | 'confirmRoot'
  | 'spool'
  | 'fetchBlob'
  | 'eraseFiles';

export const fakeDirectory = (relay: FakeRelay): Pick<DeskRuntime, Asked> => ({
  federationUse: () => 'sandbox',
  recordsOf: (agency) => relay.published(agency),
  published: (agency) => Promise.resolve().then(() => relay.published(agency)),
  agencies: () => Promise.resolve(relay.agencies()),
  fingerprint: (agency) => Promise.resolve().then(() => relay.fingerprint(agency)),
  confirmRoot: (agency, typed) =>
    Promise.resolve().then(() => compareFingerprint(relay.fingerprint(agency), typed).matches),
  spool: (order) => relay.measure(order),
  fetchBlob: (blob) => Promise.resolve().then(() => relay.blob(blob)),
  // No spool and no recovery folder here.
  eraseFiles: () => Promise.resolve(),
});
