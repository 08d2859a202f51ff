/** No combination of signers short of the rule passes: an oracle in plain words beside the verification, over everything officers may do. */
import { generateSigningKey, randomBytes, type SigningKey, signDetached } from '@holdfast/keys';
import {
  type AgencyChain,
  isKeysError,
  type OfficerCertificate,
  type SignedAct,
  sha256,
  startChain,
  verifyApproval,
} from '@holdfast/keys/verify';
import {
  type AgencyId,
  ALERT_ROWS,
  ASSET_ROWS,
  approvalBytes,
  DRAFT_ROWS,
  draftNext,
  isFreezeKind,
  KINDS,
  MS_PER_DAY,
  type Role,
  SIGNERS,
  signersOf,
  toBase64url,
  toConversationId,
  toEnvelopeId,
  toFederationId,
  toHash,
  toOfficerId,
} from '@holdfast/protocol';
import fc from 'fast-check';
import t from 'tap';

const NOW = 1_772_000_000_000;
const AGENCIES = ['xa-fiu', 'xb-fiu'] as AgencyId[];
const SEQ = 10;

interface Person {
  readonly name: string;
  readonly key: SigningKey;
  readonly certificate: OfficerCertificate;
  /** May sign at all, at SEQ and NOW, for a withdrawal to xb-fiu. */
  readonly isSound: boolean;
}

function person(
  name: string,
  roles: readonly Role[],
  change: Partial<OfficerCertificate> = {},
  isSound = true,
): Person {
  const key = generateSigningKey();
  const certificate: OfficerCertificate = {
    officer: toOfficerId(randomBytes(16)),
    roles,
    key: toBase64url(key.publicKey),
    notBeforeMs: NOW - MS_PER_DAY,
    notAfterMs: NOW + MS_PER_DAY,
    seq: 3,
    statement: toHash(randomBytes(32)),
    ...change,
  };
  return { name, key, certificate, isSound };
}

const delegated = (change: object): Partial<OfficerCertificate> => ({
  delegation: { kinds: ['freeze.withdraw', 'note'], untilMs: NOW + 1000, ...change },
});
const REVOKED = person('a revoked approver', ['approver', 'analyst'], {}, false);
const PEOPLE: readonly Person[] = [
  person('an analyst', ['analyst']),
  person('a duty officer', ['duty']),
  person('an approver', ['approver']),
  person('another approver', ['approver']),
  person('an analyst and approver', ['analyst', 'approver']),
  person('an administrator', ['admin']),
  person('a delegate', ['liaison', 'approver'], delegated({ counterparts: ['xb-fiu'] })),
  person('a delegate for other kinds', ['analyst', 'approver'], delegated({ kinds: ['note'] }), false),
  person('a delegate for others', ['analyst', 'approver'], delegated({ counterparts: ['xc-aca'] }), false),
  person('a delegate of yesterday', ['analyst', 'approver'], delegated({ untilMs: NOW - 1 }), false),
  person('one certified later', ['analyst', 'approver'], { seq: SEQ + 1 }, false),
  person('one certified at that very position', ['analyst', 'approver'], { seq: SEQ }),
  person('one whose time is over', ['analyst', 'approver'], { notAfterMs: NOW - 1 }, false),
  person('one whose time has not come', ['analyst', 'approver'], { notBeforeMs: NOW + 1 }, false),
  REVOKED,
];

const FED = toFederationId(randomBytes(32));
const CHAIN: AgencyChain = {
  ...startChain('xa-fiu' as AgencyId, { threshold: 1, keys: [toBase64url(randomBytes(32))] }, FED),
  seq: SEQ + 1,
  officers: new Map(PEOPLE.map(({ certificate }) => [certificate.officer, certificate])),
  revoked: new Map([[REVOKED.certificate.key, { seq: SEQ + 1, atMs: NOW, reason: 'lost' }]]),
};

