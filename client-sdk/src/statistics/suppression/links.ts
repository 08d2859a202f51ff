/** Figures that stand in two tables, or of which one table's sum is another's figure. Data only; direction by direction. */
import { PRIORITIES } from '@holdfast/protocol';
import * as tables from '../definitions.js';
import { DIRECTIONS, MATTER_FORMS } from '../facts.js';
import { ALL, NOT_STATED, type TableDefinition } from '../table.js';

/** The sum of a measure over the rows that have one of the wanted keys; a dimension that is not named is summed over. */
export interface Pick {
  readonly table: string;
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly measure: string;
}
export interface Link {
  readonly left: readonly Pick[];
  readonly right: readonly Pick[];
  readonly isExact: boolean;
}

const IMPOSED = ['imposed', 'imposed-in-part'];
const DECIDED = [...IMPOSED, 'refused', 'no-assets'];
const TOTALS = [...DIRECTIONS, ALL];

const pick = (
  { name: table }: TableDefinition,
  measure: string,
  keys: Readonly<Record<string, string | readonly string[]>>,
): readonly Pick[] => [
  {
    table,
    measure,
    keys: Object.fromEntries(Object.entries(keys).map(([key, wanted]) => [key, [wanted].flat()])),
  },
];
const link = (left: readonly Pick[], right: readonly Pick[], isExact = true): Link => ({ left, right, isExact });

const totalOf: readonly (readonly [TableDefinition, string])[] = [
  [tables.BY_BASIS, 'basis'],
  [tables.BY_PROVISION, 'provision'],
  [tables.BY_OFFENCE, 'article'],
  [tables.BY_ASSET_RECOVERY, 'assetRecovery'],
];

function linksOf(direction: string): readonly Link[] {
  const forms = (form: string | readonly string[], measure = 'requests') =>
    pick(tables.BY_FORM, measure, { direction, form });
  const decided = (decision: string | readonly string[]) =>
    pick(tables.BY_DECISION, 'requests', { direction, form: 'freeze-alert', decision });
  const refusals = (measure: string) => pick(tables.REFUSALS, measure, { direction, code: ALL });
  const outcomes = (outcome: string, measure = 'requests') => pick(tables.BY_OUTCOME, measure, { direction, outcome });
  return [
    link(pick(tables.BY_COUNTERPART, 'requests', { direction, counterpart: ALL }), forms(ALL)),
    link(pick(tables.BY_COUNTERPART, 'cases', { direction, counterpart: ALL }), forms(ALL, 'cases')),
    ...totalOf.flatMap(([table, name]) => [
      link(pick(table, 'requests', { direction, [name]: ALL }), forms(MATTER_FORMS)),
      link(pick(table, 'cases', { direction, [name]: ALL }), forms(MATTER_FORMS, 'cases'), false),
    ]),
    link(pick(tables.CORRUPTION, 'requests', { direction }), forms(MATTER_FORMS)),
    link(
      pick(tables.CORRUPTION, 'notStated', { direction }),
      pick(tables.BY_OFFENCE, 'requests', { direction, article: NOT_STATED }),
    ),
    link(refusals('refused'), decided('refused')),
    link(refusals('inPart'), decided('imposed-in-part')),
    link(outcomes(ALL), forms('feedback'), false),
    link(outcomes(ALL, 'cases'), forms('feedback', 'cases'), false),
  ];
}

/** Between tables that have no row for both directions together. */
function linksOneWay(direction: string): readonly Link[] {
  const decided = (decision: readonly string[]) =>
    pick(tables.BY_DECISION, 'requests', { direction, form: 'freeze-alert', decision });
  const took = (step: string, urgency: string) => pick(tables.BY_STEP, 'requests', { direction, step, urgency });
  const amounts = (stage: string) => pick(tables.AMOUNTS, 'requests', { direction, stage });
  const outcomes = (outcome: string) => pick(tables.BY_OUTCOME, 'requests', { direction, outcome });
  return [
    link(took('decide', ALL), decided(DECIDED)),
    ...PRIORITIES.map((urgency) => link(took('decide', urgency), took('decide-net', urgency))),
    link(took('decide', ALL), took('decide-net', ALL)),
    ...tables.STEPS.map((step) =>
      link(took(step, ALL), pick(tables.BY_STEP_AND_COUNTERPART, 'requests', { direction, step, counterpart: ALL })),
    ),
    link(amounts('sought'), pick(tables.BY_FORM, 'requests', { direction, form: 'freeze-alert' }), false),
    link(amounts('frozen'), decided(IMPOSED), false),
    link(amounts('confiscated'), outcomes('confiscated'), false),
    link(amounts('returned'), outcomes('returned'), false),
  ];
}

export const LINKS: readonly Link[] = [...TOTALS.flatMap(linksOf), ...DIRECTIONS.flatMap(linksOneWay)];
