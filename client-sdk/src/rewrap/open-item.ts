/**
 * Opening what a mailbox holds, whichever way it came: an envelope addressed to this device, or one rewrapped for it later. After this
 * both are the same message, under the same `eh`.
 */
import {
  type InspectedEnvelope,
  type InspectedRewrap,
  inspectEnvelope,
  inspectRewrapped,
  type OpenedEnvelope,
  type OpenRequest,
  openEnvelope,
  openRewrapped,
} from '@holdfast/keys';
import type { AgencyId, DeviceId, EnvelopeCore, ItemKind } from '@holdfast/protocol';
import { DirectoryAlarm } from '../directory/alarm.js';
import { checkRecipients, type DirectoryView, senderOf } from '../directory/view.js';

export type InspectedItem = InspectedEnvelope | InspectedRewrap;

/** Sizes and form. @throws ProtocolError, KeysError `envelope.too-large` */
export const inspectItem = (item: ItemKind, bytes: Uint8Array): InspectedItem =>
  item === 'rewrapped' ? inspectRewrapped(bytes) : inspectEnvelope(bytes);

/** Verifies and opens. @throws KeysError `envelope.*`, `rewrap.*`, `jws.invalid`; DirectoryAlarm */
export function openItem(inspected: InspectedItem, view: DirectoryView, request: OpenRequest): Promise<OpenedEnvelope> {
  if (!('rewrap' in inspected)) return openEnvelope(inspected, request);
  return openRewrapped(inspected, {
    ...request,
    rewrapperKey: (device, atMs) => senderOf(view, device, atMs).key,
    agencyAt: (device, dir) => agencyAt(view, inspected.core, device, dir),
  });
}

/** A device of a rewrap is looked for at its `dir` as those in `to` are. @throws DirectoryAlarm as `checkRecipients` */
function agencyAt(view: DirectoryView, core: EnvelopeCore, device: DeviceId, dir: EnvelopeCore['dir']): AgencyId {
  const [, name] = core.to[0] ?? [];
  if (name !== undefined) checkRecipients(view, { ...core, dir, to: [[device, name]] });
  const agency = view.owners.get(device);
  if (agency === undefined) throw new DirectoryAlarm('recipient.ghost', { device });
  return agency;
}
