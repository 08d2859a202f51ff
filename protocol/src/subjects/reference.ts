/** File numbers, contacts, orders, legal bases: what ties a message to the paper world. */
import { type Static, Type } from 'typebox';
import { type BlobId, BlobIdSchema } from '../ids.js';
import { LIMITS } from '../limits.js';
import { checkDate, DateSchema } from './calendar-date.js';
import { checkLanguage, LanguageSchema } from './codes.js';
import { type Check, checkUnique } from './report.js';
import { choice, closed, line, tagged } from './shape.js';
import { checkProse, ProseSchema } from './text.js';

/** The sender's file number, the recipient's where known, and others'. */
export const ReferencesSchema = Type.Object(
  { own: line(128), theirs: Type.Optional(line(128)), others: Type.Optional(Type.Array(line(200), { maxItems: 20 })) },
  closed,
);

export const ContactSchema = Type.Object(
  {
    /** Office, not necessarily a person: "duty officer". */
    role: line(100),
    name: Type.Optional(line(200)),
    phone: Type.Optional(
      Type.String({ pattern: '^\\+[0-9][0-9 ]{5,24}$', description: 'telephone number with + and country code' }),
    ),
    email: Type.Optional(
      Type.String({ pattern: '^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$', maxLength: 254, description: 'e-mail address' }),
    ),
    languages: Type.Optional(Type.Array(LanguageSchema, { maxItems: 20 })),
    hours: Type.Optional(line(200)),
  },
  closed,
);
export type Contact = Static<typeof ContactSchema>;

export const checkContact: Check<Contact> = (contact, at, report) => {
  if (contact.phone === undefined && contact.email === undefined) report(at, 'has neither phone nor email');
  contact.languages?.forEach((language, index) => {
    checkLanguage(language, `${at}.languages.${index}`, report);
  });
};

/** The decision of a court, prosecutor or authority. */
export const OrderSchema = Type.Object(
  { authority: line(300), reference: line(128), date: DateSchema, attachment: Type.Optional(BlobIdSchema) },
  closed,
);
export type Order = Static<typeof OrderSchema>;
export const checkOrderDate: Check<Order> = (order, at, report) => {
  checkDate(order.date, `${at}.date`, report);
};

/** Why the sender may write: an article of the Convention, or another instrument. Statistics count the two apart (¶75). */
export const LegalBasisSchema = tagged('kind', {
  uncac: Type.Object({ kind: Type.Literal('uncac'), article: line(12) }, closed),
  other: Type.Object({ kind: Type.Literal('other'), instrument: line(300), provision: line(100) }, closed),
});
export type LegalBasis = Static<typeof LegalBasisSchema>;
export const checkLegalBasis: Check<LegalBasis> = (basis, at, report) => {
  if (basis.kind === 'other') return;
  const [, article = ''] = /^([1-9][0-9]?)(\([1-9][0-9]?\))?$/.exec(basis.article) ?? [];
  if (article === '' || Number(article) > 71)
    report(`${at}.article`, `${basis.article} is not an article of the Convention, such as 46(4) or 56`);
};

/** The provision on which an act of the recipient rests. */
export const ProvisionSchema = Type.Object(
  {
    law: line(300),
    provision: line(100),
    url: Type.Optional(Type.String({ pattern: '^https://[^\\s]+$', maxLength: 500, description: 'https address' })),
  },
  closed,
);

/** The language the sender wrote in, and what became of its translation. */
export const WritingLanguageSchema = Type.Object(
  {
    original: LanguageSchema,
    translation: choice(['not-needed', 'attached', 'machine', 'to-follow', 'none']),
    translatedInto: Type.Optional(LanguageSchema),
  },
  closed,
);
export type WritingLanguage = Static<typeof WritingLanguageSchema>;
export const checkWritingLanguage: Check<WritingLanguage> = (language, at, report) => {
  checkLanguage(language.original, `${at}.original`, report);
  if (language.translatedInto !== undefined) checkLanguage(language.translatedInto, `${at}.translatedInto`, report);
  else if (language.translation === 'attached' || language.translation === 'machine')
    report(`${at}.translatedInto`, 'is missing: there is a translation');
};

/** A file that goes with the message; key and size stand in the manifest under the same id. */
export const AttachmentSchema = Type.Object(
  {
    id: BlobIdSchema,
    name: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^(?!\\.{1,2}$)[^/\\\\\\n\\r\\t]*$',
      description: 'file name without folders',
    }),
    mediaType: Type.String({
      pattern: '^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$',
      description: 'media type such as application/pdf',
    }),
    note: Type.Optional(ProseSchema),
  },
  closed,
);
export type Attachment = Static<typeof AttachmentSchema>;
export const AttachmentsSchema = Type.Array(AttachmentSchema, { maxItems: LIMITS.attachmentsPerEnvelope });

export const checkAttachments: Check<readonly Attachment[] | undefined> = (attachments, at, report) => {
  if (attachments === undefined) return;
  checkUnique(attachments, at, report, 'id', ({ id }) => id);
  checkUnique(attachments, at, report, 'name', ({ name }) => name.toLowerCase());
  attachments.forEach(({ note }, index) => {
    if (note !== undefined) checkProse(note, `${at}.${index}.note`, report);
  });
};

/** Reports where `id` names no attachment of the message. */
export function checkAttached(
  id: BlobId | undefined,
  attachments: readonly Attachment[] | undefined,
  at: string,
  report: Parameters<typeof checkContact>[2],
): void {
  if (id !== undefined && !attachments?.some((attachment) => attachment.id === id))
    report(at, 'names no attachment of this message');
}
