/** `freeze.ask`: R needs named items before it can decide; its decision clock pauses. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import { AssetRefSchema } from '../subjects/asset.js';
import { type Check, checkUnique } from '../subjects/report.js';
import { choice, closed, shortId } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { instant, written } from './common.js';
import { defineKind } from './kind.js';

export const ItemRefSchema = shortId('reference to an item asked for');

export const FreezeAskSchema = Type.Object(
  {
    ...written,
    items: Type.Array(
      Type.Object(
        {
          itemRef: ItemRefSchema,
          about: choice([
            'facts',
            'subject',
            'asset',
            'amount',
            'offence',
            'link',
            'legal-basis',
            'urgency',
            'mla',
            'translation',
            'other',
          ]),
          assetRef: Type.Optional(AssetRefSchema),
          question: ProseSchema,
        },
        closed,
      ),
      { minItems: 1, maxItems: 40 },
    ),
    answerByMs: TimeMsSchema,
  },
  closed,
);
export type FreezeAsk = Static<typeof FreezeAskSchema>;

const check: Check<FreezeAsk> = (body, _at, report) => {
  checkUnique(body.items, 'items', report, 'itemRef', ({ itemRef }) => itemRef);
  body.items.forEach(({ question }, index) => {
    checkProse(question, `items.${index}.question`, report);
  });
  if (body.answerByMs <= body.writtenAtMs)
    report('answerByMs', `${instant(body.answerByMs)} is not after this was written`);
};

export const freezeAsk = defineKind('freeze.ask', 'question about a freeze request', FreezeAskSchema, check);
