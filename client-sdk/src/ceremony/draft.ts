/**
 * A draft: a statement or a trust list on its way from holder to holder, as a file. It carries the payload and the signatures so far.
 * Nobody is believed: each reading verifies every signature and says anew, from the payload alone, what is being signed; what the
 * file itself says about that is for people who open it in an editor.
 */
import { readFile } from 'node:fs/promises';
import { coSignGeneralJws, type SigningKey } from '@holdfast/keys';
import { verifyGeneralJws } from '@holdfast/keys/verify';
import {
  fromBase64url,
  fromUtf8,
  type GeneralJws,
  type KeySet,
  KeySetSchema,
  parserOf,
  parseStatement,
  parseStrict,
  parseTrustList,
  STATEMENT_TYP,
  type Statement,
  TRUST_LIST_TYP,
  type TrustList,
  toBase64url,
} from '@holdfast/protocol';
import { Type } from 'typebox';
import { SdkError } from '../errors.js';
import { writeJson } from '../home/json-file.js';
import { describeStatement, describeTrustList } from './describe.js';

const MAX_DRAFT_BYTES = 2_000_000;
const closed = { additionalProperties: false } as const;
const segment = (maxLength: number) => Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength });

const ASKED = ['root', 'old-root', 'new-root', 'new-key'] as const;
const DraftSchema = Type.Object(
  {
    v: Type.Literal(1),
    kind: Type.Union([Type.Literal('statement'), Type.Literal('trust-list')]),
    summary: Type.Array(Type.String({ maxLength: 4000 }), { maxItems: 20_000 }),
    /** Whose thresholds the maker thinks are needed: for the count on the way; the verdict at the end does not look at it. */
    asks: Type.Array(
      Type.Object(
        {
          what: Type.Union([
            Type.Literal('root'),
            Type.Literal('old-root'),
            Type.Literal('new-root'),
            Type.Literal('new-key'),
          ]),
          set: KeySetSchema,
        },
        closed,
      ),
      { minItems: 1, maxItems: 4 },
    ),
    payload: segment(1_500_000),
    signatures: Type.Array(Type.Object({ protected: segment(512), signature: segment(86) }, closed), { maxItems: 40 }),
  },
  closed,
);
const parseDraft = parserOf('draft', DraftSchema, 'message.invalid');

export interface Ask {
  readonly what: (typeof ASKED)[number];
  readonly set: KeySet;
}

export type Draft = {
  readonly payload: Uint8Array;
  readonly signatures: GeneralJws['signatures'];
  /** Public keys whose signatures are in it, each verified. */
  readonly signers: ReadonlySet<string>;
  readonly asks: readonly Ask[];
} & (
  | { readonly kind: 'statement'; readonly statement: Statement }
  | { readonly kind: 'trust-list'; readonly list: TrustList }
);

/** @throws ProtocolError where the payload is none; SdkError `draft.refused` where a signature does not verify */
export function makeDraft(
  kind: Draft['kind'],
  payload: Uint8Array,
  asks: readonly Ask[],
  signatures: GeneralJws['signatures'] = [],
): Draft {
  const base = { payload, signatures, asks, signers: signersOf(kind, payload, signatures) };
  return kind === 'statement'
    ? { ...base, kind, statement: parseStatement(payload) }
    : { ...base, kind, list: parseTrustList(payload) };
}

function signersOf(
  kind: Draft['kind'],
  payload: Uint8Array,
  signatures: GeneralJws['signatures'],
): ReadonlySet<string> {
  if (signatures.length === 0) return new Set();
  try {
    return verifyGeneralJws({ payload: toBase64url(payload), signatures }, { typ: typOf(kind) }).signers;
  } catch (cause) {
    throw new SdkError('draft.refused', 'A signature in the draft does not verify: the file was changed on its way.', {
      cause,
    });
  }
}

const typOf = (kind: Draft['kind']): string => (kind === 'statement' ? STATEMENT_TYP : TRUST_LIST_TYP);

/** @throws SdkError `draft.refused`; ProtocolError; the system's error where there is no such file */
export async function readDraft(path: string): Promise<Draft> {
  const bytes = await readFile(path);
  if (bytes.length > MAX_DRAFT_BYTES) throw new SdkError('draft.refused', `${path} is too large to be a draft.`);
  const { kind, payload, asks, signatures } = parseDraft(parseStrict(fromUtf8(bytes), { depth: 8, members: 100_000 }));
  return makeDraft(kind, fromBase64url(payload), asks, signatures);
}

export async function writeDraft(path: string, draft: Draft): Promise<void> {
  const { kind, payload, asks, signatures } = draft;
  await writeJson(path, { v: 1, kind, summary: describeDraft(draft), asks, payload: toBase64url(payload), signatures });
}

/** What is being signed, in plain words, from the payload alone. `previous` adds what a trust list changes. */
export const describeDraft = (draft: Draft, previous?: TrustList): string[] =>
  draft.kind === 'statement' ? describeStatement(draft.statement) : describeTrustList(draft.list, previous);

/** The draft with one more signature. @throws SdkError `draft.refused` where nobody asks for this key */
export async function signDraft(draft: Draft, key: SigningKey): Promise<Draft> {
  const publicKey = toBase64url(key.publicKey);
  if (!draft.asks.some(({ set }) => set.keys.includes(publicKey)))
    throw new SdkError('draft.refused', `The draft does not ask for the key ${shortKey(publicKey)}.`);
  const jws = await coSignGeneralJws(draft.payload, draft.signatures, typOf(draft.kind), key);
  return makeDraft(draft.kind, draft.payload, draft.asks, jws.signatures);
}

/** The draft as a JWS. */
export const draftJws = ({ payload, signatures }: Draft): GeneralJws => ({
  payload: toBase64url(payload),
  signatures: [...signatures],
});

const WORDS: Readonly<Record<Ask['what'], string>> = {
  root: 'root keys',
  'old-root': 'root keys in force until now',
  'new-root': 'new root keys',
  'new-key': 'new key itself',
};

/** Whose signatures are still missing, in words; empty where every threshold holds. */
export function missingSignatures(asks: readonly Ask[], signers: ReadonlySet<string>): string[] {
  return asks.flatMap(({ what, set }) => {
    const open = set.keys.filter((key) => !signers.has(key));
    const missing = set.threshold - (set.keys.length - open.length);
    if (missing <= 0) return [];
    const of = open.length === missing ? 'of' : `of any ${missing} of`;
    return [`${missing} more of the ${WORDS[what]}: ${of} ${open.map(shortKey).join(', ')}`];
  });
}

/** The beginning of a public key, to tell holders apart. */
export const shortKey = (key: string): string => `${key.slice(0, 8)}…`;

/** @throws SdkError `signatures.missing`, naming whose */
export function assertSigned(asks: readonly Ask[], signers: ReadonlySet<string>): void {
  const missing = missingSignatures(asks, signers);
  if (missing.length > 0)
    throw new SdkError('signatures.missing', `Signatures are missing. ${missing.join('; ')}.`, {
      issues: missing.map((reason) => ({ field: 'signatures', reason })),
    });
}
