/**
 * May this be passed on to that body? Asked by everything that would pass it on: a redirection, an export, a note to a third agency. Pure;
 * no answer is not consent.
 */
import {
  type ConsentGrant,
  coversItem,
  type DutyRef,
  isGrantOpen,
  isSameBody,
  type NamedBody,
  type SharedItem,
  standing,
} from '@holdfast/protocol';
import type { Case } from '../cases/case.js';
import { SdkError } from '../errors.js';
import type { FoldedConsent } from './fold-consent.js';

export type OnwardAnswer =
  | {
      readonly allowed: true;
      /** Our own information; terms that leave it free or name the body; or a consent in force. */
      readonly by: 'own' | 'terms' | 'consent';
      readonly consent: { readonly ref: DutyRef; readonly grant: ConsentGrant } | null;
    }
  | { readonly allowed: false; readonly reason: string; readonly advice: string };

/**
 * @param item which message of the case, or which part of it
 * @param atMs the instant of sharing: a grant revoked later still covers it, one given later does not
 */
export function mayShareOnward(
  found: Pick<Case, 'timeline' | 'duties'>,
  body: NamedBody,
  item: SharedItem,
  atMs: number,
): OnwardAnswer {
  const source = found.timeline.find(({ eh }) => eh === item.eh);
  if (source === undefined) return refused('the case holds no such message', 'Name the message by its envelope hash.');
  if (source.ours) return { allowed: true, by: 'own', consent: null };
  const { message } = source;
  if (message.kind === 'disclosure' && isFreeFor(message.body.restrictions.onward, body))
    return { allowed: true, by: 'terms', consent: null };
  const asked = found.duties.consents.filter(
    ({ request }) => isSameBody(request.body, body) && coversItem(request.items, item),
  );
  for (const consent of asked) {
    const grant = grantAt(consent, atMs);
    if (grant !== null && coversItem(grant.items, item) && isGrantOpen(grant, atMs))
      return { allowed: true, by: 'consent', consent: { ref: consent.ref, grant } };
  }
  const latest = asked.at(-1);
  return latest === undefined
    ? refused(
        `${source.from} has not been asked whether ${body.name} may have it`,
        'Ask for consent, naming the body, the purpose and the items.',
      )
    : refused(`the consent ${latest.ref} is ${latest.state}`, ADVICE[latest.state]);
}

/** The same, throwing. @throws SdkError `consent.required`, which says what to do */
export function assertMayShareOnward(
  found: Pick<Case, 'timeline' | 'duties'>,
  body: NamedBody,
  items: readonly SharedItem[],
  atMs: number,
): void {
  for (const [index, item] of items.entries()) {
    const answer = mayShareOnward(found, body, item, atMs);
    if (answer.allowed) continue;
    throw new SdkError(
      'consent.required',
      `It may not be shared with ${body.name}: ${answer.reason}. ${answer.advice}`,
      {
        issues: [{ field: `items.${index}`, reason: `${answer.reason}. ${answer.advice}` }],
      },
    );
  }
}

const ADVICE: Readonly<Record<FoldedConsent['state'], string>> = {
  unasked: 'Ask for consent.',
  requested: 'Wait for the answer; no answer is not consent.',
  unanswered: 'Telephone the originator; no answer is not consent.',
  granted: 'The grant does not cover this item on this day: ask again for it.',
  conditional: 'The grant does not cover this item on this day: ask again for it.',
  refused: 'The originator has refused, with a ground; ask again only where that ground has fallen away.',
  revoked: 'The originator has taken the grant back for the future; ask again.',
};

const refused = (reason: string, advice: string): OnwardAnswer => ({ allowed: false, reason, advice });

function isFreeFor(
  onward: { readonly kind: string } | { readonly kind: 'named'; readonly bodies: readonly string[] },
  body: NamedBody,
): boolean {
  if (onward.kind === 'free') return true;
  const { agency, country } = body;
  const isNamed = (name: string): boolean =>
    name === agency || isSameBody({ name, country }, { name: body.name, country });
  return 'bodies' in onward && onward.bodies.some(isNamed);
}

/** The grant as it stood at `atMs`, by what had been said by then. */
function grantAt({ words, request }: FoldedConsent, atMs: number): ConsentGrant | null {
  const spoken = words.filter((word) => word.atMs <= atMs);
  const asWords = spoken.map(({ eh, supersedes, ...word }) => ({
    ...word,
    id: eh,
    after: new Set(supersedes),
  }));
  return standing(asWords, request.items).grant;
}
