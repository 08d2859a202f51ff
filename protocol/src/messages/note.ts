/** `note`: a reply in a case, in words; it changes no state. Spec 40-messages. */
import { type Static, Type } from 'typebox';
import { HashSchema } from '../ids.js';
import { AttachmentsSchema, checkAttachments } from '../subjects/reference.js';
import type { Check } from '../subjects/report.js';
import { closed, line } from '../subjects/shape.js';
import { checkProse, LongProseSchema } from '../subjects/text.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const NoteSchema = Type.Object(
  {
    ...written,
    reference: Type.Optional(line(128)),
    /** The envelope answered; absent where it starts a thread. */
    inReplyTo: Type.Optional(HashSchema),
    text: LongProseSchema,
    attachments: Type.Optional(AttachmentsSchema),
  },
  closed,
);
export type Note = Static<typeof NoteSchema>;

const check: Check<Note> = (body, _at, report) => {
  checkProse(body.text, 'text', report);
  checkAttachments(body.attachments, 'attachments', report);
};

export const note = defineKind('note', 'note', NoteSchema, check);
