/** `freeze.mla-link`: ties the case to the MLA request, and its advance copy to the original. It stops no clock. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { HashSchema, TimeMsSchema } from '../ids.js';
import { checkDate, DateSchema } from '../subjects/calendar-date.js';
import type { Check } from '../subjects/report.js';
import { closed, line } from '../subjects/shape.js';
import { AssetRefsSchema, checkRefs, written } from './common.js';
import { defineKind } from './kind.js';

export const FreezeMlaLinkSchema = Type.Object(
  {
    ...written,
    assets: AssetRefsSchema,
    reference: line(128),
    centralAuthority: line(300),
    channel: line(200),
    sentOn: DateSchema,
    /** SHA-256 of the advance copy's bytes: what the original is compared with. */
    advanceCopyHash: HashSchema,
    /** Set by R once the original has come and matches. */
    originalReceivedAtMs: Type.Optional(TimeMsSchema),
  },
  closed,
);
export type FreezeMlaLink = Static<typeof FreezeMlaLinkSchema>;

const check: Check<FreezeMlaLink> = (body, _at, report) => {
  checkRefs(body.assets, 'assets', report);
  checkDate(body.sentOn, 'sentOn', report);
};

export const freezeMlaLink = defineKind('freeze.mla-link', 'link to the MLA request', FreezeMlaLinkSchema, check);
