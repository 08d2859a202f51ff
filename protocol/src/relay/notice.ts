/**
 * What the relay itself puts into a mailbox, signed with its key as a compact JWS (spec 72-notices). It is the relay's word
 * and no more.
 */
import { type Static, Type } from 'typebox';
import { parserOf } from '../encoding/schema.js';
import { DeviceIdSchema, FederationIdSchema, HashSchema, TimeMsSchema } from '../ids.js';
import { OriginSchema } from './receipt.js';

export const NOTICE_TYP = 'holdfast.notice.v1+jws';

export const ExpiryNoticeSchema = Type.Object(
  {
    v: Type.Literal(1),
    fed: FederationIdSchema,
    origin: OriginSchema,
    notice: Type.Literal('expired'),
    eh: HashSchema,
    /** Devices that had not acknowledged it. */
    undelivered: Type.Array(DeviceIdSchema, { minItems: 1 }),
    atMs: TimeMsSchema,
  },
  { additionalProperties: false },
);
export type ExpiryNotice = Static<typeof ExpiryNoticeSchema>;

export const parseNotice = parserOf('relay notice', ExpiryNoticeSchema, 'encoding.malformed');
