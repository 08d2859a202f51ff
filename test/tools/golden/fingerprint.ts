/** Golden vectors of fingerprints: the golden federation's root and each agency's, and what a person may type for one of them. */
import { type FingerprintSubject, rootFingerprint } from '@holdfast/keys/verify';
import { canonicalBytes, fromUtf8 } from '@holdfast/protocol';
import { acceptedTrustLists } from './trust-list.js';

const vectorOf = (subject: FingerprintSubject): object => ({
  subject: fromUtf8(canonicalBytes({ ...subject, root: { ...subject.root, keys: [...subject.root.keys].sort() } })),
  ...rootFingerprint(subject),
});

export async function fingerprintVector(): Promise<object> {
  const [, , { fed, list }] = await acceptedTrustLists();
  return {
    about:
      'Fingerprints (spec 24) of the roots in the newest list of trust-list.json. `subject` is the canonical JSON that is hashed; its keys are sorted.',
    fingerprints: [
      vectorOf({ fed, agency: null, root: list.root }),
      ...list.members.map(({ agency, root }) => vectorOf({ fed, agency, root })),
    ],
  };
}
