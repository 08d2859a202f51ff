/** A case: where it stands, asset by asset, and everything that was said in it, in order, with what proves that it arrived. */
import type { Case, TimelineEntry } from '@holdfast/client-sdk';
import { renderBody, titleOf } from './body.js';
import { renderCaseAssets, renderSteps } from './case-assets.js';
import { renderTermsNow } from './disclosure-terms.js';
import { renderDuties } from './duties.js';
import { renderPairs, section, stack } from './table.js';
import { indent, safeLine } from './text.js';
import { formatDeadline, formatTime, localZone } from './time.js';

const FLAG_WORDS = {
  delayed: 'DELAYED: it arrived long after it was sealed.',
  forked: 'FORKED: the same device has sent another message under the same number.',
  'id-reused': 'ID USED TWICE: the same device has sent another envelope under the same id.',
  late: 'LATE: it arrived behind messages that follow it.',
  repeated: 'SENT TWICE: two devices have sent the same approved message; it counts once.',
  recovered: "RECOVERED: from the agency archive; its times are the storing device's word.",
} as const satisfies Record<TimelineEntry['flags'][number], string>;

/** One line, as in a list: state, what runs out first, with whom. */
export function renderCaseLine(found: Case, nowMs: number, zone: string = localZone()): string {
  const reference = found.caseRef === null ? '' : `  ${safeLine(found.caseRef)}`;
  const until = firstExpiryMs(found);
  const left = until === undefined ? '' : `  first expiry ${formatDeadline(until, nowMs, zone)}`;
  return `${found.conversation}  ${found.priority.padEnd(7)}  ${found.kind}: ${found.state}  ${found.agencies.join(' ')}${reference}${left}`;
}

function firstExpiryMs({ assets }: Case): number | undefined {
  const inForce = assets.flatMap(({ held, expiry }) => (held !== null && expiry !== null ? [expiry.atMs] : []));
  return inForce.length === 0 ? undefined : Math.min(...inForce);
}

/** The whole case. */
export function renderCase(found: Case, nowMs: number, zone: string = localZone()): string {
  return stack(
    renderPairs([
      ['conversation', found.conversation],
      ['case', found.caseRef === null ? undefined : safeLine(found.caseRef)],
      ['between', found.agencies.join(', ')],
      ['priority', found.priority],
      ['state', `${found.kind}: ${found.state}`],
      [
        'erased',
        found.erased === null
          ? undefined
          : `${formatTime(found.erased.atMs, zone)}: ${safeLine(found.erased.reason)} (it was ${found.erased.state})`,
      ],
    ]),
    section('Assets', renderCaseAssets(found, nowMs, zone)),
    section('Next', renderSteps(found)),
    found.disclosure === null ? '' : renderTermsNow(found.disclosure, nowMs, zone),
    section('Duties', renderDuties(found, nowMs, zone)),
    section('Timeline', found.timeline.map((entry) => renderEntry(entry, nowMs, zone)).join('\n')),
    section('MISSING', found.missing.map((missing) => renderMissing(missing, zone)).join('\n')),
  );
}

/** One that somebody in the case names and that has not arrived. */
function renderMissing({ eh, device, sq, sinceMs }: Case['missing'][number], zone: string): string {
  const place = device === null ? '' : `, message ${sq ?? '?'} of device ${device}`;
  return `${eh}${place}; named by another message since ${formatTime(sinceMs, zone)}`;
}

function renderEntry(entry: TimelineEntry, nowMs: number, zone: string): string {
  const { message, from, ours, eh, sentAtMs, attachments, acknowledgements, refused, countsAs, flags } = entry;
  return stack(
    `${formatTime(sentAtMs, zone)}  ${ours ? 'we' : from}: ${titleOf(message)}`,
    indent(
      stack(
        refused === null ? '' : `CHANGES NOTHING: ${safeLine(refused)}`,
        countsAs === null ? '' : 'COUNTS AS A REQUEST FOR RELEASE: it crossed the decision.',
        ...flags.map((flag) => FLAG_WORDS[flag]),
        renderPairs([
          ['envelope', eh],
          [
            'proof',
            acknowledgements
              .map(({ agency, level, atMs }) => `${level} by ${agency} ${formatTime(atMs, zone)}`)
              .join('\n'),
          ],
          ['attachments', attachments.map(({ id, size }) => `${id} (${size} bytes, sealed)`).join('; ')],
        ]),
        renderBody(message, { nowMs, zone }),
      ),
      4,
    ),
  );
}
