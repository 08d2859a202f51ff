/** `disclosure.accept`: the recipient binds itself to the terms of one offer, by their hash. Spec 40-messages, 53-disclosure. */
import { type Static, Type } from 'typebox';
import { HashSchema } from '../ids.js';
import { closed } from '../subjects/shape.js';
import { written } from './common.js';
import { defineKind } from './kind.js';

/** `offer` names the envelope of the offer, or of the revision, whose terms are accepted. */
export const DisclosureAcceptSchema = Type.Object({ ...written, offer: HashSchema, termsHash: HashSchema }, closed);
export type DisclosureAccept = Static<typeof DisclosureAcceptSchema>;

export const disclosureAccept = defineKind('disclosure.accept', 'acceptance of terms', DisclosureAcceptSchema);
