/** What happens to a freeze case, as `next` takes it, and which message is which event. */
import type { ImposeOutcome } from '../messages/freeze-impose.js';
import type { Message, MessageBody } from '../messages/index.js';
import type { HeldMeasure } from './freeze-case.js';
import type { Party } from './freeze-table.js';

interface Base {
  readonly by: Party;
  /** When it was signed, or what the clock shows. An act counts as of this instant, whenever it arrives. */
  readonly atMs: number;
}

/** One asset's part in an event. */
export interface AssetPart {
  readonly assetRef: string;
  readonly outcome?:
    | 'in-force'
    | 'not-frozen'
    | 'extended'
    | 'denied'
    | 'maintained'
    | 'lifted'
    | 'advance-copy'
    | 'original-received';
  /** The expiry from now on, with `in-force` and `extended`. */
  readonly expiresAtMs?: number;
  /** What is held from now on, with `in-force`; what of it changes, with `adjust`. */
  readonly measure?: Partial<HeldMeasure>;
  /** When the original of the MLA request came, with `original-received`. */
  readonly receivedAtMs?: number;
}

export type AlertEvent = Base & {
  readonly on:
    | 'submit'
    | 'return'
    | 'send'
    | 'receive'
    | 'acknowledge'
    | 'ask'
    | 'supply'
    | 'redirect'
    | 'refuse'
    | 'no-assets'
    | 'withdraw';
};
export type AssetEvent = Base & {
  readonly on:
    | 'impose'
    | 'adjust'
    | 'extension-request'
    | 'extension-decision'
    | 'lift-propose'
    | 'release-request'
    | 'lift-decision'
    | 'lift-by-law'
    | 'mla-link'
    | 'restraint'
    | 'conflict';
  readonly assets: readonly AssetPart[];
};
export type ClockEvent = Base & { readonly on: 'clock' };
export type FreezeEvent = AlertEvent | AssetEvent | ClockEvent;

const parts = (refs: readonly string[]): AssetPart[] => refs.map((assetRef) => ({ assetRef }));

/**
 * The event that a message is, or undefined where it is none (a note, a disclosure, a receipt but `delivered`).
 * @param by which side sent it
 * @param atMs `ts` of its envelope
 */
export function freezeEventOf(message: Message, by: 'requesting' | 'requested', atMs: number): FreezeEvent | undefined {
  switch (message.kind) {
    case 'freeze.request':
      return { on: 'send', by, atMs };
    case 'receipt.delivered':
      return { on: 'receive', by, atMs };
    case 'freeze.acknowledge':
      return { on: 'acknowledge', by, atMs };
    case 'freeze.ask':
      return { on: 'ask', by, atMs };
    case 'freeze.supply':
      return { on: 'supply', by, atMs };
    case 'freeze.redirect':
      return { on: 'redirect', by, atMs };
    case 'freeze.refuse':
      return { on: 'refuse', by, atMs };
    case 'freeze.no-assets':
      return { on: 'no-assets', by, atMs };
    case 'freeze.withdraw':
      return { on: 'withdraw', by, atMs };
    case 'freeze.impose':
      return { on: 'impose', by, atMs, assets: message.body.outcomes.map(imposedPart) };
    case 'freeze.extension-decision':
      return { on: 'extension-decision', by, atMs, assets: message.body.outcomes.map(partOf) };
    case 'freeze.lift-decision':
      return { on: 'lift-decision', by, atMs, assets: message.body.outcomes.map(partOf) };
    case 'freeze.adjust':
      return { on: 'adjust', by, atMs, assets: message.body.changes.map(adjustedPart) };
    case 'freeze.extension-request':
      return { on: 'extension-request', by, atMs, assets: parts(message.body.assets) };
    case 'freeze.lift-propose':
      return { on: 'lift-propose', by, atMs, assets: parts(message.body.assets) };
    case 'freeze.release-request':
      return { on: 'release-request', by, atMs, assets: parts(message.body.assets) };
    case 'freeze.lift-by-law':
      return { on: 'lift-by-law', by, atMs, assets: parts(message.body.assets) };
    case 'freeze.mla-link':
      return { on: 'mla-link', by, atMs, assets: linkedParts(message.body) };
    case 'freeze.restraint':
      return { on: 'restraint', by, atMs, assets: parts(message.body.assets) };
    case 'disclosure':
    case 'consent.request':
    case 'consent.answer':
    case 'consent.shared':
    case 'consent.revoke':
    case 'exculpatory.notice':
    case 'exculpatory.consult':
    case 'exculpatory.disclosed':
    case 'exculpatory.informed':
    case 'feedback.report':
    case 'disclosure.offer':
    case 'disclosure.accept':
    case 'disclosure.decline':
    case 'disclosure.revise':
    case 'disclosure.release':
    case 'disclosure.withdraw':
    case 'disclosure.relax':
    case 'disclosure.close':
    case 'own.content-key':
    case 'note':
    case 'receipt.opened':
    case 'receipt.acted':
    case 'own.draft':
    case 'own.draft-decided':
      return undefined;
  }
}

type Outcome = {
  readonly assetRef: string;
  readonly outcome: NonNullable<AssetPart['outcome']>;
  readonly expiry?: { readonly atMs: number };
};

function partOf(outcome: Outcome): AssetPart {
  const { assetRef } = outcome;
  return outcome.expiry === undefined
    ? { assetRef, outcome: outcome.outcome }
    : { assetRef, outcome: outcome.outcome, expiresAtMs: outcome.expiry.atMs };
}

function imposedPart(outcome: ImposeOutcome): AssetPart {
  if (outcome.outcome === 'not-frozen') return { assetRef: outcome.assetRef, outcome: 'not-frozen' };
  const { assetRef, action, extent, permittedDebits = [], amount = null, startsAtMs, orderReference = null } = outcome;
  const measure = { action, extent, permittedDebits, amount, startsAtMs, orderReference };
  return { assetRef, outcome: 'in-force', expiresAtMs: outcome.expiry.atMs, measure };
}

/** As it is from now on, whole: a debit that is not named is no longer permitted. */
const adjustedPart = ({
  assetRef,
  action,
  extent,
  permittedDebits = [],
}: MessageBody<'freeze.adjust'>['changes'][number]): AssetPart => ({
  assetRef,
  measure: { action, extent, permittedDebits },
});

const linkedParts = ({ assets, originalReceivedAtMs }: MessageBody<'freeze.mla-link'>): AssetPart[] =>
  assets.map((assetRef) =>
    originalReceivedAtMs === undefined
      ? { assetRef, outcome: 'advance-copy' }
      : { assetRef, outcome: 'original-received', receivedAtMs: originalReceivedAtMs },
  );
