/** A device that is certified and has not yet been online: no day key of it is made. */
import { openSession } from '@holdfast/client-sdk';
import { extendChain, memberOf, startChain } from '@holdfast/keys/verify';
import { type AgencyId, type DeviceId, OPERATIONS } from '@holdfast/protocol';
import { enrolDevice } from '#client-sdk/enrolment/device.js';
import type { TestNetwork } from '../fixtures/network.js';

export async function certifyDevice(network: TestNetwork, agency: AgencyId, name: string): Promise<DeviceId> {
  const end = new AbortController();
  const session = openSession(network.url, end.signal);
  const member = memberOf(network.trust, agency);
  if (member === undefined) throw new Error(`${agency} is no member.`);
  let chain = startChain(agency, member.root, network.trust.fed);
  const { statements } = await session.openCall(OPERATIONS.getStatements, {
    params: { agency },
    query: { from: '0' },
  });
  for (const jws of statements) chain = extendChain(chain, jws, []).chain;
  const { device } = await enrolDevice(network.agencyHome(agency), name, network.unlock, session, chain, Date.now());
  end.abort();
  return device;
}
