/** The request that an agency hands to the federation by hand. */
import { AgencyIdSchema, KeySetSchema, parserOf } from '@holdfast/protocol';
import { Type } from 'typebox';

/** @throws ProtocolError `message.invalid` naming the field */
export const parseMembershipRequest = parserOf(
  'membership request',
  Type.Object(
    { agency: AgencyIdSchema, name: Type.String({ minLength: 1, maxLength: 200 }), root: KeySetSchema },
    { additionalProperties: false },
  ),
  'message.invalid',
);
