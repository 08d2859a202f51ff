/** Seal and open at 1, 5 and 50 devices, against the bare libsodium calls that any such envelope needs. */
import {
  inspectEnvelope,
  openEnvelope,
  type SealRequest,
  sealEnvelope,
  signDetached,
  xwingDecapsulate,
  xwingEncapsulate,
} from '@holdfast/keys';
import { sha256, verifySignature } from '@holdfast/keys/verify';
import {
  decodeSubmitted,
  encodeDelivered,
  epochKeyNameBytes,
  toBase64url,
  toConversationId,
  toEnvelopeId,
} from '@holdfast/protocol';
import { makeFederation, NOW_MS, only, recipientKey } from '../test/fixtures/federation.js';
import { bareManifest } from '../test/fixtures/manifest.js';
import { paired, perSecond, print } from './measure.js';

const BODY = new Uint8Array(2000).fill(0x20);

export async function benchSeal(): Promise<void> {
  for (const devices of [1, 5, 50]) {
    const federation = await makeFederation([
      { agency: 'xa-fiu', devices: 1 },
      { agency: 'xb-fiu', devices },
    ]);
    const sender = only(only(federation.agencies).devices);
    const recipients = only(federation.agencies, 1).devices;
    const request: SealRequest = {
      fed: federation.fed,
      id: toEnvelopeId(new Uint8Array(16)),
      from: sender.device,
      signingKey: sender.key,
      to: recipients.map(recipientKey),
      dir: {},
      atMs: NOW_MS,
      expiresAtMs: NOW_MS + 1,
      priority: 'routine',
      manifest: bareManifest(toConversationId(new Uint8Array(16)), []),
      body: BODY,
      padding: { kind: 'padme' },
    };
    const keys = request.to.map(({ key }) => key);
    const bareSeal = (): void => {
      for (const key of keys) xwingEncapsulate(key);
      signDetached(BODY, sender.key);
      signDetached(BODY, sender.key);
    };
    print(
      await paired(
        `seal to ${devices} devices, against bare X-Wing and two signatures`,
        'op/s',
        () => perSecond(() => sealEnvelope(request)),
        () => perSecond(bareSeal),
      ),
    );

    const self = only([...recipients].sort((a, b) => (a.device < b.device ? -1 : 1)));
    const pair = only(self.epochKeys);
    const { core, stanzas, sig, ct } = decodeSubmitted((await sealEnvelope(request)).bytes);
    const delivered = encodeDelivered({ core, stanzaHashes: stanzas.map(sha256), stanza: only(stanzas), sig, ct });
    const name = toBase64url(epochKeyNameBytes(sha256, pair.day, pair.publicKey));
    const open = async (): Promise<unknown> =>
      openEnvelope(inspectEnvelope(delivered), {
        fed: federation.fed,
        self: self.device,
        nowMs: NOW_MS,
        senderKey: () => sender.key.publicKey,
        checkRecipients: () => undefined,
        epochSecret: (wanted) => (wanted === name ? { publicKey: pair.publicKey, secret: pair.secret } : undefined),
      });
    const { ciphertext } = xwingEncapsulate(pair.publicKey);
    const bareOpen = (): void => {
      xwingDecapsulate(ciphertext, pair.secret);
      verifySignature(sig, BODY, sender.key.publicKey);
      verifySignature(sig, BODY, sender.key.publicKey);
    };
    print(
      await paired(
        `open of an envelope to ${devices} devices, against bare X-Wing and two verifications`,
        'op/s',
        () => perSecond(open),
        () => perSecond(bareOpen),
      ),
    );
  }
}