const EMPTY: SignedAct = {
  core: { fed: FED, id: toEnvelopeId(randomBytes(16)), ts: NOW },
  manifest: {
    conversation: toConversationId(randomBytes(16)),
    on: [toHash(randomBytes(32))],
    kind: 'freeze.withdraw',
    caseRef: null,
    bodyHash: toHash(randomBytes(32)),
    termsHash: null,
    attachments: [],
    actor: null,
    actorSig: null,
    approvedUntil: null,
    approvals: [],
  },
  roster: AGENCIES,
};

interface Signing {
  readonly drafter: Person;
  readonly approvers: readonly Person[];
  readonly kind: string;
  readonly approvedUntil: number;
}

function sign({ drafter, approvers, kind, approvedUntil }: Signing): SignedAct {
  const manifest = { ...EMPTY.manifest, kind, approvedUntil };
  const bytes = approvalBytes(sha256, {
    ...EMPTY.core,
    ...manifest,
    agencies: AGENCIES,
    drafter: drafter.certificate.officer,
  });
  const sig = ({ key }: Person): string => toBase64url(signDetached(bytes, key));
  return {
    ...EMPTY,
    manifest: {
      ...manifest,
      actor: drafter.certificate.statement,
      actorSig: sig(drafter),
      approvals: approvers.map((each) => ({ officer: each.certificate.officer, role: 'approver', sig: sig(each) })),
    },
  };
}

function refusal(act: SignedAct, required: number): string | undefined {
  try {
    verifyApproval(act, { chain: CHAIN, seq: SEQ, required });
    return undefined;
  } catch (error) {
    if (isKeysError(error)) return error.code;
    throw error;
  }
}

const HOUR = 3_600_000;
const who = fc.constantFrom(...PEOPLE);
const holds = (each: Person, ...roles: Role[]): boolean => each.certificate.roles.some((role) => roles.includes(role));

t.test('no combination of signers short of the rule passes, and whatever meets it does', async (t) => {
  let passed = 0;
  fc.assert(
    fc.property(who, fc.array(who, { maxLength: 3 }), fc.constantFrom(1, 2), (drafter, approvers, required) => {
      const meets =
        drafter.isSound &&
        holds(drafter, 'analyst', 'approver', 'liaison', 'duty') &&
        approvers.every((each) => each.isSound && holds(each, 'approver') && each !== drafter) &&
        new Set(approvers).size === approvers.length &&
        approvers.length >= required;
      const code = refusal(sign({ drafter, approvers, kind: 'freeze.withdraw', approvedUntil: NOW + HOUR }), required);
      if (meets) passed += 1;
      return (code === undefined) === meets;
    }),
    { numRuns: 3000 },
  );
  t.ok(passed > 20, `${passed} combinations met it`);
});

