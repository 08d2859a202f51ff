/**
 * A whole case as a script: who says what, what time passes, and where both sides then stand. The scripts of `samples/cases` are
 * read by people, played by the sandbox, run by the tests and printed in `docs/cases.md`; one file serves all four.
 */
import { AgencyIdSchema, parserOf } from '@holdfast/protocol';
import { type Static, Type } from 'typebox';
import { CliError } from '../errors.js';
import { readJsonFile } from '../input/read-input.js';

const closed = { additionalProperties: false } as const;
const StatesSchema = Type.Record(Type.String(), Type.String());

const StepSchema = Type.Object(
  {
    /** What happens, in one plain sentence. */
    say: Type.String({ minLength: 1, maxLength: 400 }),
    /** What passes before it, in hours. */
    afterHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 240 })),
    /** Who speaks; absent where only time passes. */
    by: Type.Optional(AgencyIdSchema),
    /** Who drafts it. */
    officer: Type.Optional(Type.String({ maxLength: 32 })),
    /** Who approves it, where it needs approval. */
    approver: Type.Optional(Type.String({ maxLength: 32 })),
    /** The kind of the message; `open` where the recipient opens what has come. */
    do: Type.Optional(Type.String({ maxLength: 64 })),
    to: Type.Optional(AgencyIdSchema),
    /** The body's file, seen from the script. */
    file: Type.Optional(Type.String({ maxLength: 128 })),
    /** What the flow takes beside the body. */
    with: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** Which matter, where the case has a second one. */
    thread: Type.Optional(Type.String({ maxLength: 32 })),
    /** The error code with which the step must be refused. */
    refused: Type.Optional(Type.String({ maxLength: 64 })),
    /** Where the case then stands, by agency. */
    states: Type.Optional(StatesSchema),
    /** Where each asset then stands, the same on both sides. */
    assets: Type.Optional(StatesSchema),
  },
  closed,
);
export type Step = Static<typeof StepSchema>;

const ScriptSchema = Type.Object(
  {
    v: Type.Literal(1),
    title: Type.String({ minLength: 1, maxLength: 120 }),
    story: Type.String({ minLength: 1, maxLength: 2000 }),
    agencies: Type.Array(AgencyIdSchema, { minItems: 2, maxItems: 3 }),
    steps: Type.Array(StepSchema, { minItems: 1, maxItems: 60 }),
  },
  closed,
);
export type Script = Static<typeof ScriptSchema>;

const parse = parserOf('case script', ScriptSchema, 'message.invalid');

/** Reads a script. @throws CliError `input.*` */
export async function readScript(path: string): Promise<Script> {
  const script = parse(await readJsonFile(path));
  script.steps.forEach((step, index) => {
    const speaks = step.by !== undefined && step.do !== undefined;
    if (!speaks && (step.by !== undefined || step.do !== undefined || step.afterHours === undefined))
      throw new CliError('usage', `Step ${index + 1} of ${path} neither says anything nor lets time pass.`);
  });
  return script;
}
