import { ALARMS, type Case, type InboxItem } from '@holdfast/client-sdk';
import {
  type AgencyId,
  type ConversationId,
  type DeviceId,
  type DutyRef,
  EVENT_WORDS,
  type Hash,
  KINDS,
  type Message,
  type MessageKind,
  parseMessage,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';
import { CliError } from '#cli/errors.js';
import { readBody } from '#cli/input/read-body.js';
import { readCapability, readEntry } from '#cli/input/read-documents.js';
import { createOutput } from '#cli/output.js';
import { renderBody } from '#cli/render/body.js';
import { renderCase, renderCaseLine } from '#cli/render/case.js';
import { renderAgency, renderAgencyLine } from '#cli/render/directory.js';
import { renderItem, renderItemLine } from '#cli/render/message.js';
import { renderPairs, renderTable } from '#cli/render/table.js';
import { displayWidth, safeJson, safeLine, safeLines, wrap } from '#cli/render/text.js';
import { formatLeft, formatSpan, formatTime } from '#cli/render/time.js';
import { alarmEvent } from '#client-sdk/alarms.js';

const NOW = Date.UTC(2026, 2, 2, 14, 0);
const HOUR = 3_600_000;
const ZONE = 'Europe/Paris';
const clock = { nowMs: NOW, zone: ZONE };
const HASH = 'A'.repeat(43);
const prose = (text: string, language = 'en') => ({ language, text });
const provision = { law: 'AML Act', provision: 's. 34' };
const references = { own: 'B-1', theirs: 'A-1' };
const REF = 'A'.repeat(22);
const named = { name: 'Prosecutor', country: 'XC', agency: 'xc-aca' };
const items = [{ eh: HASH, part: { kind: 'asset', assetRef: 'a1' } }];
const proceedings = { country: 'XB', authority: 'Court', reference: '4/26', accused: 'T. Arden' };
const contact = { role: 'prosecutor', phone: '+998 31 5550 077' };
const expiry = { atMs: NOW + 24 * HOUR, explanation: '24 hours, from issue' };
const until = '2026-03-03 14:00 UTC (15:00 +01:00 here), 1 d left';

const TERMS = {
  confidentiality: { kind: 'indefinite' },
  permittedUses: ['intelligence'],
  forbiddenUses: [],
  evidentialUse: 'never',
  onward: { kind: 'none' },
  handlingCode: 'H1',
  tlp: 'RED',
};
const TERMS_SHOWN =
  '  confidential    indefinite\n  permitted uses  intelligence\n  forbidden uses  none named\n  as evidence     never\n  onward          none\n  handling        H1, TLP:RED';

/** A short body of every kind but the two long ones, and the whole text that it is shown as. */
const SHOWN: Readonly<
  Record<Exclude<MessageKind, 'disclosure' | 'freeze.request'>, readonly [body: object, text: string]>
> = {
  'disclosure.offer': [
    {
      references: { own: 'A-1' },
      legalBasis: [{ kind: 'uncac', article: '46(4)' }],
      nature: prose('Payments.'),
      urgency: 'routine',
      language: { original: 'en', translation: 'not-needed' },
      terms: TERMS,
      content: { blobId: 'A'.repeat(22), size: 2048, ctHash: HASH },
      openUntilMs: NOW + 24 * HOUR,
      automaticRelease: true,
      retention: { reviewOn: '2027-01-01', eraseOn: '2031-01-01' },
      contacts: [{ role: 'desk', phone: '+998 31 5550 077' }],
    },
    `reference    A-1\nlegal basis  UNCAC article 46(4)\naccept by    ${until}\nretention    review on 2027-01-01, erase on 2031-01-01\ncontact      desk, +998 31 5550 077\ncontent      2048 bytes, sealed: it opens after you accept these terms\nNature\n  | Payments.\nTerms\n${TERMS_SHOWN}`,
  ],
  'disclosure.accept': [{ offer: HASH, termsHash: HASH }, `accepts     the terms of ${HASH}\nterms hash  ${HASH}`],
  'disclosure.decline': [
    { offer: HASH, terms: [{ term: 'tlp', reason: prose('We cannot.') }] },
    `cannot comply  with terms of ${HASH}\ntlp\n  | We cannot.`,
  ],
  'disclosure.revise': [
    {
      offer: HASH,
      change: 'waived',
      reason: prose('So be it.'),
      terms: TERMS,
      content: { blobId: 'A'.repeat(22), size: 2048, ctHash: HASH },
      openUntilMs: NOW + 24 * HOUR,
      automaticRelease: true,
    },
    `replaces   ${HASH}\nchange     waived\naccept by  ${until}\nReason\n  | So be it.\nTerms\n${TERMS_SHOWN}`,
  ],
  'disclosure.release': [{ offer: HASH, accept: HASH, key: HASH }, `content of   ${HASH}\naccepted by  ${HASH}`],
  'disclosure.withdraw': [{ reason: prose('Closed.') }, 'Reason\n  | Closed.'],
  'disclosure.relax': [
    { restrictions: { confidentiality: { kind: 'none' }, tlp: 'GREEN' }, fromMs: NOW, reason: prose('In court.') },
    'from  2026-03-02 14:00 UTC (15:00 +01:00 here)\nLoosened\n  confidential  none\n  tlp           GREEN\nReason\n  | In court.',
  ],
  'disclosure.close': [
    { retention: { basis: 'AML Act', reviewOn: '2027-01-01', eraseOn: '2031-01-01' } },
    'kept under  AML Act\nretention   review on 2027-01-01, erase on 2031-01-01',
  ],
  'own.content-key': [
    { conversation: 'A'.repeat(22), blobId: 'A'.repeat(22), termsHash: HASH, key: HASH },
    `the key of ${'A'.repeat(22)}, offered in ${'A'.repeat(22)}`,
  ],
  'freeze.acknowledge': [
    { references, contact: { role: 'duty officer', phone: '+998 31 5550 077' } },
    'reference    B-1 (yours: A-1)\non the case  duty officer, +998 31 5550 077\nnote         Taken on, NOT decided: nothing is frozen yet.',
  ],
  'freeze.ask': [
    {
      items: [{ itemRef: 'i1', about: 'amount', assetRef: 'a1', question: prose('How much?') }],
      answerByMs: NOW + 24 * HOUR,
    },
    `answer by  ${until}\nAsked\n  i1  about amount (a1)\n  | How much?`,
  ],
  'freeze.supply': [
    { answers: [{ itemRef: 'i1', supplied: false, text: prose('Nous ne savons pas.', 'fr') }] },
    'i1  NOT AVAILABLE\n| Nous ne savons pas.\n  (language: fr)',
  ],
  'freeze.redirect': [
    {
      competentBody: { name: 'Prosecutor', country: 'XB' },
      onward: { kind: 'not-forwarded' },
      reason: prose('Not ours.'),
    },
    'competent  Prosecutor (XB)\npassed on  NO: turn to that body yourself\nReason\n  | Not ours.',
  ],
  'freeze.refuse': [
    {
      references,
      code: 'no-power',
      reason: prose('We cannot.'),
      legalBasis: provision,
      remedy: prose('Ask the court.'),
    },
    'decision     REFUSED (no-power): nothing is frozen\nreference    B-1 (yours: A-1)\nlegal basis  AML Act, s. 34\nReason\n  | We cannot.\nWhat would make it possible\n  | Ask the court.',
  ],
  'freeze.no-assets': [
    { references, searched: [{ source: 'account register', asAtMs: NOW, assets: ['a1', 'a2'] }] },
    'decision   NO ASSETS FOUND: nothing is frozen\nreference  B-1 (yours: A-1)\nSearched\n  account register, 2026-03-02 14:00 UTC (15:00 +01:00 here): a1, a2',
  ],
  'freeze.impose': [
    {
      references,
      legalBasis: provision,
      outcomes: [
        { outcome: 'in-force', assetRef: 'a1', action: 'account', extent: { kind: 'full' }, startsAtMs: NOW, expiry },
        { outcome: 'not-frozen', assetRef: 'a2', code: 'not-found', reason: prose('Closed.') },
      ],
      keepAliveSteps: [{ step: prose('Send the request.'), by: 'requesting', dueAtMs: NOW + 24 * HOUR }],
      clientNotified: 'no',
    },
    [
      'decision     FROZEN IN PART: 1 of 2 assets',
      'reference    B-1 (yours: A-1)',
      'legal basis  AML Act, s. 34',
      'client told  no',
      'Assets',
      '  a1  FROZEN: account, in full',
      '    from      2026-03-02 14:00 UTC (15:00 +01:00 here)',
      `    until     ${until}`,
      '    reckoned  24 hours, from issue',
      '  a2  NOT FROZEN (not-found)',
      '  | Closed.',
      'To keep it alive',
      `  by the requesting side until ${until}`,
      '  | Send the request.',
    ].join('\n'),
  ],
  'freeze.adjust': [
    {
      legalBasis: provision,
      changes: [
        {
          assetRef: 'a1',
          direction: 'narrow',
          action: 'account',
          extent: { kind: 'capped', amount: { value: '1000', currency: 'EUR' } },
          reason: prose('Wages.'),
        },
      ],
    },
    'legal basis  AML Act, s. 34\na1  narrowed to account, up to EUR 1,000\n| Wages.',
  ],
  'freeze.extension-request': [
    { assets: ['a1'], untilMs: NOW + 24 * HOUR, reason: prose('Translation.'), mlaProgress: { status: 'translating' } },
    `assets       a1\nuntil        ${until}\nMLA request  translating\nnote         No clock stops: without a decision the measure ends as it stands.\nReason\n  | Translation.`,
  ],
  'freeze.extension-decision': [
    {
      outcomes: [
        { outcome: 'extended', assetRef: 'a1', expiry, legalBasis: provision },
        { outcome: 'denied', assetRef: 'a2', reason: prose('Cap reached.') },
      ],
    },
    `a1  EXTENDED until ${until}, AML Act, s. 34; 24 hours, from issue\na2  DENIED: the expiry stands\n| Cap reached.`,
  ],
  'freeze.lift-propose': [
    { assets: ['a1'], reason: prose('No link.'), answerByMs: NOW + 24 * HOUR },
    `assets        a1\nyour view by  ${until}\nReason\n  | No link.`,
  ],
  'freeze.release-request': [{ assets: ['a1', 'a2'], reason: prose('Repaid.') }, 'assets  a1, a2\nReason\n  | Repaid.'],
  'freeze.lift-decision': [
    {
      hearing: { kind: 'no-answer' },
      outcomes: [
        { outcome: 'lifted', assetRef: 'a1', liftedAtMs: NOW, reason: prose('No link.') },
        { outcome: 'maintained', assetRef: 'a2', reason: prose('Link.') },
      ],
    },
    'hearing  no-answer\na1  LIFTED 2026-03-02 14:00 UTC (15:00 +01:00 here)\n| No link.\na2  maintained\n| Link.',
  ],
  'freeze.lift-by-law': [
    {
      assets: ['a1'],
      liftedAtMs: NOW,
      cause: { kind: 'court', order: { authority: 'Court', reference: '7/26', date: '2026-03-01' } },
      reason: prose('Appeal.'),
    },
    'assets  a1\nLIFTED  2026-03-02 14:00 UTC (15:00 +01:00 here)\nby      Court, 7/26, 2026-03-01\nReason\n  | Appeal.',
  ],
  'freeze.mla-link': [
    {
      assets: ['a1'],
      reference: 'MLA-9',
      centralAuthority: 'Ministry',
      channel: 'post',
      sentOn: '2026-03-01',
      advanceCopyHash: HASH,
    },
    `assets        a1\nMLA request   MLA-9, Ministry, by post, sent on 2026-03-01\nadvance copy  SHA-256 ${HASH}\noriginal      not received yet`,
  ],
  'freeze.restraint': [
    { assets: ['a1'], order: { authority: 'Court', reference: '8/26', date: '2026-03-02' }, effectiveAtMs: NOW },
    "assets     a1\norder      Court, 8/26, 2026-03-02\nin effect  2026-03-02 14:00 UTC (15:00 +01:00 here)\nnote       The restraint takes the temporary measure's place for these assets; the others go on as\n           they are.",
  ],
  'freeze.withdraw': [{ reason: prose('Wrong person.') }, 'Reason\n  | Wrong person.'],
  'consent.request': [
    { ref: REF, body: named, use: 'investigation', purpose: prose('Same contractor.'), items, urgency: 'urgent' },
    `consent  ${REF}\nurgency  urgent: 1 working day\nbody     Prosecutor (XC, xc-aca)\nfor      investigation\nitems    asset a1 of message ${HASH}\nnote     No answer is not consent.\nPurpose\n  | Same contractor.`,
  ],
  'consent.answer': [
    { ref: REF, decision: { answer: 'conditional', conditions: [prose('Tell nobody.')], until: '2026-09-30' } },
    `consent  ${REF}  GRANTED WITH CONDITIONS\nuntil    2026-09-30\nConditions\n  | Tell nobody.`,
  ],
  'consent.shared': [
    { ref: REF, body: named, items, sharedAtMs: NOW, termsHash: HASH },
    `consent  ${REF}\nshared   2026-03-02 14:00 UTC (15:00 +01:00 here)\nwith     Prosecutor (XC, xc-aca)\nitems    asset a1 of message ${HASH}\nterms    SHA-256 ${HASH}`,
  ],
  'consent.revoke': [
    { ref: REF, reason: prose('A source.') },
    `consent  ${REF}  REVOKED\nnote     For the future only: what was shared before stands.\nReason\n  | A source.`,
  ],
  'exculpatory.notice': [
    { ref: REF, items, proceedings, reason: prose('He had left.'), intendedOn: '2026-03-09', contact },
    `matter       ${REF}\nproceedings  Court (XB), 4/26, against T. Arden\nintended on  2026-03-09\nitems        asset a1 of message ${HASH}\ncontact      prosecutor, +998 31 5550 077\nnote         You may ask to be consulted. Article 46(5) gives no veto.\nWhy it is exculpatory\n  | He had left.`,
  ],
  'exculpatory.consult': [
    { ref: REF, wishes: ['redact-names'], text: prose('Please.') },
    `matter  ${REF}\nwishes  redact-names\n| Please.`,
  ],
  'exculpatory.disclosed': [
    { ref: REF, items, disclosedAtMs: NOW, to: 'Defence', withoutNotice: prose('At night.') },
    `matter     ${REF}\nDISCLOSED  2026-03-02 14:00 UTC (15:00 +01:00 here)\nto         Defence\nitems      asset a1 of message ${HASH}\nNo notice before, since\n  | At night.`,
  ],
  'exculpatory.informed': [
    { ref: REF, proceedings, reason: prose('In custody.'), contact, earlier: { channel: 'telephone', atMs: NOW } },
    `matter       ${REF}\nproceedings  Court (XB), 4/26, against T. Arden\ntold before  telephone, 2026-03-02 14:00 UTC (15:00 +01:00 here)\ncontact      prosecutor, +998 31 5550 077\nWhy it was exculpatory\n  | In custody.`,
  ],
  'feedback.report': [
    {
      stage: 'final',
      outcomes: [{ outcome: 'returned', on: '2026-03-01', amount: { value: '5000.00', currency: 'EUR' } }],
    },
    'feedback  final\nOutcomes\n  returned  on 2026-03-01  EUR 5,000.00',
  ],
  'receipt.delivered': [{ eh: HASH }, `of ${HASH}`],
  'receipt.opened': [{ eh: HASH }, `of ${HASH}`],
  'receipt.acted': [{ eh: HASH, event: `${'A'.repeat(42)}E` }, `of ${HASH}, by ${'A'.repeat(42)}E`],
  'own.draft': [
    {
      draft: 'A'.repeat(22),
      revision: 1,
      conversation: 'A'.repeat(22),
      recipients: ['xb-fiu'],
      priority: 'flash',
      kind: 'freeze.withdraw',
      body: {},
      salt: HASH,
      on: [],
      attachments: [],
      approvedUntil: NOW,
      drafter: 'A'.repeat(22),
      actor: HASH,
      actorSig: `${'A'.repeat(85)}A`,
      approvals: [],
    },
    'freeze.withdraw to xb-fiu, revision 1',
  ],
  'own.draft-decided': [
    {
      draft: 'A'.repeat(22),
      revision: 0,
      outcome: 'returned',
      officer: 'A'.repeat(22),
      reason: prose('Name the order.'),
    },
    `returned by ${'A'.repeat(22)}\n| Name the order.`,
  ],
  note: [{ text: prose('First line.\n\nSecond line.') }, '| First line.\n|\n| Second line.'],
};

t.test('every kind of message', (t) => {
  for (const [kind, [body, text]] of Object.entries(SHOWN))
    t.equal(renderBody(parseMessage(kind, { writtenAtMs: NOW, ...body }), clock), text, kind);
  t.strictSame(
    KINDS.filter((kind) => !Object.hasOwn(SHOWN, kind)),
    ['disclosure', 'freeze.request'],
    'which are in the samples',
  );
  t.equal(
    renderBody({ kind: 'unknown', claimedKind: 'freeze.melt', body: { a: 1 } }, clock),
    '  Update this program to read it. As it came: {"a":1}',
  );
  t.end();
});

t.test('a decision past its expiry', (t) => {
  const [body] = SHOWN['freeze.impose'];
  const text = renderBody(parseMessage('freeze.impose', { writtenAtMs: NOW, ...body }), {
    nowMs: NOW + 25 * HOUR,
    zone: 'UTC',
  });
  t.match(text, 'a1  LAPSED unless extended since: account, in full');
  t.match(text, 'until     2026-03-03 14:00 UTC, passed 1 h ago');
  t.end();
});

function itemOf(message: InboxItem['message']): InboxItem {
  const eh = HASH as Hash;
  return {
    eh,
    conversation: 'C'.repeat(22) as ConversationId,
    from: 'xa-fiu' as AgencyId,
    caseRef: null,
    priority: 'flash',
    sentAtMs: NOW - 4 * 60_000,
    storedAtMs: NOW,
    message,
    attachments: [],
    flags: [],
  };
}

t.test('the sample alert as the duty officer sees it', async (t) => {
  const text = renderItem(itemOf(parseMessage('freeze.request', await readBody('samples/alert.json', NOW))), NOW, ZONE);
  t.equal(
    text.split('\n')[0],
    'FLASH  freeze request from xa-fiu, sent 2026-03-02 13:56 UTC (14:56 +01:00 here), 4 min ago',
  );
  for (const line of [
    '  transfer expected  2026-03-03 14:00 UTC (15:00 +01:00 here), 1 d left',
    '  tell the client    NO',
    '    a1  account GB29 NWBK 6016 1331 9268 19 at Belmora Harbour Bank (XB, Port Belmora)',
    '        held by        Larch Harbour Consulting Ltd; Mira Velkova (Мира Велкова) (beneficial owner)',
    '        asked          account, up to EUR 1,450,000.00, for 5 working days; may be paid: bank-fees',
    '    w1  wallet bitcoin bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 at Tern Exchange (XB)',
    '    article 23: Laundering of proceeds of crime (XA Criminal Code of Arvenia, s. 193)',
    '    Olen Tamsin > Larch Harbour Consulting Ltd (nominee, 100 %)',
  ]) {
    t.ok(text.split('\n').includes(line), line);
  }
});

t.test('the sample disclosure', async (t) => {
  const attachments = [{ id: 'A'.repeat(22), name: 'statements.pdf', mediaType: 'application/pdf' }];
  const message = parseMessage('disclosure', await readBody('samples/disclosure.json', NOW, { attachments }));
  const text = renderItem(itemOf(message), NOW, ZONE);
  for (const line of [
    '    forbidden uses  tax, vetting',
    '    handling        H2, TLP:AMBER',
    '    | The subjects do not know of the inquiry. Please make no inquiries of Rovano or of Olen Tamsin',
    '    account-larch         BankAccount                                                         GB29NWBK60161331926819, EUR, Belmora Harbour Bank',
    '    ownership-quarry      Ownership      company-larch > company-quarry                       60',
    `    ${'A'.repeat(22)}  statements.pdf  application/pdf`,
  ]) {
    t.ok(text.split('\n').includes(line), line);
  }
  t.equal(
    renderItemLine(itemOf(message), NOW, 'UTC'),
    'FLASH  disclosure from xa-fiu, sent 2026-03-02 13:56 UTC, 4 min ago',
  );
});

t.test('an agency', async (t) => {
  const entry = await readEntry('samples/entry-xb.json', NOW);
  const capability = await readCapability('samples/capability-xb.json', NOW);
  const base = {
    agency: entry.agency,
    name: 'FIU of Belmora',
    active: true,
    entryExpiresAtMs: entry.expiresAtMs,
    capabilityExpiresAtMs: capability.expiresAtMs,
    devices: 1,
    deviceKeys: ['current' as const],
    quarantined: false,
  };
  t.equal(
    renderAgencyLine({ ...base, entry, capability: { ...capability, confirmed: true } }, NOW),
    'xb-fiu        XB  fiu  FIU of Belmora',
  );
  t.equal(
    renderAgencyLine({ ...base, entry, capability }, NOW),
    'xb-fiu        XB  fiu  FIU of Belmora  UNCONFIRMED FIGURES',
  );
  t.equal(
    renderAgencyLine({ ...base, entry, capability, active: false, devices: 0, deviceKeys: [] }, NOW + 366 * 24 * HOUR),
    'xb-fiu        XB  fiu  FIU of Belmora  SUSPENDED  ENTRY EXPIRED on 2027-03-02  UNCONFIRMED FIGURES  NOT REACHABLE: no device',
  );
  t.match(
    renderAgencyLine({ ...base, entry, capability }, NOW + 181 * 24 * HOUR),
    'ENTRY OLD: last confirmed 2026-03-02',
  );
  const text = renderAgency({ ...base, entry, capability }, NOW, ZONE);
  for (const line of [
    '  on duty now         yes, day and night',
    '  UNCONFIRMED: the agency has not confirmed these figures; do not rely on them.',
    '  account of account: freezing order of the FIU',
    '    lasts            5 working days from issue, the first day not counted, ends at 17:00 (Europe/Lisbon,',
    '    silence          changes nothing, and never means frozen',
    '  last live test      2026-02-27',
    '  expires        2026-08-29 14:00 UTC (16:00 +02:00 here), 180 d left',
  ]) {
    t.ok(text.split('\n').includes(line), line);
  }
  t.match(
    renderAgency({ ...base, entry, capability }, NOW + 200 * 24 * HOUR, ZONE),
    'EXPIRED on 2026-08-29: ask the agency before you rely on it.',
  );
  const silent = await readCapability('samples/capability-xa.json', NOW);
  t.match(
    renderAgency({ ...base, entry: null, capability: silent }, NOW, ZONE),
    'silence          IS CONSENT: the transaction may go ahead',
  );
  t.match(renderAgency({ ...base, entry, capability: null }, NOW, ZONE), 'No capability record published');
  const office = await readEntry('samples/entry-xc.json', NOW);
  t.match(
    renderAgency({ ...base, entry: office, capability: null }, NOW + 24 * HOUR * 5, ZONE),
    /on duty now {9}NOBODY, next from 2026-03-09 12:00 UTC .*\n {2}last live test {6}NEVER/,
    'a Saturday in Montevideo',
  );
  t.match(
    renderAgency({ ...base, entry: office, capability }, NOW + 181 * 24 * HOUR, ZONE),
    'verified            2026-03-02, OLD: more than 180 days ago',
  );
});

const [refuse] = SHOWN['freeze.refuse'];
const refusal: Message = parseMessage('freeze.refuse', { writtenAtMs: NOW, ...refuse });
const ASSET = {
  presumed: false,
  expiry: null,
  held: null,
  requestedAmount: null,
  extensionPending: false,
  extensionContested: false,
  mlaLinked: false,
  originalReceivedAtMs: null,
  late: false,
} as const;
const HELD = {
  action: 'account',
  extent: { kind: 'full' },
  permittedDebits: [],
  amount: { value: '12000.50', currency: 'EUR' },
  startsAtMs: NOW,
  orderReference: null,
} as const;
const STEP = { role: 'approver', guard: '' } as const;
const found: Case = {
  conversation: 'C'.repeat(22) as ConversationId,
  kind: 'freeze',
  caseRef: 'A-1',
  agencies: ['xa-fiu' as AgencyId, 'xb-fiu' as AgencyId],
  priority: 'flash',
  state: 'partial',
  disclosure: null,
  erased: null,
  assets: [
    { ...ASSET, assetRef: 'a1', state: 'in-force', expiry, held: HELD, extensionPending: true },
    { ...ASSET, assetRef: 'a2', state: 'not-frozen', requestedAmount: { value: '500.00', currency: 'EUR' } },
  ],
  steps: [
    {
      ...STEP,
      event: 'refuse',
      words: EVENT_WORDS.refuse,
      party: 'requested',
      ours: false,
      assetRefs: null,
    },
    {
      ...STEP,
      event: 'extension-request',
      words: EVENT_WORDS['extension-request'],
      party: 'requesting',
      ours: true,
      assetRefs: ['a1'],
    },
  ],
  duties: {
    consents: [
      {
        ref: REF as DutyRef,
        holder: 'xb-fiu' as AgencyId,
        originator: 'xa-fiu' as AgencyId,
        state: 'unanswered',
        request: {
          body: { name: 'Prosecutor', country: 'XC' },
          use: 'investigation',
          purpose: prose('Same contractor.'),
          items: [{ eh: HASH as Hash }],
          urgency: 'urgent',
        },
        askedAtMs: NOW - 72 * HOUR,
        due: { atMs: NOW - 24 * HOUR, explanation: '1 working day' },
        grant: null,
        words: [],
        shares: [],
        breaches: [],
      },
    ],
    exculpatory: [
      {
        ref: REF as DutyRef,
        discloser: 'xb-fiu' as AgencyId,
        sender: 'xa-fiu' as AgencyId,
        state: 'uninformed',
        items: [{ eh: HASH as Hash }],
        proceedings: null,
        intendedOn: null,
        consultations: [],
        disclosures: [
          { eh: HASH as Hash, items: [{ eh: HASH as Hash }], disclosedAtMs: NOW, to: 'Defence', withoutNotice: null },
        ],
        informByMs: NOW + 24 * HOUR,
      },
    ],
    feedback: { state: 'overdue', dueAtMs: NOW - HOUR, owedBy: ['xb-fiu' as AgencyId], reports: [] },
  },
  clocks: [],
  timeline: [
    {
      eh: HASH as Hash,
      from: 'xb-fiu' as AgencyId,
      ours: false,
      sentAtMs: NOW - HOUR,
      storedAtMs: NOW,
      message: refusal,
      attachments: [],
      termsHash: null,
      acknowledgements: [
        { eh: HASH as Hash, agency: 'xa-fiu' as AgencyId, level: 'opened', atMs: NOW, receiptEh: HASH as Hash },
      ],
      refused: 'the alert is decided',
      countsAs: null,
      flags: ['late'],
    },
  ],
  missing: [
    {
      eh: HASH as Hash,
      conversation: 'C'.repeat(22) as ConversationId,
      device: 'D'.repeat(22) as DeviceId,
      sq: 3,
      sinceMs: NOW,
      isRaised: true,
    },
  ],
};

t.test('a case', (t) => {
  t.equal(
    renderCaseLine(found, NOW, ZONE),
    `${'C'.repeat(22)}  flash    freeze: partial  xa-fiu xb-fiu  A-1  first expiry ${until}`,
  );
  t.equal(
    renderCase(found, NOW, ZONE),
    [
      `conversation  ${'C'.repeat(22)}`,
      'case          A-1',
      'between       xa-fiu, xb-fiu',
      'priority      flash',
      'state         freeze: partial',
      'Assets',
      '  asset  state                      until                                               held                                   what',
      `  a1     in-force, extension asked  ${until}  account, in full; found EUR 12,000.50`,
      '  a2     not-frozen                 -                                                   - (asked: EUR 500.00)',
      'Next',
      '  by               step                          assets',
      '  we (approver)    ask for an extension          a1',
      '  they (approver)  refuse, with code and reason  all',
      'Duties',
      `  consent     ${REF}  UNANSWERED, which is not consent`,
      '  asked       by xb-fiu of xa-fiu, urgent',
      '  body        Prosecutor (XC)',
      '  answer due  2026-03-01 14:00 UTC (15:00 +01:00 here), passed 1 d ago (1 working day)',
      `  matter     ${REF}  DISCLOSED WITHOUT NOTICE, the sender not informed yet`,
      '  discloses  xb-fiu, what xa-fiu sent',
      '  disclosed  2026-03-02 14:00 UTC (15:00 +01:00 here) to Defence',
      `  inform     without delay; alarm ${until}`,
      '  feedback  OVERDUE',
      '  owed by   xb-fiu',
      '  due       2026-03-02 13:00 UTC (14:00 +01:00 here), passed 1 h ago',
      'Timeline',
      '  2026-03-02 13:00 UTC (14:00 +01:00 here)  xb-fiu: refusal of a freeze request',
      '      CHANGES NOTHING: the alert is decided',
      '      LATE: it arrived behind messages that follow it.',
      `      envelope  ${HASH}`,
      '      proof     opened by xa-fiu 2026-03-02 14:00 UTC (15:00 +01:00 here)',
      '      decision     REFUSED (no-power): nothing is frozen',
      '      reference    B-1 (yours: A-1)',
      '      legal basis  AML Act, s. 34',
      '      Reason',
      '        | We cannot.',
      '      What would make it possible',
      '        | Ask the court.',
      'MISSING',
      `  ${HASH}, message 3 of device ${'D'.repeat(22)}; named by another message since 2026-03-02 14:00 UTC (15:00 +01:00 here)`,
    ].join('\n'),
  );
  t.end();
});

t.test('times', (t) => {
  t.equal(formatTime(NOW, 'UTC'), '2026-03-02 14:00 UTC');
  t.equal(
    formatTime(Date.UTC(2026, 6, 1, 23, 30), 'Asia/Tokyo'),
    '2026-07-01 23:30 UTC (2026-07-02 08:30 +09:00 here)',
  );
  t.equal(formatTime(0, 'America/St_Johns'), '1970-01-01 00:00 UTC (1969-12-31 20:30 -03:30 here)');
  for (const [spanMs, text] of [
    [0, '0 s'],
    [59_999, '59 s'],
    [90_000, '1 min 30 s'],
    [HOUR, '1 h'],
    [49 * HOUR + 59_000, '2 d 1 h'],
    [72 * HOUR + 60_000, '3 d'],
  ] as const)
    t.equal(formatSpan(spanMs), text);
  t.equal(formatLeft(NOW, NOW), 'passed 0 s ago');
  t.equal(formatLeft(NOW + 1000, NOW), '1 s left');
  t.end();
});

/** What must not come through; line breaks are the lines' own. */
const UNSAFE = /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

t.test('text of others cannot drive the terminal', (t) => {
  t.equal(safeLine('a\u001b[2Jb\u202ec\r\nd\te'), 'a<U+001B>[2Jb<U+202E>c d e');
  t.equal(safeLines('a\nb\u0007'), 'a\nb<U+0007>');
  t.equal(safeLine('مريم‎ می‌خواهم'), 'مريم‎ می‌خواهم', 'what Arabic and Persian need stays');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      t.notMatch(safeLine(text), UNSAFE);
      t.notMatch(safeLines(text), UNSAFE);
      const json = safeJson({ text });
      t.notMatch(json, UNSAFE);
      t.strictSame(JSON.parse(json), { text }, 'and JSON says the same');
    }),
    { numRuns: 200 },
  );
  t.end();
});

