/**
 * Between the freeze alert and FollowTheMoney. Out: every subject, asset and relationship. In: the parts of an alert that the model
 * can say; the rest (role, measure, facts) is the officer's to write, and what the form has no place for is listed.
 */
import { type Static, Type } from 'typebox';
import { parserOf } from '../encoding/schema.js';
import { type FieldIssue, ProtocolError } from '../errors.js';
import type { FreezeRequest } from '../messages/freeze-request.js';
import { AssetSchema } from '../subjects/asset.js';
import { checkAsset } from '../subjects/asset-check.js';
import type { Entity } from '../subjects/entity.js';
import type { Measure } from '../subjects/measure.js';
import { checkEach, type Report } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import {
  checkOwnership,
  checkSubject,
  OwnershipSchema,
  type SUBJECT_ROLES,
  SubjectSchema,
} from '../subjects/subject.js';
import { ASSET_SCHEMATA, readAsset } from './asset-in.js';
import { assetEntities } from './asset-out.js';
import { refsOf } from './build.js';
import { given, type Placed, type Reading, single, valuesOf } from './reading.js';
import { readSubject, SUBJECT_KINDS } from './subject-in.js';
import { ownershipEntity, subjectEntities } from './subject-out.js';

/** Every subject, asset and relationship of an alert. The same alert gives the same entities, with the same ids. */
export function freezeEntities({
  subjects,
  ownership = [],
  assets,
}: Pick<FreezeRequest, 'subjects' | 'ownership' | 'assets'>): readonly Entity[] {
  return [...subjects.flatMap(subjectEntities), ...ownership.map(ownershipEntity), ...assets.flatMap(assetEntities)];
}

const PartsSchema = Type.Object(
  {
    subjects: Type.Array(SubjectSchema, { minItems: 1, maxItems: 100 }),
    ownership: Type.Optional(Type.Array(OwnershipSchema, { maxItems: 200 })),
    assets: Type.Array(AssetSchema, { maxItems: 200 }),
  },
  closed,
);
export type FreezeParts = Static<typeof PartsSchema>;
const parseParts = parserOf('freeze alert', PartsSchema, 'message.invalid');

/** What FollowTheMoney does not say and a freeze alert must. */
export interface FreezeIntent {
  /** The role of every subject; the officer changes single ones in the file. */
  readonly role: (typeof SUBJECT_ROLES)[number];
  /** What is asked for each asset. */
  readonly measureFor: (schema: string) => Measure;
  /** The language of descriptions. */
  readonly language: string;
}

/** An entity that the form has no place for. */
export type LeftOut = Pick<Entity, 'id' | 'schema'>;

/**
 * The parts of an alert from checked entities (`parseEntities`, `readEntities`).
 * @throws ProtocolError `message.invalid` with the issues, each at its entity's property or the form's field
 */
