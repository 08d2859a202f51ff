/**
 * Loosening what was asked of the recipient: never tightening after the fact (article 46(5); domain, Flow 2). Each axis is compared
 * for itself, since none says anything of another; some values of one axis do not compare at all, and then neither is looser.
 */
import { Type } from 'typebox';
import { MS_PER_DAY } from '../ids.js';
import { type Restrictions, RestrictionsSchema, USES } from './restrictions.js';
import { closed } from './shape.js';

/** The axes; a handling code and its note are one. */
export const RESTRICTION_AXES = [
  'confidentiality',
  'permittedUses',
  'forbiddenUses',
  'evidentialUse',
  'onward',
  'handling',
  'tlp',
] as const;
export type RestrictionAxis = (typeof RESTRICTION_AXES)[number];

const { confidentiality, permittedUses, forbiddenUses, evidentialUse, onward, handlingCode, handlingNote, tlp } =
  RestrictionsSchema.properties;

/** New values for some axes; what is absent stays as it is. */
export const RelaxationSchema = Type.Partial(
  Type.Object(
    { confidentiality, permittedUses, forbiddenUses, evidentialUse, onward, handlingCode, handlingNote, tlp },
    closed,
  ),
  closed,
);
export type Relaxation = Partial<Restrictions>;

/** Whether `after` asks no more than `before` does, axis by axis. Equal restrictions are one of the other. */
export const isRelaxation = (before: Restrictions, after: Restrictions): boolean =>
  RESTRICTION_AXES.every((axis) => isLooser(axis, before, after));

/** Whether `after` asks no more than `before` on one axis. */
export function isLooser(axis: RestrictionAxis, before: Restrictions, after: Restrictions): boolean {
  switch (axis) {
    case 'confidentiality':
      return confidentialityLooser(before.confidentiality, after.confidentiality);
    case 'permittedUses':
      return isWithin(before.permittedUses, after.permittedUses);
    case 'forbiddenUses':
      return isWithin(after.forbiddenUses, before.forbiddenUses);
    case 'evidentialUse':
      return (
        before.evidentialUse === after.evidentialUse ||
        before.evidentialUse === 'never' ||
        after.evidentialUse === 'permitted'
      );
    case 'onward':
      return onwardLooser(before.onward, after.onward);
    case 'handling':
      return (
        after.handlingCode === 'H0' ||
        (before.handlingCode === after.handlingCode && before.handlingNote?.text === after.handlingNote?.text)
      );
    case 'tlp':
      return TLP_ORDER.indexOf(after.tlp) <= TLP_ORDER.indexOf(before.tlp);
  }
}

/** From what anybody may know to what only the addressee may. */
const TLP_ORDER: readonly Restrictions['tlp'][] = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'];

const isWithin = (part: readonly string[], whole: readonly string[]): boolean =>
  part.every((value) => whole.includes(value));

function confidentialityLooser(
  before: Restrictions['confidentiality'],
  after: Restrictions['confidentiality'],
): boolean {
  if (after.kind === 'none' || before.kind === 'indefinite') return true;
  if (before.kind === 'until-date' && after.kind === 'until-date') return after.date <= before.date;
  if (before.kind === 'until-condition' && after.kind === 'until-condition')
    return before.condition.text === after.condition.text;
  // A date and a condition do not compare: nobody knows which comes first.
  return false;
}

function onwardLooser(before: Restrictions['onward'], after: Restrictions['onward']): boolean {
  if (after.kind === 'free' || before.kind === 'none') return true;
  if (before.kind === 'named' && after.kind === 'named') return isWithin(before.bodies, after.bodies);
  return before.kind === after.kind;
}

/** The axes that a relaxation names. */
export const axesOf = (relaxation: Relaxation): readonly RestrictionAxis[] =>
  RESTRICTION_AXES.filter((axis) => (axis === 'handling' ? 'handlingCode' in relaxation : axis in relaxation));

/** `before` with one axis of `relaxation`. */
export function withAxis(axis: RestrictionAxis, before: Restrictions, relaxation: Relaxation): Restrictions {
  if (axis !== 'handling') return { ...before, [axis]: relaxation[axis] ?? before[axis] };
  const { handlingNote: _note, ...rest } = before;
  const { handlingCode: code = before.handlingCode, handlingNote: note } = relaxation;
  return { ...rest, handlingCode: code, ...(note === undefined ? {} : { handlingNote: note }) };
}

/** Applies each named axis that loosens; the others stay, so that two relaxations give the same in either order. */
export function relaxed(before: Restrictions, relaxation: Relaxation): Restrictions {
  let result = before;
  for (const axis of axesOf(relaxation)) {
    const after = withAxis(axis, result, relaxation);
    if (isLooser(axis, result, after)) result = after;
  }
  return result;
}

/** The axes of `relaxation` that would ask more than `before`, or what does not compare with it. */
export const tightenedAxes = (before: Restrictions, relaxation: Relaxation): readonly RestrictionAxis[] =>
  axesOf(relaxation).filter((axis) => !isLooser(axis, before, withAxis(axis, before, relaxation)));

/** Confidentiality until a date ends by itself once that day is over everywhere on earth (12:00 UTC on the day after). */
export function restrictionsAt(restrictions: Restrictions, atMs: number): Restrictions {
  const { confidentiality: kept } = restrictions;
  if (kept.kind !== 'until-date') return restrictions;
  const endsAtMs = Date.UTC(
    Number(kept.date.slice(0, 4)),
    Number(kept.date.slice(5, 7)) - 1,
    Number(kept.date.slice(8)),
  );
  return atMs < endsAtMs + 1.5 * MS_PER_DAY ? restrictions : { ...restrictions, confidentiality: { kind: 'none' } };
}

const LOOSEST: Restrictions = {
  confidentiality: { kind: 'none' },
  permittedUses: [...USES],
  forbiddenUses: [],
  evidentialUse: 'permitted',
  onward: { kind: 'free' },
  handlingCode: 'H0',
  tlp: 'CLEAR',
};

/** Nothing is asked of the recipient: such a disclosure goes out without anybody's acceptance. */
export const isUnrestricted = (restrictions: Restrictions): boolean => isRelaxation(LOOSEST, restrictions);
