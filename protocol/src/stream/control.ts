/** The stream's JSON payloads (spec 74-stream). */
import { type Static, Type } from 'typebox';
import { fromUtf8 } from '../encoding/bytes.js';
import { parseStrict } from '../encoding/json.js';
import { parserOf } from '../encoding/schema.js';
import { ProtocolError } from '../errors.js';
import { AgencyIdSchema, SequenceSchema, TimeMsSchema } from '../ids.js';

const closed = { additionalProperties: false } as const;
const MAX_CONTROL_BYTES = 65_536;

export const ResumeSchema = Type.Object(
  {
    /** Last numbers that the client holds durably; deliveries go on after them. */
    alert: SequenceSchema,
    routine: SequenceSchema,
    /** Deliveries the relay may have under way, unacknowledged, per mailbox. */
    window: Type.Integer({ minimum: 1, maximum: 4096 }),
  },
  closed,
);
export type Resume = Static<typeof ResumeSchema>;

export const ResumedSchema = Type.Object(
  { alert: SequenceSchema, routine: SequenceSchema, epoch: SequenceSchema },
  closed,
);
export type Resumed = Static<typeof ResumedSchema>;

export const ReauthSchema = Type.Object(
  { accessToken: Type.String({ maxLength: 2048 }), proof: Type.String({ maxLength: 4096 }) },
  closed,
);
export type Reauth = Static<typeof ReauthSchema>;

export const ReauthedSchema = Type.Object({ expiresAtMs: TimeMsSchema }, closed);
export type Reauthed = Static<typeof ReauthedSchema>;

export const DirectoryHintSchema = Type.Union([
  Type.Object({ agency: AgencyIdSchema }, closed),
  Type.Object({ trustList: Type.Integer({ minimum: 1 }) }, closed),
]);
export type DirectoryHint = Static<typeof DirectoryHintSchema>;

/** JSON bytes of a control payload, bounded and strict. @throws ProtocolError `frame.malformed`, `encoding.*` */
export function controlJson(payload: Uint8Array): unknown {
  if (payload.length > MAX_CONTROL_BYTES)
    throw new ProtocolError('encoding.too-large', 'The control frame is too large.');
  return parseStrict(fromUtf8(payload));
}

export const parseResume = parserOf('resume frame', ResumeSchema, 'frame.malformed');
export const parseResumed = parserOf('resumed frame', ResumedSchema, 'frame.malformed');
export const parseReauth = parserOf('reauth frame', ReauthSchema, 'frame.malformed');
export const parseReauthed = parserOf('reauthed frame', ReauthedSchema, 'frame.malformed');
export const parseDirectoryHint = parserOf('directory frame', DirectoryHintSchema, 'frame.malformed');
