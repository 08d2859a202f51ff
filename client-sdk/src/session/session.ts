/**
 * A device's session: signs in when it must, renews its token in time, and puts a fresh DPoP proof (RFC 9449) on every request.
 */
import { type SigningKey, signDpopProof, signSessionAssertion } from '@holdfast/keys';
import {
  BLOBS_PATH,
  type DeviceId,
  type FederationId,
  OPERATIONS,
  type Operation,
  type SessionToken,
  STREAM_PATH,
} from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import type { HttpRequest, HttpResponse, RelayTransport } from '../transport/port.js';
import { type CallArguments, callRelay, isRefusal, type OpenSession, pathOf, type ResponseOf } from './open-session.js';

/** A token is renewed when it has less than this left. */
const RENEW_BEFORE_MS = 60_000;

export interface SessionOptions {
  readonly transport: RelayTransport;
  readonly baseUrl: string;
  readonly device: DeviceId;
  readonly signingKey: SigningKey;
  readonly fed: FederationId;
  /** The relay's name in the trust list. */
  readonly origin: () => string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface RelaySession extends OpenSession {
  /** Calls an operation as this device. @throws SdkError `relay.*`, `session.refused`, `aborted` */
  call<O extends Operation>(operation: O, args?: CallArguments<O>): Promise<ResponseOf<O>>;
  /** A request outside the table of operations: attachments. */
  blob(request: Omit<HttpRequest, 'path'> & { readonly path: string }): Promise<HttpResponse>;
  /** Headers for the stream's upgrade. */
  streamHeaders(): Promise<Record<string, string>>;
  /** A new token, with the proof that shows it on the stream; and when it ends. */
  renew(): Promise<{ readonly accessToken: string; readonly proof: string; readonly expiresAtMs: number }>;
  readonly expiresAtMs: number;
}

export function createSession(options: SessionOptions): RelaySession {
  const { transport, device, signingKey, fed, now, signal } = options;
  const base = options.baseUrl.replace(/\/$/, '');
  const streamUrl = `${base.replace(/^http/, 'ws')}${STREAM_PATH}`;
  let current: SessionToken | undefined;
  let signingIn: Promise<SessionToken> | undefined;

  const openCall: OpenSession['openCall'] = (operation, args) =>
    callRelay(transport, operation, args ?? {}, {}, signal);

  const signIn = async (): Promise<SessionToken> => {
    try {
      const { nonce } = await openCall(OPERATIONS.sessionChallenge);
      const assertion = await signSessionAssertion(
        { device, fed, origin: options.origin(), nonce, nowMs: now() },
        signingKey,
      );
      const token = await openCall(OPERATIONS.sessionToken, { body: { device, assertion } });
      if (token.fed !== fed) throw new SdkError('federation.mismatch');
      current = token;
      return token;
    } catch (cause) {
      if (isRefusal(cause, 'session.device-refused', 'session.proof-invalid'))
        throw new SdkError('session.refused', undefined, { cause });
      throw cause;
    }
  };
  /** Two callers share one sign-in. */
  const token = (fresh = false): Promise<SessionToken> => {
    if (!fresh && current !== undefined && current.expiresAtMs - now() > RENEW_BEFORE_MS)
      return Promise.resolve(current);
    signingIn ??= signIn().finally(() => {
      signingIn = undefined;
    });
    return signingIn;
  };
  const headersFor = async (method: string, url: string): Promise<Record<string, string>> => {
    const { accessToken } = await token();
    return {
      authorization: `DPoP ${accessToken}`,
      dpop: await signDpopProof({ method, url, accessToken, nowMs: now() }, signingKey),
    };
  };
  /** A token may end between the check and the call, and a restarted relay may have forgotten it: sign in once more. */
  const signedIn = async <T>(attempt: () => Promise<T>): Promise<T> => {
    try {
      return await attempt();
    } catch (error) {
      if (!isRefusal(error, 'session.expired', 'session.nonce-used', 'session.required', 'session.proof-invalid'))
        throw error;
      await token(true);
      return attempt();
    }
  };

  return {
    openCall,
    call: (operation, args) =>
      signedIn(async () =>
        callRelay(
          transport,
          operation,
          args ?? {},
          await headersFor(operation.method, `${base}${pathOf(operation, { params: args?.params })}`),
          signal,
        ),
      ),
    blob: async (request) =>
      transport.request({
        ...request,
        headers: { ...request.headers, ...(await headersFor(request.method, `${base}${request.path}`)) },
      }),
    streamHeaders: () => headersFor('GET', streamUrl),
    renew: async () => {
      const { accessToken, expiresAtMs } = await token(true);
      return {
        accessToken,
        expiresAtMs,
        proof: await signDpopProof({ method: 'GET', url: streamUrl, accessToken, nowMs: now() }, signingKey),
      };
    },
    get expiresAtMs() {
      return current?.expiresAtMs ?? 0;
    },
  };
}

export const blobPath = (id: string): string => `${BLOBS_PATH}/${id}`;
