/**
 * Does the case, as it is now, still allow what was drafted? Asked again at each edit and approval: between drafting and sending the
 * other side may have acted. Who adds a flow with a state of its own adds its question here.
 */
import { isFreezeKind, type MessageKind } from '@holdfast/protocol';
import type { Draft } from '../approval/act.js';
import { assertStepAllowed } from '../cases/freeze-step.js';
import type { DeskRuntime } from '../desk-runtime.js';

/** @throws SdkError `case.event-not-allowed`, `case.unknown`, `message.refused` */
export function assertStillAllowed({ archive, identity, now }: DeskRuntime, { kind, conversation, body }: Draft): void {
  if (isFreezeKind(kind) && kind !== OPENS_ALERT)
    assertStepAllowed(archive, identity.agency, conversation, kind, body, now());
}

/** It begins its case: there is nothing yet that could forbid it. */
const OPENS_ALERT = 'freeze.request' satisfies MessageKind;
