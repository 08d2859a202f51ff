/** `freeze.no-assets`: R searched and found nothing to freeze, and says where it searched. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { TimeMsSchema } from '../ids.js';
import { ReferencesSchema } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed, line } from '../subjects/shape.js';
import { checkProse, ProseSchema } from '../subjects/text.js';
import { AssetRefsSchema, checkRefs, instant, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeNoAssetsSchema = Type.Object(
  {
    ...written,
    references: ReferencesSchema,
    searched: Type.Array(Type.Object({ source: line(300), asAtMs: TimeMsSchema, assets: AssetRefsSchema }, closed), {
      minItems: 1,
      maxItems: 50,
    }),
    remark: Type.Optional(ProseSchema),
  },
  closed,
);
export type FreezeNoAssets = Static<typeof FreezeNoAssetsSchema>;

const check: Check<FreezeNoAssets> = (body, _at, report) => {
  body.searched.forEach(({ assets, asAtMs }, index) => {
    checkRefs(assets, `searched.${index}.assets`, report);
    if (asAtMs > body.writtenAtMs) report(`searched.${index}.asAtMs`, `${instant(asAtMs)} is after this was written`);
  });
  if (body.remark !== undefined) checkProse(body.remark, 'remark', report);
};

export const freezeNoAssets = defineKind(
  'freeze.no-assets',
  'report that no assets were found',
  FreezeNoAssetsSchema,
  check,
);
