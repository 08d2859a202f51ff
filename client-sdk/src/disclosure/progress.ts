/** What a listener is told of disclosures. */
import type { ConversationId, Hash } from '@holdfast/protocol';

export type DisclosureProgress =
  /** What was released is here and verified: `disclosures.open` shows it. */
  | { readonly event: 'disclosure.content'; readonly conversation: ConversationId; readonly offer: Hash }
  /** A disclosure is in another state than before. */
  | { readonly event: 'disclosure.state'; readonly conversation: ConversationId; readonly state: string };
