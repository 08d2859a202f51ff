/** A message in the inbox: who sent it, when, how urgent, then its body. */
import type { InboxItem } from '@holdfast/client-sdk';
import { renderBody, titleOf } from './body.js';
import { renderPairs, stack } from './table.js';
import { indent, safeLine } from './text.js';
import { formatSpan, formatTime, localZone } from './time.js';

/** One line, as in a list: `FLASH  freeze request from xa-fiu, sent …, 4 min ago`. */
export function renderItemLine(item: InboxItem, nowMs: number, zone: string = localZone()): string {
  const { message, from, priority, sentAtMs, caseRef } = item;
  const title = message.kind === 'freeze.request' ? 'freeze request' : titleOf(message);
  const reference = caseRef === null ? '' : `, case ${safeLine(caseRef)}`;
  return `${priority.toUpperCase()}  ${title} from ${from}${reference}, sent ${formatTime(sentAtMs, zone)}, ${formatSpan(nowMs - sentAtMs)} ago`;
}

/** The whole message. */
export function renderItem(item: InboxItem, nowMs: number, zone: string = localZone()): string {
  const { conversation, eh, attachments, message } = item;
  return stack(
    renderItemLine(item, nowMs, zone),
    indent(
      stack(
        renderPairs([
          ['conversation', conversation],
          ['envelope', eh],
          ['attachments', attachments.map(({ id, size }) => `${id} (${size} bytes, sealed)`).join('; ')],
        ]),
        renderBody(message, { nowMs, zone }),
      ),
    ),
  );
}
