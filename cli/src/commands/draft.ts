/** What `agency root` and `federation` share: drafts that several holders sign, one after the other. */
import { createInterface } from 'node:readline/promises';
import {
  type Draft,
  describeDraft,
  holdersAtHand,
  missingSignatures,
  type RootPlan,
  readDraft,
  readSigningKey,
  shortKey,
  signDraft,
  writeDraft,
} from '@holdfast/client-sdk';
import type { Unlock } from '@holdfast/keys';
import { type TrustList, toBase64url } from '@holdfast/protocol';
import type { Context } from '../context.js';
import { CliError } from '../errors.js';
import { publicKey } from '../input/ids.js';
import { holderUnlocks } from '../unlock-from.js';

export interface RootOptions {
  readonly rootKeys: string;
  readonly threshold: string;
  readonly keep?: readonly string[];
}

/** m of n as a person gives it, with what opens each new holder's keystore. @throws CliError `usage` */
export async function rootPlan(
  folder: string,
  options: RootOptions,
  general: () => Promise<Unlock>,
): Promise<RootPlan> {
  const keep = (options.keep ?? []).map(publicKey);
  const count = wholeNumber('--root-keys', options.rootKeys);
  const threshold = wholeNumber('--threshold', options.threshold);
  if (keep.length > count) throw new CliError('usage', `--keep names ${keep.length} keys; --root-keys says ${count}.`);
  if (threshold > count) throw new CliError('usage', `${threshold} of ${count} cannot sign: lower --threshold.`);
  return { threshold, keep, unlocks: await holderUnlocks(folder, count - keep.length, general) };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 16)
    throw new CliError('usage', `${option} is a number from 1 to 16.`);
  return value;
}

/** Says what a new draft is, and who has to sign it. */
export function reportDraft(context: Context, path: string, draft: Draft, previous?: TrustList): void {
  const summary = describeDraft(draft, previous);
  const missing = missingSignatures(draft.asks, draft.signers);
  context.output.event(
    'draft.made',
    { file: path, kind: draft.kind, summary, missing },
    `${summary.join('\n')}\n\nNothing is in force yet. Draft: ${path}\nMissing: ${missing.join('; ')}.`,
  );
}

export interface SignOptions {
  readonly key?: string;
  readonly yes?: boolean;
}

/** Shows what is signed, asks, and adds one holder's signature. */
export async function signDraftFile(
  context: Context,
  path: string,
  options: SignOptions,
  folder: string,
  previous: (draft: Draft) => Promise<TrustList | undefined>,
): Promise<void> {
  const draft = await readDraft(path);
  const summary = describeDraft(draft, await previous(draft));
  context.output.note(`You are about to sign:\n\n${summary.join('\n')}\n`);
  const own = options.key ?? (await onlyHolder(folder, draft));
  if (options.yes !== true) await confirm();
  const key = await readSigningKey(own, await context.unlock());
  const signed = await signDraft(draft, key);
  await writeDraft(path, signed);
  const missing = missingSignatures(signed.asks, signed.signers);
  const open = missing.length === 0 ? 'Every signature is there.' : `Missing: ${missing.join('; ')}.`;
  const publicHalf = toBase64url(key.publicKey);
  context.output.event(
    'draft.signed',
    { file: path, key: publicHalf, summary, missing },
    `Signed with ${shortKey(publicHalf)}. ${open}`,
  );
}

/** The holder whose keystore is here, where there is no doubt. @throws CliError `usage` */
async function onlyHolder(folder: string, draft: Draft): Promise<string> {
  const asked = draft.asks.flatMap(({ set }) => set.keys).filter((key) => !draft.signers.has(key));
  const [only, ...others] = await holdersAtHand(folder, asked);
  if (only !== undefined && others.length === 0) return only.folder;
  throw new CliError(
    'usage',
    only === undefined
      ? 'No keystore that the draft still asks for is here: say where yours lies with --key FOLDER.'
      : `Several keystores that the draft asks for are here: say which is yours with --key (${[only, ...others].map((holder) => holder.folder).join(', ')}).`,
  );
}

async function confirm(): Promise<void> {
  if (!process.stdin.isTTY)
    throw new CliError('usage', 'There is no terminal to ask on; --yes says that what is signed has been read.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if ((await terminal.question('Sign this? Type "yes": ')).trim() !== 'yes')
      throw new CliError('interrupted', 'Nothing was signed.');
  } finally {
    terminal.close();
  }
}
