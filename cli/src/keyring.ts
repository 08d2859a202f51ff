/**
 * The unlock in the system's keyring: macOS Keychain, Windows Credential Manager, the Secret Service on Linux. The native module is
 * loaded only when a keyring is asked for. On Linux there is no falling back to the kernel's keyring, which forgets at a restart.
 */
import type { Unlock } from '@holdfast/keys';
import type { AsyncEntry } from '@napi-rs/keyring';
import { CliError } from './errors.js';

const SERVICE = /^[A-Za-z0-9._-]{1,64}$/;
const KINDS = ['key', 'password'] as const;

/** @throws CliError `keyring.empty`, `keyring.unavailable`, `usage` */
export async function readKeyring(service: string): Promise<Unlock> {
  for (const kind of KINDS) {
    const secret = await (await entryOf(service, kind)).getSecret().catch(unavailable);
    if (secret === null) continue;
    const bytes = Uint8Array.from(secret);
    return kind === 'key'
      ? { kind, key: bytes }
      : { kind, password: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  }
  throw new CliError(
    'keyring.empty',
    `The keyring holds nothing under "${service}"; run \`holdfast keys keyring store\`.`,
  );
}

/** Stores what opens this installation's keystores, in place of what was there. @throws CliError `keyring.unavailable`, `usage` */
export async function storeInKeyring(service: string, unlock: Unlock): Promise<void> {
  await removeFromKeyring(service);
  const secret = unlock.kind === 'key' ? unlock.key : new TextEncoder().encode(unlock.password);
  await (await entryOf(service, unlock.kind)).setSecret(secret).catch(unavailable);
}

/** @returns whether there was anything. @throws CliError `keyring.unavailable`, `usage` */
export async function removeFromKeyring(service: string): Promise<boolean> {
  let found = false;
  for (const kind of KINDS)
    found = (await (await entryOf(service, kind)).deleteCredential().catch(unavailable)) || found;
  return found;
}

async function entryOf(service: string, kind: (typeof KINDS)[number]): Promise<AsyncEntry> {
  if (!SERVICE.test(service))
    throw new CliError('usage', 'A keyring service has letters, digits, dots, hyphens and underscores, 64 at most.');
  try {
    const { AsyncEntry: Entry } = await import('@napi-rs/keyring');
    return new Entry(service, `holdfast-${kind}`, { linux: { store: 'secret-service' } });
  } catch (cause) {
    return unavailable(cause);
  }
}

function unavailable(cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new CliError(
    'keyring.unavailable',
    `The system's keyring does not answer (${why}). On a machine without one, set HOLDFAST_UNLOCK_KEY_FILE or HOLDFAST_PASSWORD_FILE, which may name a file descriptor such as /dev/fd/3.`,
    { cause },
  );
}
