/**
 * Completing a decision to extend: the new expiry by the requested agency's own law, as its published capability record states it.
 * How many extensions there may be and how long in all is its law too; what passes the cap is refused here.
 */
import {
  type AssetKind,
  type ConversationId,
  type Duration,
  deadline,
  isProtocolError,
  type MeasureAction,
  type MessageBody,
  measureFor,
  parseMessage,
} from '@holdfast/protocol';
import { caseOf } from '../cases/case.js';
import type { CaseAsset } from '../cases/fold-freeze.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { ownCapability } from './own-capability.js';

export interface ExtensionDraft {
  readonly conversation: ConversationId;
  /** A `freeze.extension-decision` body in which outcomes `extended` may lack `expiry`. */
  readonly input: unknown;
}

/** @throws SdkError `capability.expired`, `capability.no-power`, `case.unknown`, `message.refused`, `relay.unreachable` */
export async function draftExtension(
  runtime: DeskRuntime,
  { conversation, input }: ExtensionDraft,
): Promise<MessageBody<'freeze.extension-decision'>> {
  const { archive, identity, now, recordsOf } = runtime;
  const found = caseOf(archive, identity.agency, conversation, now(), recordsOf);
  const capability = await ownCapability(runtime);
  const kinds = new Map<string, AssetKind>();
  const granted = new Map<string, number>();
  for (const { message, refused } of found.timeline) {
    if (message.kind === 'freeze.request')
      for (const { assetRef, kind } of message.body.assets) kinds.set(assetRef, kind);
    if (message.kind === 'freeze.extension-decision' && refused === null)
      for (const { assetRef, outcome } of message.body.outcomes)
        if (outcome === 'extended') granted.set(assetRef, (granted.get(assetRef) ?? 0) + 1);
  }
  const durationOf = (asset: CaseAsset | undefined): Duration | undefined => {
    const kind = asset === undefined ? undefined : kinds.get(asset.assetRef);
    const action: MeasureAction | undefined = asset?.held?.action;
    return kind === undefined || action === undefined ? undefined : measureFor(capability, action, kind)?.duration;
  };
  const complete = (outcome: unknown, index: number): unknown => {
    if (!isExtensionDraft(outcome) || 'expiry' in outcome) return outcome;
    const asset = found.assets.find(({ assetRef }) => assetRef === outcome.assetRef);
    const expiry = nextExpiry(asset, durationOf(asset), granted.get(outcome.assetRef) ?? 0);
    if (typeof expiry === 'string') {
      throw new SdkError('capability.no-power', 'Your own capability record does not allow this extension.', {
        issues: [{ field: `outcomes.${index}.assetRef`, reason: expiry }],
      });
    }
    return { ...outcome, expiry };
  };
  const body = isDraft(input) ? { ...input, outcomes: input.outcomes.map(complete) } : input;
  try {
    return parseMessage('freeze.extension-decision', body).body;
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
  }
}

type Expiry = { readonly atMs: number; readonly explanation: string };

/** @returns the new expiry, counted from the old one; or why there is none */
function nextExpiry(asset: CaseAsset | undefined, duration: Duration | undefined, granted: number): Expiry | string {
  if (asset === undefined || asset.expiry === null || asset.held === null) return 'it is not frozen in this case';
  if (duration === undefined) return 'your capability record has no such measure for this asset';
  const { extensions } = duration;
  if (granted >= extensions.count)
    return `your capability record allows ${extensions.count} extensions, and ${granted} were granted`;
  const each = extensions.each ?? { number: duration.number, unit: duration.unit };
  const { expiresAtMs, explanation } = deadline({ ...duration, ...each, firstDay: 'not-counted' }, asset.expiry.atMs);
  if (extensions.cap !== undefined) {
    const capped = deadline({ ...duration, ...extensions.cap }, asset.held.startsAtMs);
    if (expiresAtMs > capped.expiresAtMs) return `it would pass the cap: ${capped.explanation}`;
  }
  return { atMs: expiresAtMs, explanation: `extended from the old expiry: ${explanation}` };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isDraft = (input: unknown): input is { readonly outcomes: readonly unknown[] } =>
  isObject(input) && 'outcomes' in input && Array.isArray(input.outcomes);

/** The rest of the outcome is checked with the whole body. */
const isExtensionDraft = (value: unknown): value is { readonly assetRef: string } =>
  isObject(value) &&
  'outcome' in value &&
  value.outcome === 'extended' &&
  'assetRef' in value &&
  typeof value.assetRef === 'string';
