/**
 * What an envelope's `dir` and `to` say beside whether they hold: a sender whose directory is old, a device of ours that was left
 * out (spec 33-manifest, "Order of verification"). Warnings; they stop nothing.
 */
import { isActive } from '@holdfast/keys/verify';
import {
  type AgencyId,
  type DeviceId,
  dayOf,
  type EnvelopeCore,
  type Hash,
  MS_PER_DAY,
  mapEntries,
} from '@holdfast/protocol';
import type { Finding } from '../alarms.js';
import type { DirectoryView } from './view.js';

export interface Reader {
  readonly agency: AgencyId;
  readonly device: DeviceId;
  /** The last day for which a device has published a key, as far as we know. */
  readonly lastDayOf: (device: DeviceId) => number | undefined;
}

export function directoryFindings(view: DirectoryView, core: EnvelopeCore, eh: Hash, reader: Reader): Finding[] {
  return [...behind(view, core, eh), ...leftOut(view, core, eh, reader)];
}

/** A statement that the sender did not know was made more than a day before it wrote. */
function behind(view: DirectoryView, core: EnvelopeCore, eh: Hash): Finding[] {
  return mapEntries(core.dir).flatMap(([agency, [seq]]) => {
    const next = view.agencies.get(agency)?.times[seq + 1];
    if (next === undefined || next >= core.ts - MS_PER_DAY) return [];
    return [
      { code: 'directory.sender-behind' as const, detail: { eh, from: core.from, agency, byMs: core.ts - next } },
    ];
  });
}

/** Ours, listed where the sender looked, with keys to seal to, for more than a day, and yet not addressed. */
function leftOut(
  view: DirectoryView,
  core: EnvelopeCore,
  eh: Hash,
  { agency, device: self, lastDayOf }: Reader,
): Finding[] {
  const seq = core.dir[agency]?.[0];
  const chain = view.agencies.get(agency)?.chain;
  if (seq === undefined || chain === undefined) return [];
  const addressed = new Set<DeviceId>([core.from, self, ...core.to.map(([device]) => device)]);
  return [...chain.devices.values()].flatMap((certificate) => {
    const { device } = certificate;
    const lastDay = lastDayOf(device);
    const isReachable = lastDay !== undefined && lastDay >= dayOf(core.ts);
    const isKnown = certificate.seq <= seq && certificate.notBeforeMs < core.ts - MS_PER_DAY;
    if (addressed.has(device) || !isKnown || !isReachable || !isActive(chain, certificate, core.ts)) return [];
    return [{ code: 'recipient.left-out' as const, detail: { eh, from: core.from, device } }];
  });
}
