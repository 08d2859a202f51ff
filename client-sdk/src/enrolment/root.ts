/**
 * Statements that the holders of the root sign: drafts of them, and their publication once the thresholds hold. The draft goes from
 * holder to holder offline; only making it and publishing it need the relay.
 */
import { join } from 'node:path';
import { type Argon2idParams, nextStatement, type SigningKey, type StatementContent } from '@holdfast/keys';
import { type AgencyChain, extendChain, rootsOf, sha256 } from '@holdfast/keys/verify';
import {
  encodeStatement,
  OPERATIONS,
  type Statement,
  sameKeySet,
  statementHash,
  toBase64url,
} from '@holdfast/protocol';
import { type Ask, assertSigned, type Draft, draftJws, makeDraft, signDraft, writeDraft } from '../ceremony/draft.js';
import { type Holder, makeRoot, type RootPlan } from '../ceremony/holders.js';
import { SdkError } from '../errors.js';
import { agencyPaths, readJoinedAgency, writeAgencyFile } from '../home/home.js';
import type { OpenSession } from '../session/open-session.js';
import { fetchChain } from './own-chain.js';

/** An administrator at work on the agency's chain. */
export interface ChainWork {
  readonly home: string;
  readonly session: OpenSession;
  readonly chain: AgencyChain;
  readonly nowMs: number;
}

/** Writes the draft of a statement for the holders; `proof` is the new key, which signs at once. @returns its path */
export async function draftStatement(
  { home, chain, nowMs }: Omit<ChainWork, 'session'>,
  content: StatementContent,
  proof?: SigningKey,
): Promise<string> {
  const statement = nextStatement(chain, content, nowMs);
  const draft = makeDraft('statement', encodeStatement(statement), asksOf(chain, statement));
  const path = join(agencyPaths(home).drafts, `${statement.seq}-${statement.kind}.json`);
  await writeDraft(path, proof === undefined ? draft : await signDraft(draft, proof));
  return path;
}

function asksOf(chain: AgencyChain, statement: Statement): readonly Ask[] {
  switch (statement.kind) {
    case 'root':
      return [
        { what: 'old-root', set: chain.root },
        { what: 'new-root', set: statement.root },
      ];
    case 'directory-key':
      return [
        { what: 'root', set: chain.root },
        { what: 'new-key', set: { threshold: 1, keys: [statement.key] } },
      ];
    case 'revoke':
      return [{ what: 'root', set: chain.root }];
    case 'officer':
    case 'device':
    case 'entry':
    case 'capability':
    case 'archive':
      throw new SdkError('draft.refused', `The root's holders do not sign statements of the kind "${statement.kind}".`);
  }
}

export interface RootDraft {
  readonly path: string;
  readonly draft: Draft;
  /** The new holders. */
  readonly holders: readonly Holder[];
}

/** Makes the new holders' keys and the draft that puts them in the old ones' place. @throws SdkError `message.refused` */
export async function draftRoot(
  work: Omit<ChainWork, 'session'>,
  plan: RootPlan,
  params?: Argon2idParams,
): Promise<RootDraft> {
  const { home, chain, nowMs } = work;
  const stranger = plan.keep?.find((key) => !chain.root.keys.includes(key));
  if (stranger !== undefined)
    throw new SdkError('message.refused', `The key ${stranger} is none of the root keys in force.`);
  const { root, holders } = await makeRoot(agencyPaths(home).root, plan, params);
  const path = await draftStatement(work, { kind: 'root', root });
  const statement = nextStatement(chain, { kind: 'root', root }, nowMs);
  return { path, draft: makeDraft('statement', encodeStatement(statement), asksOf(chain, statement)), holders };
}

/**
 * Publishes a statement once its thresholds hold; again it does nothing. The home follows a change of root.
 * @throws SdkError `signatures.missing`, naming whose; `draft.outdated`, `draft.refused`, `relay.*`; KeysError `chain.refused`
 */
export async function publishDraft(
  home: string,
  draft: Draft,
  session: OpenSession,
): Promise<{ readonly chain: AgencyChain; readonly statement: Statement }> {
  const file = await readJoinedAgency(home);
  if (draft.kind !== 'statement') throw new SdkError('draft.refused', 'The draft is a trust list, not a statement.');
  const { statement, payload } = draft;
  if (statement.agency !== file.agency || statement.fed !== file.federation.fed)
    throw new SdkError('draft.refused', 'The draft is for another agency or federation.');
  const { chain, trust } = await fetchChain(session, file.agency, file.federation.fed);
  let after = chain;
  if (chain.head !== toBase64url(statementHash(sha256, payload))) {
    if (statement.seq !== chain.seq + 1 || statement.prev !== chain.head)
      throw new SdkError(
        'draft.outdated',
        `The draft is for position ${statement.seq}; the chain has gone on to ${chain.seq}. Make it anew.`,
      );
    const vouched = rootsOf(trust, file.agency);
    const isVouched = statement.kind === 'root' && vouched.slice(1).some((set) => sameKeySet(set, statement.root));
    const asks = asksOf(chain, statement).filter(({ what }) => what !== 'old-root' || !isVouched);
    assertSigned(asks, draft.signers);
    const jws = draftJws(draft);
    after = extendChain(chain, jws, vouched).chain;
    await session.openCall(OPERATIONS.appendStatement, {
      params: { agency: file.agency },
      body: { statement: jws, document: null },
    });
  }
  if (statement.kind === 'root') await writeAgencyFile(home, { ...file, root: statement.root });
  return { chain: after, statement };
}