t.test('a signature counts for what was signed and for nothing else', async (t) => {
  const [analyst, , approver] = PEOPLE;
  if (analyst === undefined || approver === undefined) throw new Error('The people are gone.');
  const good = sign({ drafter: analyst, approvers: [approver], kind: 'freeze.withdraw', approvedUntil: NOW + HOUR });
  t.equal(refusal(good, 1), undefined);
  const { core, manifest } = good;
  const other = toHash(randomBytes(32));
  const changed: readonly (readonly [string, SignedAct])[] = [
    ['federation', { ...good, core: { ...core, fed: toFederationId(randomBytes(32)) } }],
    ['id', { ...good, core: { ...core, id: toEnvelopeId(randomBytes(16)) } }],
    ['conversation', { ...good, manifest: { ...manifest, conversation: toConversationId(randomBytes(16)) } }],
    ['predecessors', { ...good, manifest: { ...manifest, on: [other] } }],
    ['kind', { ...good, manifest: { ...manifest, kind: 'freeze.restraint' } }],
    ['reference', { ...good, manifest: { ...manifest, caseRef: 'B-2' } }],
    ['agencies', { ...good, roster: [...AGENCIES, 'xc-aca' as AgencyId] }],
    ['body', { ...good, manifest: { ...manifest, bodyHash: other } }],
    ['terms', { ...good, manifest: { ...manifest, termsHash: other } }],
    ['end', { ...good, manifest: { ...manifest, approvedUntil: NOW + 2 * HOUR } }],
    [
      'drafter',
      {
        ...good,
        manifest: {
          ...manifest,
          actor: PEOPLE.find(({ name }) => name === 'a duty officer')?.certificate.statement ?? null,
        },
      },
    ],
  ];
  for (const [what, act] of changed) t.equal(refusal(act, 1), 'approval.signature', what);
  t.equal(refusal({ ...good, core: { ...core, ts: NOW + 2 * HOUR } }, 1), 'approval.expired', 'sealed after its end');
  const long = sign({ drafter: analyst, approvers: [approver], kind: 'note', approvedUntil: NOW + 31 * MS_PER_DAY });
  t.equal(refusal(long, 1), 'approval.expired', 'an approval that would hold for too long');
  t.equal(refusal({ ...good, manifest: { ...manifest, actor: null } }, 1), 'approval.incomplete');
  t.equal(refusal({ ...good, manifest: { ...manifest, actor: other } }, 1), 'approval.officer-unknown');
  const asAnalyst = manifest.approvals.map((approval) => ({ ...approval, role: 'analyst' }));
  t.equal(refusal({ ...good, manifest: { ...manifest, approvals: asAnalyst } }, 1), 'approval.role');
});

t.test(
  "what one officer may say needs one, of the right role; what is a device's own is nobody's to sign",
  async (t) => {
    for (const drafter of PEOPLE.filter(({ isSound }) => isSound)) {
      const alone = (kind: string): string | undefined =>
        refusal(sign({ drafter, approvers: [], kind, approvedUntil: NOW + HOUR }), 1);
      const isFree = drafter.certificate.delegation === undefined;
      t.equal(
        alone('freeze.acknowledge') === undefined,
        isFree && holds(drafter, 'duty'),
        `${drafter.name} acknowledges`,
      );
      t.equal(
        alone('note') === undefined,
        holds(drafter, 'analyst', 'approver', 'liaison', 'duty'),
        `${drafter.name} writes`,
      );
      t.type(alone('receipt.delivered'), 'string');
    }
  },
);

t.test('who signs is who the table of states says fires it', async (t) => {
  const rows = [...ALERT_ROWS, ...ASSET_ROWS];
  for (const kind of KINDS.filter(isFreezeKind)) {
    const event = kind === 'freeze.request' ? 'send' : kind.slice('freeze.'.length);
    const roles = new Set(rows.filter(({ on }) => on === event).map(({ role }) => role));
    const signers = SIGNERS[kind];
    const said =
      signers.by === 'approved'
        ? 'approver'
        : signers.by === 'officer' && signers.roles.length === 1
          ? 'duty-officer'
          : 'officer';
    t.strictSame([...roles], [said], kind);
  }
  t.same(signersOf('own.of-a-newer-version'), { by: 'device' });
});

t.test('a draft moves as the first rows of the alert do', async (t) => {
  const names = { draft: 'draft', 'awaiting-approval': 'awaiting-approval', sent: 'sent' } as const;
  for (const { on, from, to, role } of ALERT_ROWS.filter((row) => ['submit', 'return', 'send'].includes(row.on))) {
    const row = DRAFT_ROWS.find((candidate) => candidate.on === on);
    t.ok(
      from.every((state) => row?.from.some((own) => names[own] === state)),
      on,
    );
    t.same([row?.to, row?.by], [to, role], on);
  }
  t.equal(draftNext('sent', 'return'), undefined);
  t.equal(draftNext('draft', 'send'), undefined, 'nothing goes out that was returned');
});
