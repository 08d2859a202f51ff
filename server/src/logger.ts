/**
 * The relay's log: JSON lines of counts and opaque ids, one function per event, so that no content, token or key can slip in.
 * Level error means a bug of ours.
 */
export interface Logger {
  started(fields: { readonly port: number; readonly version: string; readonly agencies: number }): void;
  stopped(fields: { readonly tookMs: number }): void;
  refused(fields: { readonly requestId: string; readonly code: string; readonly operation: string }): void;
  streamOpened(fields: { readonly device: string; readonly epoch: number }): void;
  streamClosed(fields: { readonly device: string; readonly code: number }): void;
  expired(fields: { readonly envelopes: number }): void;
  membershipChanged(fields: { readonly agency: string; readonly seq: number }): void;
  failed(fields: { readonly where: string; readonly requestId?: string; readonly error: unknown }): void;
}

export function createLogger(write: (line: string) => void, now: () => number): Logger {
  const log = (level: 'info' | 'error', event: string, fields: object): void =>
    write(`${JSON.stringify({ atMs: now(), level, event, ...fields })}\n`);
  return {
    started: ({ port, version, agencies }) => log('info', 'relay.started', { port, version, agencies }),
    stopped: ({ tookMs }) => log('info', 'relay.stopped', { tookMs }),
    refused: ({ requestId, code, operation }) => log('info', 'request.refused', { requestId, code, operation }),
    streamOpened: ({ device, epoch }) => log('info', 'stream.opened', { device, epoch }),
    streamClosed: ({ device, code }) => log('info', 'stream.closed', { device, code }),
    expired: ({ envelopes }) => log('info', 'envelopes.expired', { envelopes }),
    membershipChanged: ({ agency, seq }) => log('info', 'membership.changed', { agency, seq }),
    // The name and place of a fault, never its message: a message may quote what it choked on.
    failed: ({ where, requestId, error }) =>
      log('error', 'relay.failed', {
        where,
        ...(requestId === undefined ? {} : { requestId }),
        error: nameOf(error),
        at: placeOf(error),
      }),
  };
}

const nameOf = (error: unknown): string =>
  error instanceof Error
    ? 'code' in error && typeof error.code === 'string'
      ? `${error.name} ${error.code}`
      : error.name
    : typeof error;
const placeOf = (error: unknown): string =>
  error instanceof Error
    ? (error.stack ?? '')
        .split('\n')
        .filter((line) => line.startsWith('    at '))
        .slice(0, 3)
        .map((line) => line.trim().replace(/\(?(?:file:\/\/)?\/.*\/(?=[^/]+:\d+:\d+)/, '('))
        .join(' | ')
    : '';
