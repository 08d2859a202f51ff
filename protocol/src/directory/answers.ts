/**
 * The questions of a sender before sending, answered in types rather than in prose: can they freeze it, by which act, how long would it
 * hold if it were imposed now, from when, what does silence mean, who extends. Pure; rests on the recipient's own record.
 */
import { type Deadline, type Duration, deadline } from '../duration/index.js';
import { isProtocolError } from '../errors.js';
import type { MessageBody } from '../messages/index.js';
import { type CapabilityRecord, measureFor, type PowerMeasure } from './capability.js';

type Request = MessageBody<'freeze.request'>;
type Asset = Request['assets'][number];

export interface AssetAnswer {
  readonly assetRef: string;
  /** `other-measure`: not the act that was asked for, but another one for this kind of asset; `unknown`: no record. */
  readonly can: 'yes' | 'through-another' | 'other-measure' | 'no' | 'unknown';
  /** Who decides, where it is not the agency itself. */
  readonly through: string | null;
  readonly measure: AnsweredMeasure | null;
  /** The acts that the record has for this kind of asset. */
  readonly possible: readonly PowerMeasure['action'][];
}

export interface AnsweredMeasure {
  readonly action: PowerMeasure['action'];
  readonly instrument: string;
  /** From which event the time counts. */
  readonly from: Duration['startEvent'];
  /** The end, and its reckoning in words, if the start event happened now; null where the time would be over at once. */
  readonly ifNow: Deadline | null;
  readonly silence: Duration['silence'];
  readonly extensions: Duration['extensions'] & { readonly by: string | null };
  readonly automaticLift: readonly string[];
}

/** One answer an asset, in the request's order. */
export const assetAnswers = (
  { assets }: Request,
  record: CapabilityRecord | null,
  nowMs: number,
): readonly AssetAnswer[] => assets.map((asset) => answerFor(asset, record, nowMs));

function answerFor(asset: Asset, record: CapabilityRecord | null, nowMs: number): AssetAnswer {
  const { assetRef } = asset;
  if (record === null) return { assetRef, can: 'unknown', through: null, measure: null, possible: [] };
  const possible = record.measures
    .filter(({ assetTypes }) => assetTypes.includes(asset.kind))
    .map(({ action }) => action);
  const through = record.through ?? null;
  const found = measureFor(record, asset.measure.action, asset.kind);
  if (found === undefined)
    return { assetRef, can: possible.length === 0 ? 'no' : 'other-measure', through, measure: null, possible };
  const can = record.power === 'indirect' ? 'through-another' : 'yes';
  return { assetRef, can, through, measure: answered(found, nowMs), possible };
}

function answered({ action, instrument, duration }: PowerMeasure, nowMs: number): AnsweredMeasure {
  const { startEvent, silence, extensions, extendedBy, automaticLift } = duration;
  return {
    action,
    instrument,
    from: startEvent,
    ifNow: endIfNow(duration, nowMs),
    silence,
    extensions: { ...extensions, by: extendedBy ?? null },
    automaticLift,
  };
}

/** The end of a measure that started now; null where its first and last day has ended already. */
export function endIfNow(duration: Duration, nowMs: number): Deadline | null {
  try {
    return deadline(duration, nowMs);
  } catch (error) {
    if (isProtocolError(error, 'duration.invalid')) return null;
    throw error;
  }
}
