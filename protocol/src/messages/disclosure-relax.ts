/** `disclosure.relax`: the sender loosens or ends restrictions, from an instant on; it can never tighten them. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import { checkDate } from '../subjects/calendar-date.js';
import { axesOf, RelaxationSchema } from '../subjects/relaxation.js';
import type { Check } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const DisclosureRelaxSchema = Type.Object(
  {
    ...written,
    /** The new value of each axis that changes. */
    restrictions: RelaxationSchema,
    fromMs: TimeMsSchema,
    reason: ProseSchema,
  },
  closed,
);
export type DisclosureRelax = Static<typeof DisclosureRelaxSchema>;

const check: Check<DisclosureRelax> = (body, _at, report) => {
  const { confidentiality, handlingCode, handlingNote } = body.restrictions;
  if (axesOf(body.restrictions).length === 0) report('restrictions', 'changes nothing');
  if (confidentiality?.kind === 'until-date')
    checkDate(confidentiality.date, 'restrictions.confidentiality.date', report);
  if (confidentiality?.kind === 'until-condition')
    checkProse(confidentiality.condition, 'restrictions.confidentiality.condition', report);
  if (handlingNote !== undefined) {
    checkProse(handlingNote, 'restrictions.handlingNote', report);
    if (handlingCode === undefined) report('restrictions.handlingCode', 'is missing: the note belongs to a code');
  } else if (handlingCode === 'H3') report('restrictions.handlingNote', 'is missing: H3 means "as stated here"');
  checkProse(body.reason, 'reason', report);
};

export const disclosureRelax = defineKind(
  'disclosure.relax',
  'relaxation of restrictions',
  DisclosureRelaxSchema,
  check,
);
