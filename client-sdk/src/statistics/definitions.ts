/** The tables: their heads, their keys in order, what adds up and what is hidden with what. Spec 58-statistics has the same list. */
import { FEEDBACK_OUTCOMES, PRIORITIES, REFUSAL_CODES, UNCAC_ARTICLES } from '@holdfast/protocol';
import { DECISIONS, DIRECTIONS, FORMS, STAGES } from './facts.js';
import type { Dimension, Measure, TableDefinition } from './table.js';

const dimension = (name: string, order: readonly string[] = [], isMany = false): Dimension => ({
  name,
  hasTotal: true,
  isMany,
  order,
});
const apart = (name: string, order: readonly string[]): Dimension => ({ name, hasTotal: false, isMany: false, order });
const count = (name: string, addsUp: Measure['addsUp'] = 'one-key'): Measure => ({
  name,
  unit: 'count',
  addsUp,
  hiddenWith: [],
});
const derived = (name: string, unit: Measure['unit'], ...hiddenWith: readonly string[]): Measure => ({
  name,
  unit,
  addsUp: 'never',
  hiddenWith,
});

const REQUESTS = count('requests');
const CASES = derived('cases', 'cases', 'requests');
const direction = dimension('direction', DIRECTIONS);
const form = dimension('form', FORMS);
const time = (name: string): Measure => derived(name, 'ms', 'requests');
const TIMES = [REQUESTS, time('lowerQuartileMs'), time('medianMs'), time('upperQuartileMs')];
export const STEPS = ['acknowledge', 'decide', 'decide-net'] as const;
export type Step = (typeof STEPS)[number];

const counted = (name: string, title: string, by: Dimension): TableDefinition => ({
  name,
  title,
  dimensions: [direction, by],
  measures: [REQUESTS, CASES],
  rowSums: [],
});

export const BY_FORM = counted('requests', 'Requests and distinct cases, by form', form);
export const BY_COUNTERPART = counted(
  'counterparts',
  'Requests and distinct cases, by counterpart',
  dimension('counterpart'),
);
export const BY_BASIS = counted(
  'legal-basis',
  'Alerts and disclosures, by kind of legal basis',
  dimension('basis', ['uncac', 'other', 'both']),
);
export const BY_PROVISION = counted(
  'provisions',
  'Alerts and disclosures, by article of the Convention or other provision (one may rest on several)',
  dimension('provision', [], true),
);
export const BY_OFFENCE = counted(
  'offences',
  'Alerts and disclosures, by offence under the Convention (one may state several)',
  dimension('article', Object.keys(UNCAC_ARTICLES), true),
);
export const BY_ASSET_RECOVERY = counted(
  'asset-recovery',
  'Alerts and disclosures, by whether they serve asset recovery',
  dimension('assetRecovery', ['yes', 'no']),
);

export const CORRUPTION: TableDefinition = {
  name: 'corruption',
  title: 'Share of corruption among alerts and disclosures that state an offence',
  dimensions: [direction],
  measures: [
    REQUESTS,
    count('corruption'),
    count('other'),
    count('notStated'),
    derived('share', 'percent', 'corruption', 'other'),
  ],
  rowSums: [{ whole: 'requests', parts: ['corruption', 'other', 'notStated'] }],
};

export const BY_DECISION: TableDefinition = {
  name: 'decisions',
  title: 'How requests ended',
  dimensions: [direction, apart('form', FORMS), dimension('decision', DECISIONS)],
  measures: [REQUESTS, CASES],
  rowSums: [],
};

export const PENDING: TableDefinition = {
  name: 'pending',
  title: "Open at the year's end (or now, before it)",
  dimensions: [direction, form],
  measures: [REQUESTS, CASES],
  rowSums: [],
};

export const REFUSALS: TableDefinition = {
  name: 'refusal-codes',
  title: 'Freeze alerts refused as a whole, and assets refused by decisions that froze others, by code',
  dimensions: [direction, dimension('code', REFUSAL_CODES, true)],
  measures: [count('refused', 'always'), count('inPart'), { ...count('assets', 'always'), hiddenWith: ['inPart'] }],
  rowSums: [],
};

export const BY_STEP: TableDefinition = {
  name: 'times',
  title: 'Time from sending to acknowledgement and to decision, by urgency',
  dimensions: [apart('direction', DIRECTIONS), apart('step', STEPS), dimension('urgency', PRIORITIES)],
  measures: TIMES,
  rowSums: [],
};

export const BY_STEP_AND_COUNTERPART: TableDefinition = {
  name: 'times-by-counterpart',
  title: 'Time from sending to acknowledgement and to decision, by counterpart',
  dimensions: [apart('direction', DIRECTIONS), apart('step', STEPS), dimension('counterpart')],
  measures: TIMES,
  rowSums: [],
};

export const AMOUNTS: TableDefinition = {
  name: 'amounts',
  title: 'Amounts by stage and currency (not-stated: assets whose amount nobody gave)',
  dimensions: [apart('direction', DIRECTIONS), apart('stage', STAGES), apart('currency', [])],
  measures: [REQUESTS, derived('assets', 'count', 'requests'), derived('amount', 'amount', 'requests')],
  rowSums: [],
};

export const FEEDBACK: TableDefinition = {
  name: 'feedback',
  title: 'Feedback that fell due, and what was given',
  dimensions: [direction, form],
  measures: [count('due'), count('onTime'), count('late'), count('none'), derived('rate', 'percent', 'due', 'none')],
  rowSums: [{ whole: 'due', parts: ['onTime', 'late', 'none'] }],
};

export const BY_OUTCOME = counted(
  'outcomes',
  'Feedback reports, by the outcomes they tell (one may tell several)',
  dimension('outcome', FEEDBACK_OUTCOMES, true),
);
