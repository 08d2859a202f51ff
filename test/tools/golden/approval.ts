/** Golden vectors of the approval bytes, composed here once more from the specification; and the signatures of drafter and approver. */
import { signDetached } from '@holdfast/keys';
import { sha256 } from '@holdfast/keys/verify';
import { canonicalBytes, concat, fromUtf8, toBase64url, utf8 } from '@holdfast/protocol';
import { ISSUED_AT_MS, idOf, seedOf, signingKeyOf } from './fixtures.js';
import { goldenFederation } from './trust-list.js';

const hashText = (...parts: readonly Uint8Array[]): string => toBase64url(sha256(concat(...parts)));

export function approvalVector(): object {
  const salt = seedOf('approval/salt');
  const key = seedOf('approval/attachment key');
  const body = canonicalBytes({ reason: { language: 'en', text: 'Over.' }, writtenAtMs: ISSUED_AT_MS });
  const attachment = { id: idOf('approval/attachment'), size: 4096, sha256: toBase64url(seedOf('approval/ct')) };
  const named = canonicalBytes([{ ...attachment, keyHash: hashText(key) }]);
  const payload = canonicalBytes({
    fed: goldenFederation(),
    id: idOf('approval/envelope'),
    conversation: idOf('approval/conversation'),
    on: [toBase64url(seedOf('approval/predecessor'))],
    kind: 'freeze.withdraw',
    caseRef: 'A-17',
    agencies: ['xa-fiu', 'xb-fiu'],
    bodyHash: hashText(utf8('holdfast/body/v1\0'), salt, body),
    attachmentsHash: hashText(utf8('holdfast/attachments/v1\0'), named),
    termsHash: null,
    exp: ISSUED_AT_MS + 7 * 86_400_000,
    drafter: idOf('xa-fiu/officer-1'),
  });
  const bytes = concat(utf8('holdfast/approval/v1\0'), payload);
  const signer = (name: string): object => {
    const pair = signingKeyOf(name);
    return { officer: idOf(name), key: toBase64url(pair.publicKey), sig: toBase64url(signDetached(bytes, pair)) };
  };
  return {
    about:
      'What officers sign: the bytes are the context "holdfast/approval/v1\\0" and the UTF-8 of payload. actor and approver are Ed25519 over those bytes.',
    salt: toBase64url(salt),
    body: fromUtf8(body),
    attachments: [{ ...attachment, key: toBase64url(key) }],
    payload: fromUtf8(payload),
    sha256: hashText(bytes),
    actor: signer('xa-fiu/officer-1'),
    approver: signer('xa-fiu/officer-2'),
  };
}