export function freezeParts(
  entities: readonly Entity[],
  intent: FreezeIntent,
): { readonly parts: FreezeParts; readonly leftOut: readonly LeftOut[] } {
  const issues: FieldIssue[] = [];
  const report: Report = (field, reason) => void issues.push({ field, reason });
  const placed = entities.map((entity, index): Placed => ({ entity, at: String(index) }));
  const of = (schema: string): Placed[] => placed.filter(({ entity }) => entity.schema === schema);
  const byId = new Map(entities.map((entity) => [entity.id, entity]));
  const banks = new Set(of('BankAccount').flatMap(({ entity }) => valuesOf(entity, 'bank')));
  const subjects = placed.filter(({ entity }) => SUBJECT_KINDS.has(entity.schema) && !banks.has(entity.id));
  const assets = placed.filter(({ entity }) => ASSET_SCHEMATA.has(entity.schema));
  const subjectRefs = refsOf(subjects.map(({ entity }) => entity.id));
  const assetRefs = refsOf(assets.map(({ entity }) => entity.id));
  const reading: Reading = { report, refOf: (id) => subjectRefs.get(id) };
  const papers = [...of('Identification'), ...of('Passport')];
  const holdings = of('Ownership');
  const payments = of('Payment');
  const draft = given({
    subjects: subjects.map((subject) => {
      const own = papers.filter(({ entity }) => valuesOf(entity, 'holder').includes(subject.entity.id));
      return { ...readSubject(subject, own, byId, reading), role: intent.role };
    }),
    ownership: holdings.flatMap((holding) => ownershipOf(holding, reading)),
  });
  const read = assets.map((asset) => ({
    ...readAsset(
      asset,
      {
        assetRef: assetRefs.get(asset.entity.id) ?? '',
        holdings: holdings.flatMap(({ entity }) =>
          valuesOf(entity, 'asset').includes(asset.entity.id) ? [entity] : [],
        ),
        payments: payments.filter(({ entity }) => valuesOf(entity, 'payerAccount').includes(asset.entity.id)),
        byId,
        language: intent.language,
      },
      reading,
    ),
    measure: intent.measureFor(asset.entity.schema),
  }));
  assertNone(issues);
  const parts = parseParts({ ...draft, assets: read });
  checkParts(parts, report);
  assertNone(issues);
  const used = usedIds({ subjects, assets, papers, holdings, payments }, subjectRefs, assetRefs, banks);
  return { parts, leftOut: entities.filter(({ id }) => !used.has(id)).map(({ id, schema }) => ({ id, schema })) };
}

function checkParts(parts: FreezeParts, report: Report): void {
  checkEach(parts.subjects, 'subjects', report, checkSubject);
  checkEach(parts.ownership, 'ownership', report, checkOwnership);
  const refs = new Set(parts.subjects.map(({ subjectRef }) => subjectRef));
  parts.assets.forEach((asset, index) => {
    checkAsset(asset, `assets.${index}`, report, refs);
  });
}

function assertNone(issues: readonly FieldIssue[]): void {
  const [first] = issues;
  if (first !== undefined)
    throw new ProtocolError('message.invalid', `The entities do not make an alert: ${first.field} ${first.reason}.`, {
      issues,
    });
}

const KINDS_OF_OWNING = ['shares', 'votes', 'beneficial-ownership', 'control', 'nominee', 'trust'];

/** Between two subjects; an asset's holder is told with the asset. */
function ownershipOf(holding: Placed, { report, refOf }: Reading): object[] {
  const one = (name: string): string | undefined => single(holding, name, report);
  const owner = refOf(one('owner') ?? '');
  const owned = refOf(one('asset') ?? '');
  if (owner === undefined || owned === undefined) return [];
  const stated = one('ownershipType') ?? '';
  const isBeneficial = /\bbeneficial\b/i.test(valuesOf(holding.entity, 'role').join(' '));
  const by = KINDS_OF_OWNING.includes(stated) ? stated : isBeneficial ? 'beneficial-ownership' : 'shares';
  return [given({ owner, owned, by, percent: one('percentage'), asAt: one('date') })];
}

function usedIds(
  found: Readonly<Record<'subjects' | 'assets' | 'papers' | 'holdings' | 'payments', readonly Placed[]>>,
  subjectRefs: ReadonlyMap<string, string>,
  assetRefs: ReadonlyMap<string, string>,
  banks: ReadonlySet<string>,
): ReadonlySet<string> {
  const isKnown = (id: string): boolean => subjectRefs.has(id) || assetRefs.has(id);
  const refers = (placed: Placed, ...names: readonly string[]): boolean =>
    names.every((name) => valuesOf(placed.entity, name).some(isKnown));
  const papers = found.papers.filter((paper) => refers(paper, 'holder'));
  const holdings = found.holdings.filter((holding) => refers(holding, 'owner', 'asset'));
  const payments = found.payments.filter((payment) => refers(payment, 'payerAccount'));
  const parties = payments.flatMap(({ entity }) => valuesOf(entity, 'beneficiary'));
  const addresses = found.subjects.flatMap(({ entity }) => valuesOf(entity, 'addressEntity'));
  const used = [...found.subjects, ...found.assets, ...papers, ...holdings, ...payments];
  return new Set([...used.map(({ entity }) => entity.id), ...parties, ...addresses, ...banks]);
}
