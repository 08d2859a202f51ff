/** What one stream needs of the relay. */
import type { Logger } from '../logger.js';
import type { Acceptor } from '../mailbox/accept.js';
import type { Session } from '../session/sessions.js';
import type { MailboxCursor, Store } from '../store/port.js';

export interface StreamDependencies {
  readonly store: Store;
  readonly acceptor: Acceptor;
  readonly logger: Logger;
  readonly now: () => number;
  readonly bufferedBytes: number;
  readonly timeouts: { readonly resumeMs: number; readonly slowReaderMs: number };
  readonly authenticate: (authorization: string, proof: string) => Promise<Session>;
  /** Stores the cursor with others', then says so. */
  readonly acknowledge: (cursor: MailboxCursor, stored: () => void) => void;
}
