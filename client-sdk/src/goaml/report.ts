/**
 * A case in the shape of a goAML report, by an agency's own profile. Every FIU runs its own variant of the schema: the profile says
 * what cannot be known here, the result is checked by that FIU's validator, and nothing of Holdfast's core knows of it.
 */
import { type Asset, type MessageBody, parserOf, type Subject } from '@holdfast/protocol';
import { DOMImplementation, type Document, type Element, XMLSerializer } from '@xmldom/xmldom';
import { type Static, Type } from 'typebox';
import type { Case } from '../cases/case.js';
import { SdkError } from '../errors.js';
import { headLine, headOf } from '../export/terms.js';

const GoamlProfileSchema = Type.Object(
  {
    v: Type.Literal(1),
    /** Whose variant it is, for people. */
    name: Type.String({ minLength: 1, maxLength: 200 }),
    /** The reporting entity's number with that FIU. */
    rentityId: Type.Integer({ minimum: 0 }),
    reportCode: Type.String({ minLength: 1, maxLength: 20, description: 'such as STR or AIF' }),
    currencyLocal: Type.String({ pattern: '^[A-Z]{3}$' }),
    location: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
);
export type GoamlProfile = Static<typeof GoamlProfileSchema>;

/** @throws ProtocolError `message.invalid` with the issues */
export const parseGoamlProfile: (value: unknown) => GoamlProfile = parserOf(
  'goAML profile',
  GoamlProfileSchema,
  'message.invalid',
);

type Request = MessageBody<'freeze.request'>;

/** A tree of elements; text is escaped by the serializer. */
interface Node {
  readonly name: string;
  readonly value: string | readonly Node[];
}
const node = (name: string, value: string | readonly Node[] | undefined): readonly Node[] =>
  value === undefined || value.length === 0 ? [] : [{ name, value }];

/**
 * The report of a freeze alert. @throws SdkError `message.refused` where the case is none: a disclosure's entities go out as
 * FollowTheMoney, which says more than goAML can
 */
export function goamlReport(found: Case, profile: GoamlProfile, atMs: number): string {
  const request = found.timeline.flatMap(({ message }) => (message.kind === 'freeze.request' ? [message.body] : []))[0];
  if (request === undefined)
    throw new SdkError(
      'message.refused',
      'A goAML report can be made of a freeze alert that is here, and of nothing else.',
    );
  const report: Node = {
    name: 'report',
    value: [
      ...node('rentity_id', String(profile.rentityId)),
      ...node('submission_code', 'E'),
      ...node('report_code', profile.reportCode),
      ...node('entity_reference', request.references.own),
      ...node('submission_date', new Date(atMs).toISOString().slice(0, 19)),
      ...node('currency_code_local', profile.currencyLocal),
      ...node('location', profile.location),
      ...node('reason', request.basis.facts.text),
      ...node('action', request.basis.link.text),
      ...node('activity', node('report_parties', partiesOf(request))),
    ],
  };
  const document = new DOMImplementation().createDocument(null, '');
  document.appendChild(document.createComment(commentOf(found, profile)));
  document.appendChild(elementOf(document, report));
  const xml = new XMLSerializer().serializeToString(document, { requireWellFormed: true });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`;
}

/** Two hyphens would end the comment. */
const commentOf = (found: Case, { name }: GoamlProfile): string =>
  ` goAML-shaped, profile ${name}; not checked against any schema. ${headOf(found).map(headLine).join(' ')} `.replace(
    /-(?=-)/g,
    '- ',
  );

function elementOf(document: Document, { name, value }: Node): Element {
  const element = document.createElement(name);
  if (typeof value === 'string') element.appendChild(document.createTextNode(value));
  else for (const child of value) element.appendChild(elementOf(document, child));
  return element;
}

function partiesOf({ subjects, assets }: Request): readonly Node[] {
  return [
    ...subjects.flatMap((subject) => node('report_party', [...partyOf(subject), ...node('reason', subject.role)])),
    ...assets.flatMap((asset) => {
      const account = accountOf(asset);
      return account.length === 0
        ? []
        : node('report_party', [...node('account', account), ...node('reason', asset.assetRef)]);
    }),
  ];
}

const identifier = ({ identifiers = [] }: Subject, type: string): string | undefined =>
  identifiers.find((found) => found.type === type)?.value;

/** A date of birth known in part has no place in the schema. */
const whole = (date: string | undefined): string | undefined => (date?.length === 10 ? `${date}T00:00:00` : undefined);

function partyOf(subject: Subject): readonly Node[] {
  const main = subject.names.find(({ type }) => type === 'main');
  const name = main?.transliteration ?? main?.original ?? subject.subjectRef;
  const original = main?.transliteration === undefined ? undefined : main.original;
  if (subject.kind === 'organisation') {
    return node('entity', [
      ...node('name', name),
      ...node('commercial_name', original),
      ...node('incorporation_legal_form', subject.legalForm),
      ...node('incorporation_number', identifier(subject, 'company-register')),
      ...node('incorporation_country_code', subject.registeredIn),
      ...node('incorporation_date', whole(subject.registeredOn)),
    ]);
  }
  const split = name.lastIndexOf(' ');
  return node('person', [
    ...node('first_name', split < 0 ? name : name.slice(0, split)),
    ...node('last_name', split < 0 ? name : name.slice(split + 1)),
    ...node('birthdate', whole(subject.bornOn)),
    ...node('birth_place', subject.birthPlace),
    ...node('alias', original),
    ...node('passport_number', identifier(subject, 'passport')),
    ...node('id_number', identifier(subject, 'national-id')),
    ...node('nationality1', subject.nationalities?.[0]),
  ]);
}

function accountOf(asset: Asset): readonly Node[] {
  if (asset.kind !== 'account') return [];
  const { institution, iban, localNumber, currency, amount } = asset;
  return [
    ...node('institution_name', institution?.name),
    ...node('swift', institution?.bic),
    ...node('account', localNumber ?? iban),
    ...node('currency_code', currency ?? amount?.currency),
    ...node('iban', iban),
    ...node('balance', amount?.value),
    ...node('date_balance', whole(amount?.asAt)),
  ];
}
