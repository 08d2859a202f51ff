/** Whom to telephone: the duty contacts that an agency has published, by name and number. */
import type { AgencyId } from '@holdfast/protocol';
import type { RecordsOf } from '../directory/records-at-hand.js';

export interface DutyContact {
  readonly agency: AgencyId;
  /** Of the person, or of the office. */
  readonly name: string;
  readonly phone: string;
}

/** Those with a telephone number, in the agency's own order; none where its entry is not at hand. */
export const dutyContacts = (agencies: readonly AgencyId[], recordsOf: RecordsOf): readonly DutyContact[] =>
  agencies.flatMap((agency) =>
    (recordsOf(agency).entry?.dutyRoster.contacts ?? []).flatMap(({ name, role, phone }) =>
      phone === undefined ? [] : [{ agency, name: name ?? role, phone }],
    ),
  );
