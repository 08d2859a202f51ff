/** `freeze.supply`: Q answers what R asked, item by item. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { type Check, checkUnique } from '../subjects/report.js';
import { closed } from '../subjects/shape.js';
import { checkProse, LongProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { ItemRefSchema } from './freeze-ask.js';
import { defineKind } from './kind.js';

export const FreezeSupplySchema = Type.Object(
  {
    ...written,
    answers: Type.Array(
      Type.Object(
        {
          itemRef: ItemRefSchema,
          /** False where Q does not have it; `text` then says why. */
          supplied: Type.Boolean(),
          text: LongProseSchema,
        },
        closed,
      ),
      { minItems: 1, maxItems: 40 },
    ),
  },
  closed,
);
export type FreezeSupply = Static<typeof FreezeSupplySchema>;

const check: Check<FreezeSupply> = (body, _at, report) => {
  checkUnique(body.answers, 'answers', report, 'itemRef', ({ itemRef }) => itemRef);
  body.answers.forEach(({ text }, index) => {
    checkProse(text, `answers.${index}.text`, report);
  });
};

export const freezeSupply = defineKind(
  'freeze.supply',
  'answer to a question about a freeze request',
  FreezeSupplySchema,
  check,
);
