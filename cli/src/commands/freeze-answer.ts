/** `holdfast freeze …`: until the requested agency has decided. */
import { parseMessage } from '@holdfast/protocol';
import type { Command } from 'commander';
import { freezeVerb, noteExpiry } from './freeze-verb.js';

export function freezeAnswerCommands(group: Command): void {
  freezeVerb(group, {
    name: 'acknowledge',
    description: 'take an alert on, as duty officer',
    what: 'Acknowledgement',
    read: (value) => {
      const { body } = parseMessage('freeze.acknowledge', value);
      return (freeze, conversation) => freeze.acknowledge({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'ask',
    description: 'ask for named items; your decision clock pauses',
    what: 'Question',
    read: (value) => {
      const { body } = parseMessage('freeze.ask', value);
      return (freeze, conversation) => freeze.ask({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'supply',
    description: 'answer what the requested agency asked',
    what: 'Answer',
    read: (value) => {
      const { body } = parseMessage('freeze.supply', value);
      return (freeze, conversation) => freeze.supply({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'redirect',
    description: 'name the competent body; pass the request on only with consent',
    what: 'Redirection',
    read: (value) => {
      const { body } = parseMessage('freeze.redirect', value);
      return (freeze, conversation) => freeze.redirect({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'refuse',
    description: 'refuse an alert, with code and reason',
    what: 'Refusal',
    read: (value) => {
      const { body } = parseMessage('freeze.refuse', value);
      return (freeze, conversation) => freeze.refuse({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'no-assets',
    description: 'report that nothing was found, and where you searched',
    what: 'Report',
    read: (value) => {
      const { body } = parseMessage('freeze.no-assets', value);
      return (freeze, conversation) => freeze.noAssets({ conversation, body });
    },
  });
  freezeVerb(group, {
    name: 'impose',
    description: 'freeze all or some assets; start and expiry follow from your own capability record',
    what: 'Decision',
    read: (input, context) => async (freeze, conversation) => {
      const body = await freeze.imposition({ conversation, input });
      const handle = await freeze.impose({ conversation, body });
      for (const outcome of body.outcomes)
        if (outcome.outcome === 'in-force') noteExpiry(context, outcome.assetRef, outcome.expiry);
      return handle;
    },
  });
  freezeVerb(group, {
    name: 'withdraw',
    description: 'take your alert back, before the decision',
    what: 'Withdrawal',
    read: (value) => {
      const { body } = parseMessage('freeze.withdraw', value);
      return (freeze, conversation) => freeze.withdraw({ conversation, body });
    },
  });
}
