/** A freeze alert as the duty officer reads it: which assets, how fast, on what facts. */
import type { MessageBody } from '@holdfast/protocol';
import { assetHolders, assetTitle } from './asset.js';
import { type Pair, renderPairs, section, stack } from './table.js';
import { indent, safeLine } from './text.js';
import { formatDeadline } from './time.js';
import {
  amount,
  brief,
  contact,
  legalBasis,
  measure,
  offence,
  quote,
  type RenderClock,
  subject,
  subjectName,
} from './values.js';

type Request = MessageBody<'freeze.request'>;

/** The whole alert; assets come first, since they are what must be done. */
export function renderFreezeRequest(body: Request, { nowMs, zone }: RenderClock): string {
  const { references, risk, basis, handling } = body;
  const order = basis.existingOrder;
  return stack(
    renderPairs([
      ['urgency', body.urgency],
      ['reference', safeLine([references.own, ...(references.others ?? [])].join('; '))],
      ['legal basis', body.legalBasis.map(legalBasis).join('; ')],
      [
        'transfer expected',
        risk.transferExpectedAtMs === undefined ? undefined : formatDeadline(risk.transferExpectedAtMs, nowMs, zone),
      ],
      ['MLA request', mla(body.mla)],
      ['stage', `${basis.stage}; reciprocity ${basis.reciprocity}`],
      ['order', order && safeLine(`${order.authority}, ${order.reference}, ${order.date}`)],
      ['tell the bank', handling.mayTellInstitution ? 'yes' : 'NO'],
      ['tell the client', handling.mayTellClient === 'no' ? 'NO' : handling.mayTellClient],
      ['duty contact', contact(handling.dutyContact)],
      [
        'asked before',
        (handling.priorRequests ?? [])
          .map(({ channel, reference, on }) => safeLine(`${channel} ${reference} on ${on}`))
          .join('; '),
      ],
    ]),
    handling.insisted === undefined
      ? ''
      : section(
          `SENT THOUGH ITS OWN CHECK SAID: ${handling.insisted.codes.map(safeLine).join(', ')}`,
          quote(handling.insisted.reason),
        ),
    section(
      `Assets to freeze (${body.assets.length})`,
      body.assets.map((asset) => renderAsset(asset, body)).join('\n'),
    ),
    section('Subjects', renderPairs(body.subjects.map(subject))),
    section('Who owns whom', ownership(body).join('\n')),
    section('Offences', body.offences.map(offence).join('\n')),
    section('Risk', quote(risk.evidence)),
    section('Facts', quote(basis.facts)),
    section('Link of the assets to the offence', quote(basis.link)),
    section("The requesting side's own power", quote(basis.ownPower)),
  );
}

function renderAsset(asset: Request['assets'][number], { subjects }: Request): string {
  const names = new Map(subjects.map((shown) => [shown.subjectRef, subjectName(shown)]));
  const holders = assetHolders(asset).map((ref) => ref.replace(/^[a-z0-9-]+/, (found) => names.get(found) ?? found));
  const moving: Pair[] =
    asset.kind === 'account'
      ? (asset.transactions ?? []).map(({ reference, amount: moved, counterparty }) => [
          'about to move',
          safeLine([amount(moved), reference, counterparty].filter(Boolean).join(', ')),
        ])
      : [];
  return stack(
    `${asset.assetRef}  ${assetTitle(asset)}`,
    indent(
      renderPairs([
        ['held by', holders.join('; ')],
        ['holds', asset.amount === undefined ? undefined : amount(asset.amount)],
        ['asked', measure(asset.measure)],
        ...moving,
        ['note', asset.note && brief(asset.note)],
      ]),
      4,
    ),
  );
}

function mla(intended: Request['mla']): string {
  switch (intended.kind) {
    case 'planned':
      return safeLine(`planned for ${intended.on}, ${intended.centralAuthority}, by ${intended.channel}`);
    case 'sent':
      return safeLine(
        `sent on ${intended.on}, ${intended.reference}, ${intended.centralAuthority}, by ${intended.channel}`,
      );
    case 'not-intended':
      return `NOT INTENDED: ${brief(intended.reason)}`;
    default:
      return intended satisfies never;
  }
}

function ownership({ ownership: links = [], subjects }: Request): readonly string[] {
  const names = new Map(subjects.map((shown) => [shown.subjectRef, subjectName(shown)]));
  return links.map(
    ({ owner, owned, by, percent }) =>
      `${names.get(owner) ?? owner} > ${names.get(owned) ?? owned} (${by}${percent === undefined ? '' : `, ${percent} %`})`,
  );
}