t.test('columns', (t) => {
  t.equal(
    renderTable(
      ['a', 'b'],
      [
        ['王小明', '1'],
        ['x', '22'],
      ],
    ),
    'a       b\n王小明  1\nx       22',
  );
  t.equal(renderTable(['a'], []), '');
  t.equal(displayWidth('e\u0301王'), 3);
  t.equal(wrap('one two three', 7), 'one two\nthree');
  t.equal(wrap('unbreakable-word', 4), 'unbreakable-word');
  t.equal(
    renderPairs([
      ['a', 'x'],
      ['bc', undefined],
      ['d', ''],
    ]),
    'a  x',
  );
  t.end();
});

/** What is written to a stream. */
function capture(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => written.push(text), text: () => written.join('') };
}

t.test('output', (t) => {
  const issues = [{ field: 'assets.0.iban', reason: 'the check digits do not fit\u202e' }];
  const refused = new CliError('input.not-json', 'The file is not JSON.', { issues });

  const plain = { stdout: capture(false), stderr: capture(false) };
  const output = createOutput({ json: false, ...plain });
  output.event('x', { a: 1 }, 'shown \u001b[31m');
  output.note('by the way');
  output.alarm(alarmEvent('directory.forked', { agency: 'xa-fiu' }));
  output.progress('attachment', 10, 100);
  output.progress('attachment', 20, 100);
  output.progress('attachment', 100, 100);
  output.error(refused);
  t.equal(plain.stdout.text(), 'shown <U+001B>[31m\n');
  t.equal(
    plain.stderr.text(),
    [
      'by the way',
      `ALARM directory.forked: ${ALARMS['directory.forked'].text}`,
      `  ${ALARMS['directory.forked'].advice}`,
      '  {"agency":"xa-fiu"}',
      'attachment: 0.0 of 0.0 MiB (10 %)',
      'attachment: 0.0 of 0.0 MiB (100 %)',
      'error: The file is not JSON.',
      '  assets.0.iban: the check digits do not fit<U+202E>',
      '',
    ].join('\n'),
  );

  const json = { stdout: capture(false), stderr: capture(false) };
  const machine = createOutput({ json: true, ...json });
  machine.event('x', { a: 'b\u202e' }, 'not shown');
  machine.alarm(alarmEvent('directory.forked', {}), 5);
  machine.error(refused);
  machine.error(new CliError('queued', 'Queued.'));
  t.strictSame(
    json.stdout
      .text()
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
    [
      { v: 1, event: 'x', a: 'b\u202e' },
      { v: 1, event: 'alarm', code: 'directory.forked', ...ALARMS['directory.forked'], detail: {}, atMs: 5 },
      {
        v: 1,
        event: 'error',
        code: 'input.not-json',
        message: 'The file is not JSON.',
        exitCode: 2,
        retryable: false,
        issues,
        advice: null,
      },
      {
        v: 1,
        event: 'error',
        code: 'queued',
        message: 'Queued.',
        exitCode: 75,
        retryable: true,
        issues: [],
        advice: null,
      },
    ],
  );
  t.equal(json.stderr.text(), '');

  const terminal = { stdout: capture(true), stderr: capture(true) };
  const coloured = createOutput({ json: false, colour: true, ...terminal });
  coloured.progress('attachment', 1_048_576, 2_097_152);
  coloured.error(refused);
  t.match(terminal.stderr.text(), '\r\u001b[Kattachment: 1.0 of 2.0 MiB (50 %)\n\u001b[1;31merror\u001b[0m: The file');
  createOutput({ json: false, colour: false, ...terminal }).alarm(alarmEvent('directory.forked', {}));
  t.match(
    terminal.stderr.text(),
    /\nALARM directory\.forked: .*\n {2}.*\n {2}\{\}\n$/,
    'no colour where none is wanted',
  );
  t.end();
});
