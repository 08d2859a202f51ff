/** What a statement or a trust list does, in plain words, for the person who is about to sign it. Computed from the payload alone. */
import { type KeySet, type Member, type Statement, sameKeySet, type TrustList } from '@holdfast/protocol';

const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const setLines = ({ threshold, keys }: KeySet): string[] => [
  `${threshold} of these ${keys.length} must sign:`,
  ...keys.map((key) => `  ${key}`),
];

export function describeStatement(statement: Statement): string[] {
  const { agency, seq, fed, atMs } = statement;
  return [
    `Statement ${seq} in the chain of ${agency}, dated ${at(atMs)}, in the federation ${fed}.`,
    ...contentLines(statement),
  ];
}

function contentLines(statement: Statement): string[] {
  switch (statement.kind) {
    case 'root':
      return [
        `REPLACES the root keys of ${statement.agency}. From then on`,
        ...setLines(statement.root),
        'Root keys that are not among them sign nothing more.',
      ];
    case 'directory-key':
      return [
        `APPOINTS a directory key, valid ${validity(statement)}. It can certify and revoke devices and officers.`,
        `  ${statement.key}`,
      ];
    case 'revoke':
      return [`REVOKES this key (${statement.reason}). It signs nothing more.`, `  ${statement.target}`];
    case 'officer':
      return [
        `Certifies officer ${statement.officer} as ${statement.roles.join(', ')}, valid ${validity(statement)}.`,
        `  ${statement.key}`,
      ];
    case 'device':
      return [`Certifies device ${statement.device}, valid ${validity(statement)}.`, `  ${statement.key}`];
    case 'archive':
      return [`Names the agency's archive key, valid ${validity(statement)}.`];
    case 'entry':
      return [`Names the directory entry ${statement.documentHash}, valid until ${at(statement.expiresAtMs)}.`];
    case 'capability':
      return [`Names the capability record ${statement.documentHash}, valid until ${at(statement.expiresAtMs)}.`];
  }
}

const validity = ({ notBeforeMs, notAfterMs }: { readonly notBeforeMs: number; readonly notAfterMs: number }): string =>
  `from ${at(notBeforeMs)} to ${at(notAfterMs)}`;

/** @param previous the list before it, where it is at hand: then what changes is said first */
export function describeTrustList(list: TrustList, previous?: TrustList): string[] {
  return [
    `Trust list ${list.version} of "${list.name}" (${list.use}), issued ${at(list.issuedAtMs)}, valid until ${at(list.expiresAtMs)}.`,
    ...(previous === undefined
      ? ['The list before it is not at hand here: what it changes cannot be told. All that it says:']
      : ['What it changes:', ...changes(list, previous).map((line) => `- ${line}`), 'All that it says:']),
    'Root of the federation:',
    ...setLines(list.root).map((line) => `  ${line}`),
    `Relay: ${list.relay.origin}, key ${list.relay.key}`,
    `Members: ${list.members.length}`,
    ...list.members.flatMap(memberLines),
  ];
}

const memberLines = ({ agency, name, status, root }: Member): string[] => [
  `  ${agency} "${name}", ${status}, root: ${root.threshold} of ${root.keys.join(', ')}`,
];

function changes(list: TrustList, previous: TrustList): string[] {
  const said: string[] = [];
  if (!sameKeySet(list.root, previous.root)) said.push('the ROOT KEYS OF THE FEDERATION are replaced');
  if (list.relay.key !== previous.relay.key || list.relay.origin !== previous.relay.origin)
    said.push(`the RELAY is another: ${list.relay.origin}, key ${list.relay.key}`);
  if (list.name !== previous.name) said.push(`the federation's name was "${previous.name}"`);
  if (list.use !== previous.use) said.push(`the use was ${previous.use}`);
  if (list.witnessPolicy !== previous.witnessPolicy) said.push("the witnesses' policy changes");
  const before = new Map(previous.members.map((member) => [member.agency, member]));
  for (const member of list.members) said.push(...memberChanges(member, before.get(member.agency)));
  const now = new Set(list.members.map(({ agency }) => agency));
  for (const { agency } of previous.members)
    if (!now.has(agency)) said.push(`${agency} is LEFT OUT, which no verifier accepts`);
  return said.length === 0 ? ['nothing but its dates'] : said;
}

function memberChanges(member: Member, before: Member | undefined): string[] {
  const { agency, name, status, root } = member;
  const keys = `${root.threshold} of ${root.keys.join(', ')}`;
  if (before === undefined) return [`${agency} "${name}" is ADMITTED (${status}) under the root ${keys}`];
  return [
    ...(sameKeySet(root, before.root) ? [] : [`the federation VOUCHES for other root keys of ${agency}: ${keys}`]),
    ...(status === before.status ? [] : [`${agency} is now ${status.toUpperCase()}`]),
    ...(name === before.name ? [] : [`${agency} was called "${before.name}", now "${name}"`]),
    ...(member.admittedAtMs === before.admittedAtMs ? [] : [`${agency}: the date of admission changes`]),
  ];
}
