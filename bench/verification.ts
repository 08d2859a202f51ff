/** What believing costs: an envelope with every check against its decryption alone; a start with the whole directory of a federation. */
import { hpkeOpen, hpkeSeal, inspectEnvelope, signDetached } from '@holdfast/keys';
import { verifySignature } from '@holdfast/keys/verify';
import { openDelivered } from '#client-sdk/receive/open-delivered.js';
import { makeFederation, only } from '../test/fixtures/federation.js';
import { paired, perSecond, print } from './measure.js';
import { benchDevice, deliveredTo } from './sdk-fixture.js';

const AGENCIES = 500;
const DEVICES_EACH = 10;

export async function benchVerification(): Promise<void> {
  const agencies = Array.from({ length: AGENCIES }, (_, index) => ({
    agency: `xa-${String(index).padStart(4, '0')}`,
    devices: DEVICES_EACH,
  }));
  const federation = await makeFederation(agencies, Date.now());
  const [sender, self] = [only(only(federation.agencies).devices), only(only(federation.agencies, 1).devices)];
  const device = benchDevice(federation, self);
  const { opening, replay } = device;
  const { bytes } = await deliveredTo({ federation, directory: opening.directory }, sender, self, {
    conversation: 1,
    sq: 0,
    prev: null,
  });
  const pair = only(self.epochKeys);
  const info = new Uint8Array(8);
  const sealed = await hpkeSeal({ publicKey: pair.publicKey, info, plaintext: new Uint8Array(32) });
  print(
    await paired(
      `open with every check, in a directory of ${AGENCIES} agencies and ${AGENCIES * DEVICES_EACH} devices, against bare HPKE open`,
      'op/s',
      () => perSecond(() => openDelivered(inspectEnvelope(bytes), opening)),
      () => perSecond(() => hpkeOpen({ secretKey: pair.secret, info, sealed })),
    ),
  );

  // Every statement has two signatures.
  const signatures = federation.agencies.reduce((sum, { statements }) => sum + 2 * statements.length, 0);
  const message = new Uint8Array(600);
  const signature = signDetached(message, sender.key);
  const seconds = (work: () => void): number => {
    const startedAt = performance.now();
    work();
    return (performance.now() - startedAt) / 1000;
  };
  print(
    await paired(
      `start: replay of ${AGENCIES} agencies and ${AGENCIES * DEVICES_EACH} devices, against bare verification of their ${signatures} signatures`,
      's',
      async () => seconds(() => void replay()),
      async () =>
        seconds(() => {
          for (let i = 0; i < signatures; i++) verifySignature(signature, message, sender.key.publicKey);
        }),
      3,
    ),
  );
  device.close();
}
