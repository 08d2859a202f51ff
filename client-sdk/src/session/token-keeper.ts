/** The session's access token: one sign-in at a time, whoever asks; renewed while the old one still holds. */
import type { SessionToken } from '@holdfast/protocol';

/** A token is renewed when it has less than this left, or a quarter of its life where that is less. */
const RENEW_BEFORE_MS = 90_000;

export class TokenKeeper {
  readonly #now: () => number;
  readonly #signIn: () => Promise<SessionToken>;
  #token: SessionToken | undefined;
  #signingIn: Promise<SessionToken> | undefined;
  #renewAtMs = 0;

  constructor(now: () => number, signIn: () => Promise<SessionToken>) {
    this.#now = now;
    this.#signIn = signIn;
  }

  get renewAtMs(): number {
    return this.#renewAtMs;
  }

  /** A token that is not yet due for renewal. */
  current(): Promise<SessionToken> {
    if (this.#token !== undefined && this.#now() < this.#renewAtMs) return Promise.resolve(this.#token);
    return this.#fresh();
  }

  /** Another token than `refused`, which the relay did not take; callers refused together share the next one. */
  after(refused: SessionToken): Promise<SessionToken> {
    return this.#token === refused ? this.#fresh() : this.current();
  }

  #fresh(): Promise<SessionToken> {
    this.#signingIn ??= this.#signInOnce().finally(() => {
      this.#signingIn = undefined;
    });
    return this.#signingIn;
  }

  async #signInOnce(): Promise<SessionToken> {
    const token = await this.#signIn();
    this.#token = token;
    this.#renewAtMs = token.expiresAtMs - Math.min(RENEW_BEFORE_MS, Math.max(0, token.expiresAtMs - this.#now()) / 4);
    return token;
  }
}
