/** Our own capability record, as we published it: what a decision of ours may be reckoned by. */
import type { CapabilityRecord } from '@holdfast/protocol';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';

/** @throws SdkError `relay.unreachable` where it is not here yet, `capability.expired` */
export async function ownCapability(runtime: DeskRuntime): Promise<CapabilityRecord> {
  const { capability } = await runtime.published(runtime.identity.agency);
  if (capability === null) {
    throw new SdkError(
      'relay.unreachable',
      'Your own capability record is not here yet; the first sync needs the relay.',
    );
  }
  if (capability.expiresAtMs <= runtime.now())
    throw new SdkError('capability.expired', 'Your own capability record has expired; confirm and publish it first.');
  return capability;
}
