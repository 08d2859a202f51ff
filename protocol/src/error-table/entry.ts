/** One line of the table of errors. */
export interface ErrorEntry {
  /** HTTP status where the relay answers with it; null where it never leaves the process that raised it. */
  readonly status: number | null;
  /** True where the same bytes may succeed later. */
  readonly retryable: boolean;
  /** For the peer: what is wrong and what to do. */
  readonly peer: string;
  /** For whoever runs the process that raised it. */
  readonly operator: string;
}

export const entry = (status: number | null, retryable: boolean, peer: string, operator: string): ErrorEntry => ({
  status,
  retryable,
  peer,
  operator,
});
