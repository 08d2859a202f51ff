/** Ids that come back as plain text (from a case system's own database, a file, a command line), made typed again. */
import { parserOf } from './encoding/schema.js';
import { AgencyIdSchema, ConversationIdSchema, DutyRefSchema, EnvelopeIdSchema, HashSchema } from './ids.js';

/** Reads an agency id, such as `xa-fiu`. @throws ProtocolError `message.invalid` */
export const parseAgencyId = parserOf('agency id', AgencyIdSchema, 'message.invalid');
/** Reads a conversation id. @throws ProtocolError `message.invalid` */
export const parseConversationId = parserOf('conversation id', ConversationIdSchema, 'message.invalid');
/** Reads an envelope id, as in `SendHandle.id`. @throws ProtocolError `message.invalid` */
export const parseEnvelopeId = parserOf('envelope id', EnvelopeIdSchema, 'message.invalid');
/** Reads an `eh`, or any other hash. @throws ProtocolError `message.invalid` */
export const parseHash = parserOf('hash', HashSchema, 'message.invalid');
/** Reads the ref of a consent or an exculpatory matter. @throws ProtocolError `message.invalid` */
export const parseDutyRef = parserOf('reference', DutyRefSchema, 'message.invalid');
