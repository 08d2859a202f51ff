/**
 * A device's session: signs in when it must, renews its token in time, and puts a fresh DPoP proof (RFC 9449) on every request.
 * Nothing here is kept on disk; a relay that has forgotten a token is simply asked for another.
 */
import { type SigningKey, signDpopProof, signSessionAssertion } from '@holdfast/keys';
import {
  BLOBS_PATH,
  type DeviceId,
  type FederationId,
  OPERATIONS,
  type Operation,
  type Problem,
  ProtocolError,
  problemOf,
  STREAM_PATH,
} from '@holdfast/protocol';
import { SdkError } from '../errors.js';
import { underSignals, untilAborted } from '../transport/linked-signal.js';
import type { FrameSocket, HttpRequest, HttpResponse, RelayTransport } from '../transport/port.js';
import { isRefusal, refusalOf } from '../transport/refusal.js';
import { type CallArguments, callRelay, type OpenSession, pathOf, type ResponseOf } from './open-session.js';
import { TokenKeeper } from './token-keeper.js';

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
  /** Calls an operation as this device. @throws SdkError `relay.*`, `session.refused`, `federation.mismatch`, `aborted` */
  call<O extends Operation>(operation: O, args?: CallArguments<O>): Promise<ResponseOf<O>>;
  /** A request outside the table of operations: attachments. Any status but 401 is the caller's to judge. */
  blob(request: HttpRequest): Promise<HttpResponse>;
  /** The stream, opened as this device. @throws SdkError as `call` */
  openStream(signal: AbortSignal): Promise<FrameSocket>;
  /** Headers for the stream's upgrade. */
  streamHeaders(): Promise<Record<string, string>>;
  /** A token that holds for a while, and the proof that shows it on the stream. */
  renew(): Promise<{ readonly accessToken: string; readonly proof: string }>;
  /** When a new token is due, by this side's clock; 0 before the first. */
  readonly renewAtMs: number;
}

export function createSession(options: SessionOptions): RelaySession {
  const { transport, device, signingKey, fed, now, signal } = options;
  const base = options.baseUrl.replace(/\/$/, '');
  const streamUrl = `${base.replace(/^http/, 'ws')}${STREAM_PATH}`;

  const openCall: OpenSession['openCall'] = (operation, args) =>
    callRelay(transport, operation, args ?? {}, {}, signal);
  const tokens = new TokenKeeper(now, async () => {
    const { nonce } = await openCall(OPERATIONS.sessionChallenge);
    const request = { device, fed, origin: options.origin(), nonce, nowMs: now() };
    const assertion = await signSessionAssertion(request, signingKey);
    const token = await openCall(OPERATIONS.sessionToken, { body: { device, assertion } }).catch((error: unknown) => {
      // What was signed just now has ended already: the clocks differ.
      throw isRefusal(error, 'session.expired') ? proofRefused(error) : error;
    });
    if (token.fed !== fed) throw new SdkError('federation.mismatch');
    return token;
  });
  const proofFor = (method: string, url: string, accessToken: string): Promise<string> =>
    signDpopProof({ method, url, accessToken, nowMs: now() }, signingKey);
  const headersFor = async (method: string, url: string, accessToken: string): Promise<Record<string, string>> => ({
    authorization: `DPoP ${accessToken}`,
    dpop: await proofFor(method, url, accessToken),
  });

  /** A token may end between the check and the call, and a restarted relay may have forgotten it: sign in once more. */
  const signedIn = async <T>(abort: AbortSignal, attempt: (accessToken: string) => Promise<T>): Promise<T> => {
    try {
      const shown = await untilAborted(tokens.current(), abort);
      try {
        return await attempt(shown.accessToken);
      } catch (error) {
        if (!isRefusal(error, 'session.expired', 'session.nonce-used', 'session.required', 'session.proof-invalid'))
          throw error;
        const fresh = await untilAborted(tokens.after(shown), abort);
        return await attempt(fresh.accessToken);
      }
    } catch (error) {
      throw sessionError(error);
    }
  };

  return {
    openCall,
    call: <O extends Operation>(operation: O, args: CallArguments<O> = {}) =>
      underSignals([signal, args.signal], (either) =>
        signedIn(either, async (accessToken) => {
          const url = `${base}${pathOf(operation, args.params === undefined ? {} : { params: args.params })}`;
          const headers = await headersFor(operation.method, url, accessToken);
          return callRelay(transport, operation, args, headers, either);
        }),
      ),
    blob: (request) =>
      underSignals([signal, request.signal], (either) =>
        signedIn(either, async (accessToken) => {
          const headers = await headersFor(request.method, `${base}${request.path}`, accessToken);
          const response = await transport.request({
            ...request,
            headers: { ...request.headers, ...headers },
            signal: either,
          });
          // The answer to HEAD has no body that would say more.
          if (response.status === 401) throw response.body.length === 0 ? expired() : refusalOf(response);
          return response;
        }),
      ),
    openStream: (abort) =>
      signedIn(abort, async (accessToken) =>
        transport.openStream({ headers: await headersFor('GET', streamUrl, accessToken), signal: abort }),
      ),
    streamHeaders: async () => headersFor('GET', streamUrl, (await tokens.current()).accessToken),
    renew: async () => {
      const { accessToken } = await tokens.current().catch((error: unknown) => {
        throw sessionError(error);
      });
      return { accessToken, proof: await proofFor('GET', streamUrl, accessToken) };
    },
    get renewAtMs() {
      return tokens.renewAtMs;
    },
  };
}

const expired = (): SdkError =>
  new SdkError('relay.refused', undefined, { problem: problemOf(new ProtocolError('session.expired')) });

/** What concerns the device, not the request, must not look like a refusal of the request. */
function sessionError(error: unknown): unknown {
  if (isRefusal(error, 'session.device-refused'))
    return new SdkError('session.refused', undefined, { cause: error, problem: error.problem });
  return isRefusal(error, 'session.proof-invalid', 'session.required') ? proofRefused(error) : error;
}

const proofRefused = (cause: SdkError & { readonly problem: Problem }): SdkError =>
  new SdkError(
    'session.refused',
    "The relay does not accept the proof of this device's key. Is this machine's clock right, and the relay's address the one it gives itself?",
    { cause, problem: cause.problem },
  );

/** The address of an attachment, from the relay's base URL on. */
export const blobPath = (id: string): string => `${BLOBS_PATH}/${id}`;
