/**
 * What the recipient may do with what it is told (article 46(5)): axes of their own that do not convert into each other.
 * The object is hashed as a whole; its hash is what a recipient accepts, in advance or offer by offer (spec 40, "Terms").
 */
import { type Static, Type } from 'typebox';
import { concat, context } from '../encoding/bytes.js';
import { canonicalBytes } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import type { Sha256 } from '../envelope/core.js';
import { checkDate, DateSchema } from './calendar-date.js';
import { assertChecked } from './checked.js';
import { below, type Check } from './report.js';
import { choice, closed, line, tagged } from './shape.js';
import { checkProse, ProseSchema } from './text.js';

export const USES = [
  'intelligence',
  'investigation',
  'prosecution',
  'asset-recovery',
  'tax',
  'administrative',
  'supervision',
  'vetting',
] as const;

export const RestrictionsSchema = Type.Object(
  {
    confidentiality: tagged('kind', {
      none: Type.Object({ kind: Type.Literal('none') }, closed),
      'until-date': Type.Object({ kind: Type.Literal('until-date'), date: DateSchema }, closed),
      'until-condition': Type.Object({ kind: Type.Literal('until-condition'), condition: ProseSchema }, closed),
      indefinite: Type.Object({ kind: Type.Literal('indefinite') }, closed),
    }),
    permittedUses: Type.Array(choice(USES), { uniqueItems: true, maxItems: USES.length }),
    forbiddenUses: Type.Array(choice(USES), { uniqueItems: true, maxItems: USES.length }),
    evidentialUse: choice(['permitted', 'after-mla-request', 'with-consent', 'never']),
    onward: tagged('kind', {
      free: Type.Object({ kind: Type.Literal('free') }, closed),
      'with-consent': Type.Object({ kind: Type.Literal('with-consent') }, closed),
      named: Type.Object(
        { kind: Type.Literal('named'), bodies: Type.Array(line(300), { minItems: 1, maxItems: 50 }) },
        closed,
      ),
      none: Type.Object({ kind: Type.Literal('none') }, closed),
    }),
    /** Europol: H0 none, H1 not in proceedings without permission, H2 not onward without permission, H3 as `handlingNote` says. */
    handlingCode: choice(['H0', 'H1', 'H2', 'H3']),
    handlingNote: Type.Optional(ProseSchema),
    /** FIRST, Traffic Light Protocol 2.0. */
    tlp: choice(['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED']),
  },
  closed,
);
export type Restrictions = Static<typeof RestrictionsSchema>;

export const checkRestrictions: Check<Restrictions> = (restrictions, base, report) => {
  const at = (name: string): string => below(base, name);
  const { confidentiality, permittedUses, forbiddenUses, handlingCode, handlingNote } = restrictions;
  if (confidentiality.kind === 'until-date') checkDate(confidentiality.date, at('confidentiality.date'), report);
  if (confidentiality.kind === 'until-condition')
    checkProse(confidentiality.condition, at('confidentiality.condition'), report);
  forbiddenUses.forEach((use, index) => {
    if (permittedUses.includes(use)) report(at(`forbiddenUses.${index}`), `${use} is permitted and forbidden at once`);
  });
  if (handlingNote !== undefined) checkProse(handlingNote, at('handlingNote'), report);
  else if (handlingCode === 'H3') report(at('handlingNote'), 'is missing: H3 means "as stated here"');
};

const parseShape = parserOf('terms', RestrictionsSchema, 'message.invalid');

/** Reads restrictions that stand alone, as in a file of standing terms. @throws ProtocolError `message.invalid` */
export function parseRestrictions(value: unknown): Restrictions {
  const restrictions = parseShape(value);
  assertChecked('terms', 'message.invalid', restrictions, checkRestrictions);
  return restrictions;
}

/** termsHash = SHA-256("holdfast/terms/v1\0" ‖ JCS(restrictions)): 32 bytes. */
export const termsHash = (sha256: Sha256, restrictions: Restrictions): Uint8Array =>
  sha256(concat(context('terms'), canonicalBytes(restrictions)));
