/** Six devices of three agencies, each behind a link of its own, through many schedules; each begins where all is quiet. */
import type { AgencyId } from '@holdfast/protocol';
import { soon, XA, XB, XC } from '../fixtures/network.js';
import { makeStage, type Stage } from './stage.js';
import { type Watched, watch } from './watched.js';

export interface Device extends Watched {
  readonly agency: AgencyId;
  readonly name: string;
}

export interface World {
  readonly stage: Stage;
  readonly devices: readonly Device[];
}

const AGENCIES = [XA, XB, XC];
const NAMES = ['gateway', 'second'];

export async function makeWorld(): Promise<World> {
  const stage = await makeStage(NAMES);
  const devices: Device[] = [];
  for (const agency of AGENCIES)
    for (const name of NAMES)
      devices.push({ agency, name, ...(await watch(stage.network, stage.relay, agency, name)) });
  for (const { desk } of devices) await desk.caughtUp({ signal: soon(30_000) });
  return { stage, devices };
}

/** The device of that number, counted round. */
export function deviceOf({ devices }: World, number: number): Device {
  const device = devices[number % devices.length];
  if (device === undefined) throw new Error('There is no device.');
  return device;
}

/** The other agencies, in order. */
export const othersThan = (agency: AgencyId): readonly AgencyId[] => AGENCIES.filter((one) => one !== agency);

/** Forgets what was told so far; a schedule is judged by what happens in it. */
export function forget({ devices }: World): void {
  for (const { events, read } of devices) {
    events.length = 0;
    read.length = 0;
  }
}
