/**
 * Does a recovered record say what its sender signed? The manifest's JWS under the key that the sender's chain certifies, the body
 * under the manifest's hash, and every field that both have. A key that was revoked since still proves what it signed before.
 */
import { MANIFEST_TYP } from '@holdfast/keys';
import { type KeyCertificate, sha256, verifyCompactJws } from '@holdfast/keys/verify';
import {
  type AgencyId,
  bodyHash,
  type DeviceId,
  fromBase64url,
  type Manifest,
  parseManifest,
  toBase64url,
} from '@holdfast/protocol';
import type { DirectoryView } from '../directory/view.js';
import { SdkError } from '../errors.js';
import type { RecoveryRecord } from './record.js';

/**
 * What the chain of `agency` says of one of its devices, active or not.
 * @throws SdkError `recovery.device-unknown`
 */
export function certificateOf(view: DirectoryView, agency: AgencyId, device: DeviceId): KeyCertificate {
  const certificate = view.agencies.get(agency)?.chain.devices.get(device);
  if (certificate === undefined) throw new SdkError('recovery.device-unknown');
  return certificate;
}

/**
 * @returns the manifest
 * @throws SdkError `recovery.device-unknown`, `recovery.record-invalid`; KeysError `jws.invalid`; ProtocolError
 */
export function verifyRecord({ head, body }: RecoveryRecord, self: AgencyId, view: DirectoryView): Manifest {
  const certificate = certificateOf(view, head.agency, head.device);
  const payload = verifyCompactJws(head.jws, { typ: MANIFEST_TYP, key: fromBase64url(certificate.key) });
  const manifest = parseManifest(payload);
  const isOurs = head.agency === self;
  const holds =
    toBase64url(bodyHash(sha256, fromBase64url(manifest.salt), body)) === manifest.bodyHash &&
    manifest.conversation === head.conversation &&
    manifest.kind === head.kind &&
    manifest.caseRef === head.caseRef &&
    manifest.on.join() === head.follows.join() &&
    isOurs === (head.direction !== 'in') &&
    head.agencies.includes(head.agency) &&
    head.agencies.includes(self) &&
    certificate.notBeforeMs <= head.tsMs &&
    head.tsMs <= certificate.notAfterMs;
  if (!holds) throw new SdkError('recovery.record-invalid');
  return manifest;
}
