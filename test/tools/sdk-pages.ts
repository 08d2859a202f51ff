/**
 * Makes `docs/sdk/errors.md` and `docs/sdk/events.md` from the SDK's own tables and types, so that neither falls behind the code.
 * Pure; `write-sdk-pages.ts` writes them, `test/examples/sdk-guide.test.ts` compares them.
 */
import { SDK_ERRORS, type SdkEvent } from '@holdfast/client-sdk';

/** One row an event; the compiler asks for a row where there is a new one. */
const EVENTS: Readonly<Record<SdkEvent['event'], readonly [members: string, when: string, todo: string]>> = {
  'inbox.stored': [
    '`message`',
    'A message has arrived and is stored here.',
    'Nothing, where a loop over `inbox` runs; it wakes by itself.',
  ],
  draft: [
    '`id`',
    'a draft is new, or something was done with it, here or on another device',
    'show `desk.drafts()` again',
  ],
  'sibling.stored': [
    '`message`',
    'Another device of our own agency has sent a message; its copy is stored here, in the case and not in the inbox.',
    'Refresh the screen.',
  ],
  'disclosure.state': [
    '`conversation`, `state`',
    'A disclosure is in another state than before; also when its content key was released by itself.',
    'Refresh the screen.',
  ],
  'disclosure.content': [
    '`conversation`, `offer`',
    'What was released to us is here, and is what was offered under the terms that we accepted.',
    '`disclosures.open` shows it, and tells the sender that it was opened.',
  ],
  receipt: [
    '`eh`, `level`, `agency`, `atMs`',
    'The other side has said, signed, that one of our messages is `delivered`, `opened` or `acted` on.',
    'Refresh the screen.',
  ],
  'outbox.accepted': [
    '`id`, `eh`, `receipt`',
    'The relay has the message and has signed for it.',
    'Refresh the screen.',
  ],
  'outbox.refused': [
    '`id`, `problem`',
    'The relay refused the message for good.',
    'Show `problem.title`; put it right and send anew.',
  ],
  'outbox.waiting': [
    '`id`, `code`, `advice`',
    'The message cannot go out now; told once for each reason.',
    'Show `advice`. It goes out by itself.',
  ],
  'outbox.uploading': [
    '`outboxId`, `sentBytes`, `totalBytes`',
    'An attachment is on its way; sizes are those of the encrypted file.',
    'Progress bar.',
  ],
  'outbox.expired': [
    '`eh`, `undelivered`',
    'The devices in `undelivered` did not fetch the message before it expired.',
    'Telephone the agency.',
  ],
  alarm: [
    '`code`, `severity`, `text`, `advice`, `detail`',
    'Something is not believed, missing, late, unconfirmed, or could not be stored. See below.',
    'Show `text` and `advice`; wake a person where `severity` is `alarm`.',
  ],
  deadline: [
    '`state`, `conversation`, `left`, `ours`, `clock`',
    'Half of the time of a deadline is left, a quarter, or 48 hours (`warning`); or it is missed (`overdue`). Also told as an alarm.',
    'Show `clock.awaits` and `clock.explanation`; put it into your own calendar.',
  ],
  rewrapped: [
    '`eh`, `agency`, `device`',
    'A message that waits at the relay was given to a device that its agency has added since.',
    'Nothing.',
  ],
  advice: [
    '`code`, `field`, `text`',
    "Before a freeze alert goes out: what the sender should weigh under the recipient's law.",
    'Show `text`; nothing is stopped.',
  ],
  connection: [
    '`state`, `code`',
    'The connection is `connecting`, `online`, `offline` or `stopped`. `stopped` with a code is for good: open the client anew once it is cured.',
    'Show it; `offline` alone needs nobody.',
  ],
};

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

/** `docs/sdk/errors.md`. */
export function errorsPage(): string {
  const rows = Object.entries(SDK_ERRORS).map(([code, { retryable, advice }]) =>
    row(`\`${code}\``, retryable ? 'yes' : 'no', advice),
  );
  return `# SDK errors

Generated from \`client-sdk/src/errors.ts\`; do not edit. Every error that the SDK throws is an \`SdkError\` with one of these codes, or a
\`KeysError\` of the keystore (\`keystore.*\`: wrong password or key file, a damaged file). Act on \`code\`, show \`advice\`, log both; the text of
\`message\` may change. *Again* says whether the same call may succeed later, unchanged; where the relay refused, \`problem.retryable\` says it instead.
\`issues\` names each field that does not fit. What the relay may answer stands in [60 Errors](../../protocol/spec/60-errors.md).

\`\`\`ts
if (isSdkError(error, 'capability.expired')) …
\`\`\`

| code | again | advice |
|---|---|---|
${rows.join('')}`;
}

/** `docs/sdk/events.md`. */
export function eventsPage(): string {
  const rows = Object.entries(EVENTS).map(([event, cells]) => row(`\`${event}\``, ...cells));
  return `# SDK events

Generated from the SDK's types; do not edit. \`desk.on(listener)\` tells of these while the client is open; it returns a function that ends it. Events
are for screens and logs: nothing is lost by missing one, since the inbox, the handles and the cases can be read at any time. A listener that
throws ends neither the SDK's work nor the other listeners; its error is thrown into the process.

| event | members beside \`event\` | when | what to do |
|---|---|---|---|
${rows.join('')}
## Alarms

An \`alarm\` never stops the client and never loses a message: what is not believed is kept aside. Each says in \`severity\`, \`text\` and \`advice\` what
it is and what to do, and is kept: \`desk.alarms()\` lists them after a restart too. [All of them](../alarms.md). \`envelope.refused\` names the reason in
\`detail.code\`; other codes are [SDK errors](errors.md) that came up in the background, above all \`archive.not-written\` (look at the disk) and
\`relay.misbehaved\`.
`;
}
