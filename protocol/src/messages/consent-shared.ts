/** `consent.shared`: what was passed on, to whom, under which terms. The terms travel along. Spec 40-messages, 54. */
import { type Static, Type } from 'typebox';
import { DutyRefSchema, HashSchema, TimeMsSchema } from '../ids.js';
import type { Check } from '../subjects/report.js';
import { closed, line } from '../subjects/shape.js';
import { checkItems, checkNamedBody, NamedBodySchema, SharedItemsSchema } from '../subjects/shared-item.js';
import { checkHappened, written } from './common.js';
import { defineKind } from './kind.js';

export const ConsentSharedSchema = Type.Object(
  {
    ...written,
    ref: DutyRefSchema,
    body: NamedBodySchema,
    items: SharedItemsSchema,
    sharedAtMs: TimeMsSchema,
    /** Of the onward terms (spec 54) that went with it. */
    termsHash: HashSchema,
    /** How it went: Holdfast, courier, by hand. */
    channel: Type.Optional(line(200)),
  },
  closed,
);
export type ConsentShared = Static<typeof ConsentSharedSchema>;

const check: Check<ConsentShared> = (body, _at, report) => {
  checkNamedBody(body.body, 'body', report);
  checkItems(body.items, 'items', report);
  checkHappened(body.sharedAtMs, body.writtenAtMs, 'sharedAtMs', report);
};

export const consentShared = defineKind(
  'consent.shared',
  'notice that it was shared onward',
  ConsentSharedSchema,
  check,
);
