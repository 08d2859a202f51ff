/**
 * Where a message is on its way through this device, told to a test that kills or aborts at each place. Not part of what an
 * agency builds on: the option's name is a symbol that the package does not export. Unset, it costs nothing.
 */
export const STEPS = [
  // Receiving. Between `storing` and `stored` lies one transaction, as between `handling` and `opened-queued`.
  'received',
  'inspected',
  'decrypted',
  'storing',
  'stored',
  'acknowledged',
  'handed-over',
  'handling',
  'opened-queued',
  // Sending. `spooled` and `uploaded` come before the archive says so, `spool-stored` and `upload-stored` after.
  'draft-stored',
  'draft-sent',
  'enqueued',
  'spooled',
  'spool-stored',
  'uploading',
  'uploaded',
  'upload-stored',
  'sealing',
  'sealed',
  'submitted',
  'receipt-received',
  'receipt-verified',
  'accepted',
  // Day keys: the wrap, the key under it, then all of a batch made public.
  'day-wrap-stored',
  'day-key-stored',
  'day-keys-published',
] as const;
export type Step = (typeof STEPS)[number];

/** Called at each step, synchronously. */
export type StepHook = (step: Step) => void;

const ON_STEP: unique symbol = Symbol('holdfast.onStep');

/** Beside the options that an agency has. */
export interface StepOptions {
  readonly [ON_STEP]?: StepHook;
}

/** Options under which `onStep` is called. */
export const withSteps = (onStep: StepHook): StepOptions => ({ [ON_STEP]: onStep });

export const stepHookOf = (options: StepOptions): StepHook | undefined => options[ON_STEP];
