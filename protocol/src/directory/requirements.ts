/** What a recipient may require of an incoming freeze request beyond its schema, as codes that the sender's software can check. */
import type { MessageBody } from '../messages/index.js';
import type { Advice } from './advice.js';

export const REQUIREMENTS = [
  'birth-date',
  'identifier',
  'dated-amount',
  'institution-code',
  'beneficial-owner',
  'expected-transfer',
  'existing-order',
  'mla-intention',
  'advance-copy',
  'reciprocity',
] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

type Request = MessageBody<'freeze.request'>;

/** What `request` lacks of the recipient's published requirements: empty where it is complete. */
export function checkRequirements(
  request: Request,
  requirements: readonly { readonly requires: Requirement }[],
): readonly Advice[] {
  return requirements.flatMap(({ requires }) =>
    lacking(request, requires).map(
      (field) =>
        ({
          code: 'requirement.missing',
          blocks: true,
          field,
          text: `The recipient requires this: ${requires}.`,
        }) as const,
    ),
  );
}

/** The fields that the requirement asks for and the request does not have. */
function lacking(request: Request, requirement: Requirement): readonly string[] {
  const where = (is: boolean, field: string): string[] => (is ? [field] : []);
  switch (requirement) {
    case 'birth-date':
      return request.subjects.flatMap((subject, index) =>
        where(subject.kind === 'person' && subject.bornOn === undefined, `subjects.${index}.bornOn`),
      );
    case 'identifier':
      return request.subjects.flatMap(({ identifiers }, index) =>
        where((identifiers?.length ?? 0) === 0, `subjects.${index}.identifiers`),
      );
    case 'dated-amount':
      return request.assets.flatMap(({ amount }, index) => where(amount === undefined, `assets.${index}.amount`));
    case 'institution-code':
      return request.assets.flatMap((asset, index) =>
        where(
          asset.kind === 'account' && asset.institution?.bic === undefined && asset.institution?.lei === undefined,
          `assets.${index}.institution`,
        ),
      );
    case 'beneficial-owner':
      return request.assets.flatMap((asset, index) =>
        where(asset.kind === 'account' && asset.beneficialOwners === undefined, `assets.${index}.beneficialOwners`),
      );
    case 'expected-transfer':
      return where(request.risk.transferExpectedAtMs === undefined, 'risk.transferExpectedAtMs');
    case 'existing-order':
      return where(request.basis.existingOrder === undefined, 'basis.existingOrder');
    case 'mla-intention':
      return where(request.mla.kind === 'not-intended', 'mla.kind');
    case 'advance-copy':
      return where(
        request.mla.kind === 'not-intended' || request.mla.advanceCopyHash === undefined,
        'mla.advanceCopyHash',
      );
    case 'reciprocity':
      return where(request.basis.reciprocity === 'not-assured', 'basis.reciprocity');
  }
}
