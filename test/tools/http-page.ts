/**
 * Makes `protocol/spec/70-http.md` from the relay's operations, so that the page cannot fall behind the code.
 * Pure; `write-http-page.ts` writes it, `test/protocol/spec.test.ts` compares it.
 */
import { ERRORS, LIMITS, OCTETS, type Operation } from '@holdfast/protocol';

const HEAD = `# 70 HTTP

Generated from \`protocol/src/api\`; do not edit. The relay's HTTP contract, each operation once. Attachments ([75](75-attachments.md)) and the
stream ([74](74-stream.md)) have contracts of their own.

\`\`\`
POST /v1/envelopes
Authorization: DPoP <access token>
DPoP: <proof>
Content-Type: application/octet-stream

<envelope>                              → 200, the receipt
\`\`\`

Bodies and answers are [strict JSON](30-encoding.md#json) (\`application/json\`) or bytes (\`application/octet-stream\`). Members that a form does not
have are refused, in path, query and body alike; nothing is coerced. Bytes in JSON are base64url. JWS in general form are objects, compact ones
strings.

*Who* says what a request needs: *open* nothing; *signed* nothing but its body, whose signatures are its authority; *device* a
[session](73-sessions.md) and a proof. *Codes* are its own, with their status; see [60](60-errors.md). Every operation may also answer with
those of the second table, and, where it needs a session, with \`session.*\` (401, 403).
`;

const AFTER_TABLE = `
## Forms

Where a form is an object of the protocol, its section says it. The rest:
`;

const TAIL = `
\`fetchMailbox\` answers with deliveries as in [74](74-stream.md#delivery), each \`prefixed\`, in order, at most 4 MiB together but at least one
where there is one; \`limit\` is 100 unless given. \`acknowledgeMailbox\` refuses a cursor beyond the mailbox's highest number. \`getEpochKeys\`
answers for each device with the key of \`day\`, or with its last where it has none for that day; \`next\` is the \`after\` of the next page, and
\`from\` of a page of statements or trust lists is the first wanted. \`submitEnvelope\` is idempotent by sender and envelope id.

\`rewrapEnvelope\` takes a [rewrap](36-rewrap.md#on-the-wire). It is idempotent by envelope and device, whoever made the first one; what it refuses
with \`rewrap.refused\` MUST look alike. \`getLastSubmission\` answers null where the relay has never taken an envelope from the device, else
what names the newest one and proves who sent it, also when the envelope is gone: a device that verifies \`sig\` under its own key over
\`stanzasHash\`, \`ctHash\` and the hash of \`core\` ([32](32-envelope.md)), and does not know \`eh\`, is a restored or copied one.

A relay SHOULD limit requests by device and by network address (\`request.rate-limited\`); a client waits as long as \`Retry-After\` says where it
is there. It MUST refuse a request with an
\`Origin\` that it is not configured for. Beside the contract it answers \`GET /livez\`, \`GET /readyz\` and \`GET /version\` to whoever runs it.
`;

/** The page for a table of operations, in its order. */
export function httpPage(operations: Readonly<Record<string, Operation>>): string {
  const all = Object.values(operations);
  const general = GENERAL.map((code) => `| \`${code}\` | ${ERRORS[code].status} |\n`).join('');
  const rows = all.map(row).join('');
  const forms = all.map(formsOf).join('');
  return `${HEAD}\n${TABLE_HEAD}${rows}\n${GENERAL_HEAD}${general}${AFTER_TABLE}\n${FORMS_HEAD}${forms}${TAIL}`;
}

const GENERAL = [
  'request.malformed',
  'request.too-large',
  'request.media-type',
  'request.origin',
  'request.rate-limited',
  'encoding.base64url',
  'encoding.utf8',
  'encoding.json',
  'encoding.truncated',
  'encoding.malformed',
  'encoding.too-large',
  'relay.unavailable',
  'relay.draining',
  'relay.internal',
] as const;

const TABLE_HEAD = '| operation | method and path | who | status | codes |\n|---|---|---|---|---|\n';
const GENERAL_HEAD = '| every operation | status |\n|---|---|\n';
const FORMS_HEAD = '| operation | does | query | body | answer |\n|---|---|---|---|---|\n';

function row({ id, method, path, auth, status, codes }: Operation): string {
  const refusals = codes.map((code) => `\`${code}\` (${ERRORS[code].status ?? ''})`).join(', ');
  return `| \`${id}\` | \`${method} ${path}\` | ${auth} | ${status} | ${refusals} |\n`;
}

function formsOf({ id, summary, query, body, bodyLimit = LIMITS.jsonBodyBytes, response }: Operation): string {
  const bytes = body === undefined ? '' : `${form(body)}, at most ${bodyLimit} bytes`;
  return `| \`${id}\` | ${summary} | ${query === undefined ? '' : form(query)} | ${bytes} | ${form(response)} |\n`;
}

/** The names of an object's members, lists of objects opened; those that may be absent have a question mark. */
function form(schema: NonNullable<Operation['body' | 'query']>): string {
  return schema === OCTETS ? 'bytes' : `\`${shape(schema)}\``;
}

function shape(schema: unknown): string {
  const properties = member(schema, 'properties');
  if (typeof properties !== 'object' || properties === null) return '';
  const required = member(schema, 'required');
  const names = Object.entries(properties).map(([name, value]) => {
    const items = shape(member(value, 'items'));
    const key = Array.isArray(required) && required.includes(name) ? name : `${name}?`;
    return items === '' ? key : `${key}: [${items}]`;
  });
  return `{${names.join(', ')}}`;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
