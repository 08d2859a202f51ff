/** A relay that lies has its own key, of course: what it signs is its word, and no more. */
export interface RelayKey {
  /** Base64url, as the trust list names it. */
  readonly publicKey: string;
  readonly origin: string;
  sign(bytes: Uint8Array): Uint8Array;
}
