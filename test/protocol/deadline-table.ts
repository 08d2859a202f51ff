/** The table of deadlines and extensions that people have reckoned by hand, as the tests read it. */
import { readFileSync } from 'node:fs';
import { type Duration, parseDuration, parserOf } from '@holdfast/protocol';
import { Type } from 'typebox';

const Loose = Type.Record(Type.String(), Type.Unknown());
const Case = { name: Type.String(), calendar: Type.String(), duration: Loose, startsAt: Type.String() };
export const TABLE = parserOf(
  'table of deadlines',
  Type.Object({
    base: Loose,
    calendars: Type.Record(Type.String(), Type.Unknown()),
    deadlines: Type.Array(
      Type.Object({ ...Case, rule: Type.String(), endsAt: Type.String(), explanation: Type.String() }),
    ),
    extensions: Type.Array(
      Type.Object({
        ...Case,
        expiresAt: Type.String(),
        given: Type.Integer(),
        untilAt: Type.Optional(Type.String()),
        endsAt: Type.Optional(Type.String()),
        explanation: Type.Optional(Type.String()),
        refused: Type.Optional(Type.String()),
      }),
    ),
  }),
  'message.invalid',
)(JSON.parse(readFileSync('protocol/vectors/deadlines.json', 'utf8')));

interface Named {
  readonly calendar: string;
  readonly duration: Readonly<Record<string, unknown>>;
}
/** A row's duration, whole. @throws ProtocolError `duration.invalid` */
export const durationOf = ({ calendar: where, duration }: Named): Duration =>
  parseDuration({ ...TABLE.base, calendar: TABLE.calendars[where], ...duration });
