/** Playing a script on a stage: each step is taken as its officer would, and both sides are then where the script says. */
import { dirname, join } from 'node:path';
import type { Case } from '@holdfast/client-sdk';
import type { AgencyId, ConversationId, Hash } from '@holdfast/protocol';
import { CliError } from '../errors.js';
import { readScript, type Script, type Step } from './script.js';

export type Seen = Pick<Case, 'state' | 'assets' | 'timeline'>;

/** One thing to be said, as a script has it. */
export interface Line {
  readonly by: AgencyId;
  readonly officer: string | undefined;
  readonly approver: string | undefined;
  readonly kind: string;
  readonly to: AgencyId | undefined;
  readonly conversation: ConversationId | undefined;
  /** Path of the body's file. */
  readonly file: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where a script is played: in one process, or by processes of their own. */
export interface Stage {
  /** Says it, and resolves once every other agency of the case has it. @throws what the flow throws */
  say(line: Line): Promise<{ readonly conversation: ConversationId; readonly eh: Hash }>;
  see(agency: AgencyId, conversation: ConversationId): Promise<Seen>;
  pass(ms: number): void;
  /** The stable code of what `say` threw. */
  codeOf(error: unknown): string | undefined;
}

/** What a step came to. */
export interface Played {
  readonly step: Step;
  readonly number: number;
  readonly conversation: ConversationId | undefined;
  readonly seen: ReadonlyMap<AgencyId, Seen>;
}

/**
 * Plays a script; each step is given out once it holds.
 * @throws CliError `sandbox.failed` at the first step that is not as the script says
 */
export async function* play(path: string, stage: Stage): AsyncGenerator<Played, Script, undefined> {
  const script = await readScript(path);
  const threads = new Map<string, ConversationId>();
  for (const [index, step] of script.steps.entries()) {
    if (step.afterHours !== undefined) stage.pass(step.afterHours * 3_600_000);
    const thread = step.thread ?? 'main';
    await take(step, dirname(path), threads, thread, stage).catch((cause: unknown) => {
      throw failed(index, step, cause instanceof Error ? cause.message : String(cause), cause);
    });
    const conversation = threads.get(thread);
    const seen = new Map<AgencyId, Seen>();
    for (const agency of script.agencies) {
      if (conversation === undefined || step.states?.[agency] === undefined) continue;
      seen.set(agency, await stage.see(agency, conversation));
    }
    const fault = faultOf(step, seen);
    if (fault !== undefined) throw failed(index, step, fault);
    yield { step, number: index + 1, conversation, seen };
  }
  return script;
}

async function take(
  step: Step,
  folder: string,
  threads: Map<string, ConversationId>,
  thread: string,
  stage: Stage,
): Promise<void> {
  const { by, officer, approver, to, file, refused } = step;
  if (by === undefined || step.do === undefined) return;
  const line: Line = {
    by,
    officer,
    approver,
    kind: step.do,
    to,
    conversation: threads.get(thread),
    file: file === undefined ? undefined : join(folder, file),
    options: step.with ?? {},
  };
  try {
    const { conversation } = await stage.say(line);
    threads.set(thread, conversation);
  } catch (error) {
    if (refused !== undefined && stage.codeOf(error) === refused) return;
    throw error;
  }
  if (refused !== undefined) throw new Error(`it was taken, and should have been refused with ${refused}`);
}

function faultOf({ states = {}, assets = {} }: Step, seen: ReadonlyMap<AgencyId, Seen>): string | undefined {
  for (const [agency, { state, assets: held }] of seen) {
    const expected = states[agency];
    if (state !== expected) return `${agency} sees ${state}, not ${String(expected)}`;
    for (const [assetRef, wanted] of Object.entries(assets)) {
      const found = held.find((asset) => asset.assetRef === assetRef)?.state;
      if (found !== wanted) return `${agency} sees asset ${assetRef} as ${String(found)}, not ${wanted}`;
    }
  }
  return undefined;
}

const failed = (index: number, { say }: Step, reason: string, cause?: unknown): CliError =>
  new CliError('sandbox.failed', `Step ${index + 1} ("${say}"): ${reason}.`, { cause });
