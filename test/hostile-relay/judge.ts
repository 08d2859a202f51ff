/**
 * What must hold after any schedule, once the links are healed: every device has every message of its cases, exactly once, as it was
 * written, never before one that it follows; where not, somebody was told.
 */
import type { SdkEvent } from '@holdfast/client-sdk';
import { canonicalBytes, fromBase64url, fromUtf8, type Manifest, parseManifest } from '@holdfast/protocol';
import { isHere, type Played, type Said } from './play.js';
import type { Device, World } from './world.js';

const nameOf = ({ agency, name }: Device): string => `${agency} ${name}`;

/** @returns what is wrong, in words; nothing where all holds */
export function judge({ devices }: World, { said }: Played): readonly string[] {
  const manifests = manifestsOf(devices);
  return devices.flatMap((device) => [
    ...asWritten(device, said),
    ...eachOnce(device),
    ...nothingInSilence(device, said),
    ...inCausalOrder(device, manifests),
  ]);
}

function asWritten(device: Device, said: readonly Said[]): string[] {
  const bodies = new Map(said.map(({ handle, body }) => [handle.eh, body]));
  return device.read.flatMap(({ eh, message }) => {
    const read = fromUtf8(canonicalBytes(message.body));
    const written = bodies.get(eh);
    return read === written ? [] : [`${nameOf(device)} read ${eh} otherwise than it was written: ${read}`];
  });
}

function eachOnce(device: Device): string[] {
  const names = device.read.map(({ eh }) => eh);
  return names
    .filter((eh, index) => names.indexOf(eh) !== index)
    .map((eh) => `${nameOf(device)} read ${eh} more than once`);
}

/** A message is where it belongs; or the device was told that something of that case is missing; or its sender that it was refused. */
function nothingInSilence(device: Device, said: readonly Said[]): string[] {
  const missing = device.events.flatMap((event) =>
    event.event === 'alarm' && event.code === 'message.missing' ? [event.detail.conversation] : [],
  );
  return said
    .filter((one) => !isHere(device, one) && one.handle.state !== 'refused')
    .filter(({ handle }) => !missing.includes(handle.conversation))
    .map(({ handle: { eh, state }, by }) => {
      const told = device.alarms().join(', ');
      return `${nameOf(device)} has not got ${eh} of ${nameOf(by)}, which is ${state}; it was told ${told}`;
    });
}

/** What each message follows is in its manifest, which every recipient is told with it. */
function manifestsOf(devices: readonly Device[]): ReadonlyMap<string, Manifest> {
  const stored = (event: SdkEvent): [string, Manifest][] =>
    event.event === 'inbox.stored'
      ? [[event.message.eh, parseManifest(fromBase64url(event.message.jws.split('.')[1] ?? ''))]]
      : [];
  return new Map(devices.flatMap(({ events }) => events.flatMap(stored)));
}

function inCausalOrder(device: Device, manifests: ReadonlyMap<string, Manifest>): string[] {
  const places = new Map<string, number>(device.read.map(({ eh }, index) => [eh, index]));
  return device.read.flatMap(({ eh }, index) => {
    const manifest = manifests.get(eh);
    if (manifest === undefined) return [`${nameOf(device)} read ${eh}, which was never stored`];
    const { on, prev, seen } = manifest;
    const before = [...on, ...(prev === null ? [] : [prev]), ...Object.values(seen).map(([, head]) => head)];
    return before
      .filter((name) => (places.get(name) ?? -1) > index && !isLate(device, name))
      .map((name) => `${nameOf(device)} read ${eh} before ${name}, which it follows`);
  });
}

/** It was raised as missing, and came after all: the application is told that it comes behind what follows it. */
const isLate = (device: Device, name: string): boolean =>
  device.read.some(({ eh, flags }) => eh === name && flags.includes('late'));
