/** What a matter rests on, sorted into the keys of the tables (spec 58-statistics). */
import type { Form, Stated } from './facts.js';
import { NOT_STATED } from './table.js';

/** The Convention, another instrument, both, or nothing stated. */
export function basisOf({ legalBasis }: Stated): string {
  const [isUncac, isOther] = [
    legalBasis.some(({ kind }) => kind === 'uncac'),
    legalBasis.some(({ kind }) => kind === 'other'),
  ];
  if (isUncac) return isOther ? 'both' : 'uncac';
  return isOther ? 'other' : NOT_STATED;
}

/** `UNCAC 46(4)`, or `other: ` and the instrument with its provision as the sender wrote them. */
export function provisionsOf({ legalBasis }: Stated): readonly string[] {
  if (legalBasis.length === 0) return [NOT_STATED];
  return legalBasis.map((basis) =>
    basis.kind === 'uncac' ? `UNCAC ${basis.article}` : `other: ${basis.instrument}, ${basis.provision}`,
  );
}

/** Bribery, embezzlement, trading in influence, abuse of functions, illicit enrichment; what launders or hides goes with any crime. */
const CORRUPTION = new Set(['15', '16(1)', '16(2)', '17', '18', '19', '20', '21', '22']);
export const isCorruption = ({ offences }: Stated): boolean => offences.some((article) => CORRUPTION.has(article));

/** A freeze alert always; a disclosure where it rests on chapter V of the Convention (articles 51 to 59). */
export function isAssetRecovery(form: Form, { legalBasis }: Stated): boolean {
  if (form === 'freeze-alert') return true;
  return legalBasis.some((basis) => basis.kind === 'uncac' && /^5[1-9](\(|$)/.test(basis.article));
}
