/** How long this agency takes, and gives, for each step of a freeze alert: where it says nothing, the defaults hold (spec 55-clocks). */
import { type Static, Type } from 'typebox';
import { choice, closed } from '../subjects/shape.js';

const AnswerTimeSchema = Type.Object(
  { number: Type.Integer({ minimum: 1, maximum: 1000 }), unit: choice(['minutes', 'hours', 'working-days']) },
  closed,
);
const byUrgency = Type.Object(
  {
    flash: Type.Optional(AnswerTimeSchema),
    urgent: Type.Optional(AnswerTimeSchema),
    routine: Type.Optional(AnswerTimeSchema),
  },
  closed,
);

export const AnswerTimesSchema = Type.Object(
  {
    acknowledge: Type.Optional(byUrgency),
    decide: Type.Optional(byUrgency),
    redirect: Type.Optional(byUrgency),
  },
  closed,
);
export type AnswerTimes = Static<typeof AnswerTimesSchema>;
