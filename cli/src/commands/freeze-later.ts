/** `holdfast freeze …`: once something is frozen. */
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { freezeVerb, noteExpiry } from './freeze-verb.js';

export function freezeLaterCommands(group: Command): void {
  freezeVerb(group, {
    name: 'adjust',
    description: 'widen or narrow what is held, asset by asset',
    what: 'Adjustment',
    read: (value) => {
      const { body } = parseMessage('freeze.adjust', value);
      return (freeze, conversation) => freeze.adjust({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'extension-request',
    description: 'ask for more time, and say how far the MLA request is; no clock stops',
    what: 'Request to extend',
    read: (value) => {
      const { body } = parseMessage('freeze.extension-request', value);
      return (freeze, conversation) => freeze.requestExtension({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'extension-decision',
    description: 'extend or deny; the new expiry follows from your own capability record',
    what: 'Decision on the extension',
    read: (input, context) => async (freeze, conversation) => {
      const body = await freeze.extension({ conversation, input });
      const handle = await freeze.decideExtension({ conversation, body });
      for (const outcome of body.outcomes)
        if (outcome.outcome === 'extended') noteExpiry(context, outcome.assetRef, outcome.expiry);
      return handle;
    },
  });
  freezeVerb(group, {
    name: 'lift-propose',
    description: 'say that you mean to lift, and until when the other side may answer',
    what: 'Proposal to lift',
    read: (value) => {
      const { body } = parseMessage('freeze.lift-propose', value);
      return (freeze, conversation) => freeze.proposeLift({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'release-request',
    description: 'ask for release: you no longer need the measure',
    what: 'Request for release',
    read: (value) => {
      const { body } = parseMessage('freeze.release-request', value);
      return (freeze, conversation) => freeze.requestRelease({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'lift-decision',
    description: 'maintain or lift; how the other side was heard is filled in from the case',
    what: 'Decision on lifting',
    read: (input) => (freeze, conversation) =>
      freeze.decideLift({ conversation, body: freeze.liftDecision({ conversation, input }) }),
  });
  freezeVerb(group, {
    name: 'lift-by-law',
    description: 'report that a court or the law has ended the measure, or that it has lapsed',
    what: 'Report of the end',
    read: (value) => {
      const { body } = parseMessage('freeze.lift-by-law', value);
      return (freeze, conversation) => freeze.liftByLaw({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'mla-link',
    description: 'tie the case to the MLA request by its advance copy, or say that the original has come',
    what: 'Link to the MLA request',
    read: (value) => {
      const { body } = parseMessage('freeze.mla-link', value);
      return (freeze, conversation) => freeze.linkMla({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'restraint',
    description: 'report the restraint order that takes the place of the measure',
    what: 'Restraint',
    read: (value) => {
      const { body } = parseMessage('freeze.restraint', value);
      return (freeze, conversation) => freeze.restraint({ conversation, body });
    },
  });
}
