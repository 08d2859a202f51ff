/** The relay's parts, made once and handed to every route: what there is, without what it does. */
import type { RelayConfig } from './config.js';
import type { Logger } from './logger.js';
import type { Acceptor } from './mailbox/accept.js';
import type { Registry } from './membership/registry.js';
import type { Sessions } from './session/sessions.js';
import type { Store } from './store/port.js';
import type { StreamGateway } from './stream/gateway.js';

export interface Relay {
  readonly config: RelayConfig;
  readonly store: Store;
  readonly registry: Registry;
  readonly sessions: Sessions;
  readonly acceptor: Acceptor;
  readonly gateway: StreamGateway;
  readonly logger: Logger;
  readonly now: () => number;
  /** Known once the port is. */
  readonly urls: () => { readonly baseUrl: string; readonly streamUrl: string };
}
