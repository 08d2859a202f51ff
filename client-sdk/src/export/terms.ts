/**
 * What may be done with a case, at the top of every file of its export: the restrictions as each sender set them, axis by axis.
 * Nothing is derived from another axis: a TLP marking stands only where the sender set one. Pure.
 */
import type { AgencyId, Hash, MessageBody, Restrictions } from '@holdfast/protocol';
import type { Case } from '../cases/case.js';

export interface ExportedTerms {
  /** The message that set them. */
  readonly eh: Hash;
  readonly from: AgencyId;
  readonly restrictions: Restrictions;
  readonly retention: MessageBody<'disclosure'>['retention'];
}

export const termsOf = ({ timeline }: Case): readonly ExportedTerms[] =>
  timeline.flatMap(({ eh, from, message }) =>
    message.kind === 'disclosure'
      ? [{ eh, from, restrictions: message.body.restrictions, retention: message.body.retention }]
      : [],
  );

/** What the requesting side said of telling others, where the case is a freeze alert. */
export const handlingOf = ({ timeline }: Case): MessageBody<'freeze.request'>['handling'] | null => {
  for (const { message } of timeline) if (message.kind === 'freeze.request') return message.body.handling;
  return null;
};

/** One line each, for people. */
export function restrictionLines({ restrictions, retention }: ExportedTerms): readonly (readonly [string, string])[] {
  const { confidentiality, onward, permittedUses, forbiddenUses, handlingNote } = restrictions;
  const until =
    confidentiality.kind === 'until-date'
      ? `until ${confidentiality.date}`
      : confidentiality.kind === 'until-condition'
        ? `until: ${confidentiality.condition.text}`
        : confidentiality.kind;
  return [
    ['Confidentiality', until],
    ['Permitted uses', permittedUses.join(', ') || 'none'],
    ['Forbidden uses', forbiddenUses.join(', ') || 'none named'],
    ['As evidence', restrictions.evidentialUse],
    ['Onward', onward.kind === 'named' ? `only to: ${onward.bodies.join('; ')}` : onward.kind],
    ['Handling code', restrictions.handlingCode],
    ['Traffic light', `TLP:${restrictions.tlp}`],
    ...(handlingNote === undefined ? [] : [['Note', handlingNote.text] as const]),
    ['Retention', `review on ${retention.reviewOn}, erase by ${retention.eraseOn}`],
  ];
}
