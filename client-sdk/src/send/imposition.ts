/**
 * Completing a decision to freeze: when each measure begins and when it ends, by the requested agency's own law as its
 * published capability record states it. A person decides; the reckoning is the machine's, and explains itself.
 */
import {
  type AssetKind,
  type ConversationId,
  deadline,
  isProtocolError,
  type MessageBody,
  measureFor,
  parseMessage,
} from '@holdfast/protocol';
import { eventsOf } from '../cases/heads.js';
import { unlistedYearAdvice } from '../deadlines/calendar-years.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { SdkError } from '../errors.js';
import { readMessage } from '../receive/read-message.js';
import { ownCapability } from './own-capability.js';

export interface ImpositionDraft {
  readonly conversation: ConversationId;
  /** A `freeze.impose` body in which outcomes in force may lack `startsAtMs` and `expiry`. */
  readonly input: unknown;
}

/** @throws SdkError `capability.expired`, `capability.no-power`, `case.unknown`, `message.refused` */
export async function draftImposition(
  runtime: DeskRuntime,
  { conversation, input }: ImpositionDraft,
): Promise<MessageBody<'freeze.impose'>> {
  const { archive, now } = runtime;
  const request = eventsOf(archive, conversation)
    .map(readMessage)
    .find((message) => message.kind === 'freeze.request');
  if (request === undefined || request.kind !== 'freeze.request')
    throw new SdkError('case.unknown', 'This case is not a freeze alert.');
  const capability = await ownCapability(runtime);
  const kinds = new Map<string, AssetKind>(request.body.assets.map(({ assetRef, kind }) => [assetRef, kind]));
  const complete = (outcome: unknown, index: number): unknown => {
    if (!isInForceDraft(outcome) || 'expiry' in outcome) return outcome;
    const kind = kinds.get(outcome.assetRef);
    const measure = kind === undefined ? undefined : measureFor(capability, outcome.action, kind);
    if (measure === undefined) {
      const issues = [
        {
          field: `outcomes.${index}.action`,
          reason: `your capability record has no "${outcome.action}" of ${kind ?? 'an asset that the request does not name'}`,
        },
      ];
      throw new SdkError('capability.no-power', 'Your own capability record does not allow this measure.', { issues });
    }
    const startsAtMs = now();
    const { expiresAtMs, explanation } = deadline(measure.duration, startsAtMs);
    const text = unlistedYearAdvice(measure.duration, startsAtMs, expiresAtMs);
    const field = `outcomes.${index}.expiry`;
    if (text !== undefined) runtime.events.emit({ event: 'advice', code: 'calendar.year-not-listed', field, text });
    return { ...outcome, startsAtMs, expiry: { atMs: expiresAtMs, explanation } };
  };
  const body = isDraft(input) ? { ...input, outcomes: input.outcomes.map(complete) } : input;
  try {
    return parseMessage('freeze.impose', body).body;
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw new SdkError('message.refused', cause.message, { cause, issues: cause.issues });
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isDraft = (input: unknown): input is { readonly outcomes: readonly unknown[] } =>
  isObject(input) && 'outcomes' in input && Array.isArray(input.outcomes);

type Action = Extract<MessageBody<'freeze.impose'>['outcomes'][number], { outcome: 'in-force' }>['action'];
interface InForceDraft {
  readonly assetRef: string;
  readonly action: Action;
}

/** The rest of the outcome is checked with the whole body. */
const isInForceDraft = (value: unknown): value is InForceDraft =>
  isObject(value) &&
  'outcome' in value &&
  value.outcome === 'in-force' &&
  'assetRef' in value &&
  typeof value.assetRef === 'string' &&
  'action' in value &&
  typeof value.action === 'string';
