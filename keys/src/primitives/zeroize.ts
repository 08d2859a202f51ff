/** Overwrites secrets that are no longer needed. Best effort: the runtime may have made copies. */
export function zeroize(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}
