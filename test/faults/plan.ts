/** What a life of the gateway process is to do, and where it is to end. Written by the test, read by the process. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { AgencyId, BlobId } from '@holdfast/protocol';
import type { Step } from '#client-sdk/steps.js';

export interface PlannedSend {
  /** The application's own reference, by which it finds what it has queued already. */
  readonly ref: string;
  readonly kind: 'disclosure' | 'freeze.request';
  readonly body: unknown;
  readonly attachment: { readonly id: BlobId; readonly path: string } | null;
}

export interface Plan {
  readonly home: string;
  /** The device's name within the home. */
  readonly device: string;
  readonly unlockFile: string;
  readonly to: AgencyId;
  /** The application's record of what it has dealt with, one line each. */
  readonly ledger: string;
  /** Where it puts the attachments that it receives. */
  readonly downloads: string;
  readonly sends: readonly PlannedSend[];
  /** Messages of others, receipts apart, that it is done after. */
  readonly expect: number;
  /** Bodies of the answers to a freeze request: `freeze.acknowledge`, then `freeze.refuse`. */
  readonly acknowledge: unknown;
  readonly refuse: unknown;
  /** `any`: at the n-th step, whichever it is. */
  readonly kill: { readonly step: Step | 'any'; readonly occurrence: number } | null;
}

export const readPlan = (path: string): Plan => JSON.parse(readFileSync(path, 'utf8')) as Plan;
export const writePlan = (path: string, plan: Plan): void => writeFileSync(path, JSON.stringify(plan));
