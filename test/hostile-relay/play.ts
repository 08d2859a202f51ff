/** Carrying out a schedule: the people at the desks say what it has them say, the relay does what it has it do. */
import { type Case, isSdkError, type SendHandle } from '@holdfast/client-sdk';
import { type AgencyId, type ConversationId, canonicalBytes, fromUtf8, type MessageBody } from '@holdfast/protocol';
import { acknowledgeBody, disclosureBody, imposeDraft, refuseBody, requestBody } from '../fixtures/network.js';
import type { Step } from './schedule.js';
import { type Device, deviceOf, othersThan, type World } from './world.js';

/** One message as its sender wrote it. */
export interface Said {
  readonly handle: SendHandle;
  readonly by: Device;
  /** Agencies in its conversation, the sender's included. */
  readonly agencies: readonly AgencyId[];
  /** Its body in canonical JSON. */
  readonly body: string;
}

export interface Played {
  readonly said: Said[];
  readonly conversations: Map<ConversationId, readonly AgencyId[]>;
}

/** How long a schedule waits for what may never come. */
const WHILE_MS = 200;

export async function play(world: World, steps: readonly Step[]): Promise<Played> {
  const played: Played = { said: [], conversations: new Map() };
  for (const step of steps) await take(world, played, step);
  return played;
}

async function take(world: World, played: Played, step: Step): Promise<void> {
  switch (step.do) {
    case 'disclose':
    case 'alert':
      return open(played, step.do, deviceOf(world, step.by), step.to);
    case 'note':
    case 'acknowledge':
    case 'refuse':
    case 'impose':
      return goOn(played, step.do, deviceOf(world, step.by), step.in);
    case 'fault':
      deviceOf(world, step.at).link.arm(step.target, step.fault);
      return;
    case 'lie':
      deviceOf(world, step.at).link.lie({ lie: step.lie });
      return;
    case 'cut':
    case 'release':
    case 'heal':
      deviceOf(world, step.at).link[step.do]();
      return;
    case 'wait':
      return arrive(world, played);
  }
}

async function open(
  { said, conversations }: Played,
  what: 'disclose' | 'alert',
  by: Device,
  to: number,
): Promise<void> {
  const agency = othersThan(by.agency)[to];
  if (agency === undefined) return;
  const own = `REF-${said.length}`;
  if (what === 'disclose') {
    const plain = await disclosureBody();
    const body = { ...plain, references: { ...plain.references, own } };
    await say(by, [agency, by.agency], body, () => by.desk.disclose({ to: agency, body }));
  } else {
    const plain = await requestBody();
    const body = { ...plain, references: { ...plain.references, own } };
    await say(by, [agency, by.agency], body, () => by.desk.freeze.request({ to: agency, body }));
  }

  async function say(
    device: Device,
    agencies: readonly AgencyId[],
    body: MessageBody<'disclosure'> | MessageBody<'freeze.request'>,
    send: () => Promise<SendHandle>,
  ): Promise<void> {
    const handle = await unlessRefused(send);
    if (handle === undefined) return;
    conversations.set(handle.conversation, agencies);
    said.push({ handle, by: device, agencies, body: textOf(body) });
  }
}

async function goOn(
  played: Played,
  what: 'note' | 'acknowledge' | 'refuse' | 'impose',
  by: Device,
  number: number,
): Promise<void> {
  const { said, conversations } = played;
  const known = [...conversations].filter(([conversation]) => caseAt(by, conversation) !== undefined);
  const [conversation, agencies] = known[number % Math.max(known.length, 1)] ?? [];
  if (conversation === undefined || agencies === undefined) return;
  if (what === 'note') return sayNote(played, by, conversation);
  const { desk } = by;
  const written = await unlessRefused(async () => {
    if (what === 'acknowledge') {
      const body = await acknowledgeBody();
      return { body, handle: await desk.freeze.acknowledge({ conversation, body }) };
    }
    if (what === 'refuse') {
      const body = await refuseBody();
      return { body, handle: await desk.freeze.refuse({ conversation, body }) };
    }
    const body = await desk.freeze.imposition({ conversation, input: await imposeDraft() });
    return { body, handle: await desk.freeze.impose({ conversation, body }) };
  });
  if (written !== undefined) said.push({ handle: written.handle, by, agencies, body: textOf(written.body) });
}

/** One more note in a case, with words of its own. */
export async function sayNote(
  { said, conversations }: Played,
  by: Device,
  conversation: ConversationId,
): Promise<void> {
  const body = { writtenAtMs: Date.now(), text: { language: 'en', text: `Note ${said.length}.` } };
  const handle = await by.desk.note({ conversation, body });
  said.push({ handle, by, agencies: conversations.get(conversation) ?? [], body: textOf(body) });
}

const textOf = (body: unknown): string => fromUtf8(canonicalBytes(body));

/** A step that the case or the directory does not allow at this desk now is not taken. */
async function unlessRefused<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (isSdkError(error)) return undefined;
    throw error;
  }
}

/** What the device has of a conversation; undefined where it has nothing. */
export function caseAt({ desk }: Device, conversation: ConversationId): Case | undefined {
  try {
    return desk.case(conversation);
  } catch (error) {
    if (isSdkError(error, 'case.unknown')) return undefined;
    throw error;
  }
}

/** Is a message where it belongs at this device: read, or in the case where a colleague wrote it? True where it is not the device's affair. */
export function isHere(device: Device, { handle: { eh, conversation }, by, agencies }: Said): boolean {
  if (by === device || !agencies.includes(device.agency)) return true;
  if (by.agency !== device.agency) return device.read.some((item) => item.eh === eh);
  return caseAt(device, conversation)?.timeline.some((entry) => entry.eh === eh) === true;
}

async function arrive({ devices }: World, { said }: Played): Promise<void> {
  const bound = AbortSignal.timeout(WHILE_MS);
  for (const device of devices) {
    const due = said.filter(({ by }) => by.agency !== device.agency);
    await device.until(() => due.every((one) => isHere(device, one)), 'What was sent', bound).catch(() => undefined);
  }
}
