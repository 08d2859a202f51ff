/**
 * Makes `protocol/spec/60-errors.md` from the table of errors, so that the page cannot fall behind the code.
 * Pure; `write-errors-page.ts` writes it, `test/protocol/spec.test.ts` compares it.
 */
import type { ErrorEntry } from '@holdfast/protocol';

const HEAD = `# 60 Errors

Generated from \`protocol/src/errors.ts\`; do not edit. A code is stable, its text is not.

A relay refuses with RFC 9457 problem details (\`application/problem+json\`): \`type\` is \`urn:holdfast:error:<code>\`, \`title\` the text for
the peer, \`status\` the HTTP status, and beside them \`code\`, \`retryable\`, optionally \`issues\` (\`{field, reason}\` each) and \`requestId\`. A
problem frame of the stream holds the same object. Nothing of an exception's own text leaves the process. A client MUST expect codes that
it does not know and go by \`status\` and \`retryable\`.

*HTTP* is empty where the code never leaves the process that raised it. *Again* says that the same bytes may succeed later.
`;

/** The page for a table of errors, in the table's order, one section for each first word of the codes. */
export function errorsPage(errors: Readonly<Record<string, ErrorEntry>>): string {
  let page = HEAD;
  let section = '';
  for (const [code, { status, retryable, peer, operator }] of Object.entries(errors)) {
    const first = code.split('.')[0] ?? code;
    if (first !== section) {
      section = first;
      page += `\n## ${first}\n\n| code | HTTP | again | for the peer | for the operator |\n|---|---|---|---|---|\n`;
    }
    page += `| \`${code}\` | ${status ?? ''} | ${retryable ? 'yes' : 'no'} | ${cell(peer)} | ${cell(operator)} |\n`;
  }
  return page;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
