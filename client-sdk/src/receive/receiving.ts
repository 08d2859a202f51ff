/** The receiving side put together: the receiver, the application's order, and the patience with what is missing. */
import type { Archive } from '../archive/archive.js';
import type { Directory } from '../directory/directory.js';
import type { Identity } from '../outbox/seal-item.js';
import { queueReceipt } from '../send/receipts.js';
import { Causality, type CausalityDependencies } from './causality.js';
import { Receiver, type ReceiverDependencies } from './receiver.js';
import { WaitingRoom } from './waiting-room.js';

export interface ReceivingOptions
  extends Pick<ReceiverDependencies, 'epochSecret' | 'liveSinceMs' | 'sync' | 'emit' | 'onStep'> {
  readonly archive: Archive;
  readonly directory: Directory;
  readonly identity: Identity;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** @returns the receiver; what waited when the process ended is looked after from now on */
export function startReceiving(options: ReceivingOptions): Receiver {
  const { archive, directory, identity, now, signal } = options;
  const agencyOf: CausalityDependencies['agencyOf'] = (device) =>
    directory.isKnown ? directory.view.owners.get(device) : undefined;
  const causality = new Causality({ archive, self: identity.device, agencyOf });
  const room: WaitingRoom = new WaitingRoom({
    archive,
    causality,
    now,
    signal,
    onSettled: (settled) => receiver.tell(settled),
  });
  const receiver = new Receiver({
    ...options,
    causality,
    queueReceipt: (message, level) => queueReceipt(archive, message, level, identity.agency, now()),
    onStored: () => room.arm(),
  });
  room.arm();
  return receiver;
}
