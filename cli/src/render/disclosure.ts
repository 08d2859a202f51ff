/** A spontaneous disclosure: what it is about, what may be done with it, who and what is in it. */
import type { Entity, MessageBody, Restrictions } from '@holdfast/protocol';
import { renderPairs, renderTable, section, stack } from './table.js';
import { safeLine } from './text.js';
import { contact, legalBasis, offence, provision, quote } from './values.js';

/** Every line of a disclosure's body; attachments by name and id. */
export function renderDisclosure(body: MessageBody<'disclosure'>): string {
  const { references, period, feedback, ownCase, attachments } = body;
  return stack(
    renderPairs([
      [
        'reference',
        safeLine(
          [references.own, references.theirs && `yours: ${references.theirs}`, ...(references.others ?? [])]
            .filter(Boolean)
            .join('; '),
        ),
      ],
      ['legal basis', body.legalBasis.map(legalBasis).join('; ')],
      ['graded', `source ${body.sourceGrade}, information ${body.informationGrade}`],
      ['period', `${period.from} to ${period.to ?? 'now'}`],
      [
        'personal data',
        `${provision(body.personalData)}${body.personalData.specialCategories ? '; SPECIAL CATEGORIES within' : ''}`,
      ],
      ['retention', `review on ${body.retention.reviewOn}, erase on ${body.retention.eraseOn}`],
      ['own case', `${ownCase.status}${ownCase.status === 'covert' ? ': the subjects must not learn of it' : ''}`],
      [
        'feedback',
        feedback.wanted ? `wanted${feedback.by === undefined ? '' : ` by ${feedback.by}`}` : 'not asked for',
      ],
      ['contact', body.contacts.map(contact).join('\n')],
    ]),
    section('Nature', quote(body.nature)),
    section('You may use this only so', renderRestrictions(body.restrictions)),
    section('Care', ownCase.care === undefined ? '' : quote(ownCase.care)),
    section('Offences', body.offences.map(offence).join('\n')),
    section('How it was done', quote(body.modusOperandi)),
    section(`Entities (${body.entities.length})`, renderEntities(body.entities)),
    section('Questions', (feedback.questions ?? []).map(quote).join('\n')),
    section(
      'Attachments',
      renderTable(
        ['id', 'name', 'type'],
        attachments.map(({ id, name, mediaType }) => [id, name, mediaType]),
      ),
    ),
  );
}

/** Each axis of its own; none says anything of another. */
export function renderRestrictions(restrictions: Restrictions): string {
  const { confidentiality, permittedUses, forbiddenUses, onward } = restrictions;
  const until =
    confidentiality.kind === 'until-date'
      ? `until ${confidentiality.date}`
      : confidentiality.kind === 'until-condition'
        ? `until a condition is met\n${quote(confidentiality.condition)}`
        : confidentiality.kind;
  return renderPairs([
    ['confidential', until],
    ['permitted uses', permittedUses.join(', ') || 'none'],
    ['forbidden uses', forbiddenUses.join(', ') || 'none named'],
    ['as evidence', restrictions.evidentialUse],
    ['onward', onward.kind === 'named' ? `only to: ${onward.bodies.map(safeLine).join('; ')}` : onward.kind],
    ['handling', `${restrictions.handlingCode}, TLP:${restrictions.tlp}`],
    ['note', restrictions.handlingNote && quote(restrictions.handlingNote)],
  ]);
}

/** What tells one entity from another, in the order shown. */
const SHOWN = [
  'percentage',
  'iban',
  'accountNumber',
  'publicKey',
  'registrationNumber',
  'passportNumber',
  'amount',
  'currency',
  'date',
  'role',
  'relationship',
  'birthDate',
  'topics',
  'bankName',
];

/** One line an entity: id, schema, name or what it joins, and the properties that identify it. */
function renderEntities(entities: readonly Entity[]): string {
  const rows = entities.map(({ id, schema, properties }) => {
    const joins = [
      'owner',
      'asset',
      'payer',
      'beneficiary',
      'director',
      'organization',
      'person',
      'relative',
      'supplier',
      'contract',
      'holder',
    ]
      .flatMap((name) => properties[name] ?? [])
      .join(' > ');
    const name = [...(properties.name ?? []), ...(properties.title ?? [])].join(' / ');
    const details = SHOWN.flatMap((property) => properties[property] ?? []).join(', ');
    return [id, schema, name || joins, name === '' ? details : [details, joins].filter(Boolean).join(', ')];
  });
  return renderTable(['id', 'schema', 'name or parties', 'details'], rows);
}
