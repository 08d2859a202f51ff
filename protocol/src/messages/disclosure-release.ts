/** `disclosure.release`: the content key, sent by the sender's node once the terms are accepted. Spec 40-messages, 53-disclosure. */
import { type Static, Type } from 'typebox';
import { base64urlSchema, HashSchema } from '../ids.js';
import { closed } from '../subjects/shape.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

export const DisclosureReleaseSchema = Type.Object(
  {
    ...written,
    offer: HashSchema,
    accept: HashSchema,
    /** It opens the blob that `offer` names, and no other. */
    key: base64urlSchema<string>(32, 'The content key'),
  },
  closed,
);
export type DisclosureRelease = Static<typeof DisclosureReleaseSchema>;

export const disclosureRelease = defineKind('disclosure.release', 'release of content', DisclosureReleaseSchema);
