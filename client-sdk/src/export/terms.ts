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
  readonly retention: MessageBody<'disclosure'>['retention'] | null;
}

/** Those of every message that carries restrictions, whatever its kind. */
export const termsOf = ({ timeline }: Case): readonly ExportedTerms[] =>
  timeline.flatMap(({ eh, from, message }): readonly ExportedTerms[] => {
    if (message.kind === 'disclosure')
      return [{ eh, from, restrictions: message.body.restrictions, retention: message.body.retention }];
    if (message.kind === 'disclosure.offer' || message.kind === 'disclosure.revise')
      return [{ eh, from, restrictions: message.body.terms, retention: null }];
    return [];
  });

/** What the requesting side said of telling others, where the case is a freeze alert. */
export const handlingOf = ({ timeline }: Case): MessageBody<'freeze.request'>['handling'] | null => {
  for (const { message } of timeline) if (message.kind === 'freeze.request') return message.body.handling;
  return null;
};

/** One line each, for people. */
function restrictionLines({ restrictions, retention }: ExportedTerms): readonly (readonly [string, string])[] {
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
    ...(retention === null
      ? []
      : [['Retention', `review on ${retention.reviewOn}, erase by ${retention.eraseOn}`] as const]),
  ];
}

/** A heading and its lines. */
export interface HeadSection {
  readonly title: string;
  readonly lines: readonly (readonly [string, string])[];
}

/** Everything that stands first in each file of an export; none where the case's messages set nothing. */
export function headOf(found: Case): readonly HeadSection[] {
  const handling = handlingOf(found);
  return [
    ...termsOf(found).map((terms) => ({
      title: `Restrictions set by ${terms.from}`,
      lines: restrictionLines(terms),
    })),
    ...(handling === null
      ? []
      : [
          {
            title: 'Handling of the freeze alert',
            lines: [
              ['Tell the institution', handling.mayTellInstitution ? 'yes' : 'NO'],
              ['Tell the client', handling.mayTellClient === 'no' ? 'NO' : handling.mayTellClient],
            ] as const,
          },
        ]),
  ];
}

/** A section on one line. */
export const headLine = ({ title, lines }: HeadSection): string =>
  `${title}: ${lines.map(([name, value]) => `${name}: ${value.replace(/\s+/g, ' ')}`).join('; ')}.`;
