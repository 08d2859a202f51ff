/** The contexts that bind an envelope's parts to each other (spec 32-envelope). */
import { concat, type DeviceId, utf8 } from '@holdfast/protocol';
import { sha256 } from '../primitives/sha256.js';

/** `typ` of J, the manifest's JWS. */
export const MANIFEST_TYP = 'holdfast.manifest.v1+jws';

/** SHA-256(device id as text ‖ 0 ‖ key): ties a stanza to one device and one key. */
export const stanzaKeyHash = (device: DeviceId, key: Uint8Array): Uint8Array =>
  sha256(concat(utf8(device), new Uint8Array(1), key));
