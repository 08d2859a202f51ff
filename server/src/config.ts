/**
 * The relay's configuration: a JSON file and `HOLDFAST_RELAY_*` variables over it, checked by schema. An unknown key is fatal, so
 * that a misspelt limit is not a missing one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FederationIdSchema,
  fromUtf8,
  OriginSchema,
  ProtocolError,
  parserOf,
  parseStrict,
  STREAM_PATH,
} from '@holdfast/protocol';
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const positive = (maximum: number) => Type.Integer({ minimum: 1, maximum });

const FileSchema = Type.Object(
  {
    host: Type.Optional(Type.String({ maxLength: 255 })),
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535 })),
    dataDir: Type.String({ minLength: 1, maxLength: 4096 }),
    origin: OriginSchema,
    fed: FederationIdSchema,
    /** Public addresses, where they differ from host and port: proofs name them. */
    baseUrl: Type.Optional(Type.String({ pattern: '^https?://[^?#]+$', maxLength: 512 })),
    streamUrl: Type.Optional(Type.String({ pattern: '^wss?://[^?#]+$', maxLength: 512 })),
    /** The first trust list, taken in at the first start. */
    trustListFile: Type.Optional(Type.String({ maxLength: 4096 })),
    /** Ed25519 seed of the relay, 32 bytes in base64url; default `<dataDir>/relay.key`. */
    keyFile: Type.Optional(Type.String({ maxLength: 4096 })),
    allowedOrigins: Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 16 })),
    limits: Type.Optional(
      Type.Object(
        {
          requestsPerMinute: Type.Optional(positive(1_000_000)),
          requestsPerAddress: Type.Optional(positive(1_000_000)),
          signedPerAddress: Type.Optional(positive(1_000_000)),
          attachmentBytes: Type.Optional(positive(64 * 2 ** 30)),
          agencyAttachmentBytes: Type.Optional(positive(2 ** 42)),
          mailboxItems: Type.Optional(positive(10_000_000)),
          bufferedBytes: Type.Optional(positive(2 ** 30)),
        },
        closed,
      ),
    ),
    timeouts: Type.Optional(
      Type.Object(
        { resumeMs: Type.Optional(positive(60_000)), slowReaderMs: Type.Optional(positive(600_000)) },
        closed,
      ),
    ),
  },
  closed,
);
type ConfigFile = Static<typeof FileSchema>;

export interface RelayConfig {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly origin: string;
  readonly fed: ConfigFile['fed'];
  readonly baseUrl: string | undefined;
  readonly streamUrl: string | undefined;
  readonly trustListFile: string | undefined;
  readonly keyFile: string;
  readonly allowedOrigins: readonly string[];
  readonly limits: {
    /** Of one device, over HTTP. */
    readonly requestsPerMinute: number;
    /** Of one network address a minute: all gateways of an agency may stand behind one. */
    readonly requestsPerAddress: number;
    /** Likewise of what is taken for its signatures alone, which cost time to check: sign-ins, statements, trust lists. */
    readonly signedPerAddress: number;
    readonly attachmentBytes: number;
    readonly agencyAttachmentBytes: number;
    /** Unacknowledged items of one mailbox. */
    readonly mailboxItems: number;
    /** Unsent bytes to one client before it is cut off. */
    readonly bufferedBytes: number;
  };
  readonly timeouts: {
    /** From the upgrade to the first frame. */
    readonly resumeMs: number;
    /** A client that takes nothing for this long is cut off. */
    readonly slowReaderMs: number;
  };
}

const check = parserOf('configuration', FileSchema, 'message.invalid');

/** @throws ProtocolError `message.invalid`, `encoding.*` naming the field; the file system's own error */
export function readConfig(path: string, env: Readonly<Record<string, string | undefined>>): RelayConfig {
  const file = parseStrict(fromUtf8(readFileSync(path)));
  return completeConfig(typeof file === 'object' && file !== null ? { ...file, ...fromEnvironment(env) } : file);
}

/** Checks a configuration and fills in the defaults. @throws ProtocolError `message.invalid` */
export function completeConfig(value: unknown): RelayConfig {
  const file = check(value);
  const { limits = {}, timeouts = {} } = file;
  return {
    host: file.host ?? '127.0.0.1',
    port: file.port ?? 4640,
    dataDir: file.dataDir,
    origin: file.origin,
    fed: file.fed,
    baseUrl: file.baseUrl,
    streamUrl: file.streamUrl,
    trustListFile: file.trustListFile,
    keyFile: file.keyFile ?? join(file.dataDir, 'relay.key'),
    allowedOrigins: file.allowedOrigins ?? [],
    limits: {
      requestsPerMinute: limits.requestsPerMinute ?? 6000,
      requestsPerAddress: limits.requestsPerAddress ?? 60_000,
      signedPerAddress: limits.signedPerAddress ?? 1200,
      attachmentBytes: limits.attachmentBytes ?? 2 ** 30,
      agencyAttachmentBytes: limits.agencyAttachmentBytes ?? 50 * 2 ** 30,
      mailboxItems: limits.mailboxItems ?? 100_000,
      bufferedBytes: limits.bufferedBytes ?? 16 * 2 ** 20,
    },
    timeouts: { resumeMs: timeouts.resumeMs ?? 5000, slowReaderMs: timeouts.slowReaderMs ?? 30_000 },
  };
}

const VARIABLES = {
  HOLDFAST_RELAY_HOST: (text: string) => ({ host: text }),
  HOLDFAST_RELAY_PORT: (text: string) => ({ port: Number(text) }),
  HOLDFAST_RELAY_DATA_DIR: (text: string) => ({ dataDir: text }),
  HOLDFAST_RELAY_ORIGIN: (text: string) => ({ origin: text }),
  HOLDFAST_RELAY_FED: (text: string) => ({ fed: text }),
  HOLDFAST_RELAY_TRUST_LIST_FILE: (text: string) => ({ trustListFile: text }),
  HOLDFAST_RELAY_BASE_URL: (text: string) => ({ baseUrl: text }),
  HOLDFAST_RELAY_STREAM_URL: (text: string) => ({ streamUrl: text }),
  HOLDFAST_RELAY_KEY_FILE: (text: string) => ({ keyFile: text }),
} as const;

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): object {
  const known: Record<string, (text: string) => object> = VARIABLES;
  let values: object = {};
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('HOLDFAST_RELAY_') || text === undefined) continue;
    const read = known[name];
    if (read === undefined)
      throw new ProtocolError(
        'message.invalid',
        `${name} is not a setting of the relay; known are ${Object.keys(known).join(', ')}.`,
      );
    values = { ...values, ...read(text) };
  }
  return values;
}

/** The addresses that proofs must name, once the port is known. */
export function publicUrls(
  config: RelayConfig,
  port: number,
): { readonly baseUrl: string; readonly streamUrl: string } {
  const baseUrl = (config.baseUrl ?? `http://${config.host}:${port}`).replace(/\/$/, '');
  return { baseUrl, streamUrl: config.streamUrl ?? `${baseUrl.replace(/^http/, 'ws')}${STREAM_PATH}` };
}
