/** Building the view: every trust list and statement is verified again each time it is read, also from our own disk. */
import { type AcceptedTrustList, acceptTrustList, extendChain, rootsOf, startMemberChain } from '@holdfast/keys/verify';
import type { AgencyId, DeviceId, FederationId, GeneralJws } from '@holdfast/protocol';
import type { DirectoryView, KnownAgency } from './view.js';

/** Accepts trust lists in order, from the pinned first one. @throws KeysError `trust-list.refused` */
export function replayTrustLists(
  previous: AcceptedTrustList | undefined,
  lists: readonly GeneralJws[],
  fed: FederationId,
): AcceptedTrustList | undefined {
  let accepted = previous;
  for (const jws of lists) accepted = acceptTrustList(accepted, jws, fed);
  return accepted;
}

/** A view with no chains yet. */
export const emptyView = (trust: AcceptedTrustList): DirectoryView => ({
  trust,
  agencies: new Map(),
  owners: new Map(),
  quarantined: new Set(),
});

/** Appends statements to one agency's chain. @throws KeysError `chain.*`, `jws.invalid` */
export function withStatements(
  view: DirectoryView,
  agency: AgencyId,
  statements: readonly GeneralJws[],
): DirectoryView {
  const known = view.agencies.get(agency);
  let chain = known?.chain ?? startMemberChain(view.trust, agency);
  if (chain === undefined || statements.length === 0) return view;
  const vouched = rootsOf(view.trust, agency);
  const heads = [...(known?.heads ?? [])];
  const times = [...(known?.times ?? [])];
  const owners = new Map(view.owners);
  for (const jws of statements) {
    const extension = extendChain(chain, jws, vouched);
    chain = extension.chain;
    if (chain.head !== null) heads.push(chain.head);
    times.push(chain.atMs);
    if (extension.statement.kind === 'device') claim(owners, extension.statement.device, agency);
  }
  const agencies = new Map<AgencyId, KnownAgency>(view.agencies).set(agency, { chain, heads, times });
  return { ...view, agencies, owners };
}

/** A device id belongs to whoever certified it first; another agency's later claim is ignored, so it cannot take it over. */
function claim(owners: Map<DeviceId, AgencyId>, device: DeviceId, agency: AgencyId): void {
  if (!owners.has(device)) owners.set(device, agency);
}

/** Every stored statement, agency by agency. */
export function replayStatements(
  view: DirectoryView,
  rows: readonly { readonly agency: AgencyId; readonly jws: GeneralJws }[],
): DirectoryView {
  const byAgency = new Map<AgencyId, GeneralJws[]>();
  for (const { agency, jws } of rows) byAgency.set(agency, [...(byAgency.get(agency) ?? []), jws]);
  let next = view;
  for (const [agency, statements] of byAgency) next = withStatements(next, agency, statements);
  return next;
}
