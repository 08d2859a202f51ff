/** A federation of three agencies with a hostile relay before the real one; everybody accepts the sample disclosure's terms. */
import { join } from 'node:path';
import { sha256 } from '@holdfast/keys/verify';
import { termsHash } from '@holdfast/protocol';
import { readRelayKey } from '@holdfast/server';
import { disclosureBody, makeTestNetwork, ORIGIN, type TestNetwork, XA, XB, XC } from '../fixtures/network.js';
import { type HostileRelay, hostileRelay } from './proxy.js';

export interface Stage {
  readonly network: TestNetwork;
  readonly relay: HostileRelay;
  close(): Promise<void>;
}

export async function makeStage(devices: readonly string[] = ['gateway']): Promise<Stage> {
  const { restrictions } = await disclosureBody();
  const acceptedTerms = [Buffer.from(termsHash(sha256, restrictions)).toString('base64url')];
  const network = await makeTestNetwork({
    agencies: [XA, XB, XC],
    devices,
    entry: (sample) => (typeof sample === 'object' ? { ...sample, acceptedTerms } : sample),
  });
  const key = readRelayKey(join(network.home, 'relay', 'relay.key'));
  const relay = hostileRelay(network.url, {
    publicKey: key.publicKey,
    origin: ORIGIN,
    sign: (bytes) => key.sign(bytes),
  });
  return {
    network,
    relay,
    close: async () => {
      await network.close();
      await relay.close();
    },
  };
}
