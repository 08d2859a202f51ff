/**
 * One whole case on a local network, as two agencies would live it: a spontaneous disclosure with a large attachment, the relay
 * killed while it holds it, a flash alert, acknowledged and imposed in part, every receipt checked, and at the end a search
 * of everything the relay has for words of the case.
 */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InboxItem, newBlobId } from '@holdfast/client-sdk';
import { randomBytes } from '@holdfast/keys';
import { verifyReceipt } from '@holdfast/keys/verify';
import { fromBase64url, parseMessage } from '@holdfast/protocol';
import { CliError } from '../errors.js';
import { readBody } from '../input/read-body.js';
import { type AgencyProcess, APPROVER, DRAFTER } from './agency.js';
import { canariesOf, searchCanaries } from './canaries.js';
import { MEMBERS, type Network, type Report } from './network.js';
import type { SentAnswer } from './orders.js';

const ATTACHMENT_BYTES = 20 * 1024 * 1024;

export interface WholeCaseOptions {
  readonly samples: string;
  readonly report: Report;
}

/** Runs the case. @throws CliError `sandbox.failed` at the first thing that is not as it must be */
export async function runWholeCase(
  network: Network,
  { samples, report }: WholeCaseOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const [requesting, requested] = MEMBERS;
  const alarms: string[] = [];
  const listen = (agency: string) => (event: { readonly event: string }) => {
    if (event.event === 'alarm') alarms.push(`${agency}: ${JSON.stringify(event)}`);
  };

  const drafted = (agency: string) => (draft: string) =>
    report(
      'draft.approved',
      { agency, draft, drafter: DRAFTER, approver: APPROVER },
      `  ${agency}: ${DRAFTER} has drafted it, and ${APPROVER} approves it: four eyes.`,
    );

  // 1. A sends while B is away: the relay alone holds the message.
  const a = network.startAgency(requesting, listen(requesting.agency));
  await a.order({ do: 'online' });
  const attachment = await makeAttachment(join(network.home, 'bank-statements.bin'));
  const id = newBlobId();
  const named = [{ id, name: 'bank-statements.bin', mediaType: 'application/octet-stream' }];
  const disclosureBody = parseMessage(
    'disclosure',
    await readBody(join(samples, 'disclosure.json'), Date.now(), { attachments: named }),
  ).body;
  const disclosed = await a.sendApproved(
    {
      do: 'disclose',
      to: requested.agency,
      body: disclosureBody,
      attachments: [{ id, path: attachment.path }],
      until: 'accepted',
      timeoutMs: 120_000,
    },
    drafted(requesting.agency),
  );
  checkReceipt(network, disclosed);
  report(
    'disclosure.accepted',
    { eh: disclosed.eh, conversation: disclosed.conversation, attachmentBytes: ATTACHMENT_BYTES },
    'Arvenia discloses to Belmora, unasked, with 20 MB attached. Belmora is away; the relay has given a receipt.',
  );

  // 2. The relay dies without warning, between submit and delivery.
  const before = network.relay.pid;
  await network.relay.kill();
  await network.restartRelay();
  report(
    'relay.killed',
    { signal: 'SIGKILL', before, after: network.relay.pid },
    `The relay was killed with SIGKILL (process ${before}) and started again (${network.relay.pid}).`,
  );

  // 3. B comes, and has everything once.
  const b = network.startAgency(requested, listen(requested.agency));
  await b.order({ do: 'online' });
  const lead = await b.item(({ eh }) => eh === disclosed.eh);
  const [ref] = lead.attachments;
  must(ref !== undefined, 'The disclosure came without its attachment.');
  const { sha256 } = await b.order({
    do: 'download',
    ref,
    path: join(network.home, 'received.bin'),
    timeoutMs: 120_000,
  });
  must(sha256 === attachment.sha256, 'The attachment is not the file that was sent.');
  report(
    'disclosure.received',
    { eh: lead.eh, entities: entitiesOf(lead), attachmentSha256: sha256 },
    `Belmora has it: ${entitiesOf(lead)} FollowTheMoney entities, and the attachment, bit for bit.`,
  );
  const opened = await a.send({ do: 'until', id: disclosed.id, until: 'opened' });
  report(
    'receipts.checked',
    { eh: opened.eh, levels: levelsOf(opened) },
    `Arvenia holds Belmora's signed receipts: ${levelsOf(opened).join(', ')}.`,
  );

  // 4. The flash alert.
  const requestBody = parseMessage('freeze.request', await readBody(join(samples, 'alert.json'), Date.now())).body;
  const alert = await a.sendApproved(
    { do: 'freeze.request', to: requested.agency, body: requestBody, until: 'delivered' },
    drafted(requesting.agency),
  );
  checkReceipt(network, alert);
  report(
    'alert.delivered',
    { eh: alert.eh, conversation: alert.conversation, assets: requestBody.assets.length },
    `Flash alert on ${requestBody.assets.length} assets: delivered, with Belmora's signed receipt.`,
  );
  const { conversation } = alert;
  await b.item(({ eh }) => eh === alert.eh);
  const acknowledgeBody = parseMessage(
    'freeze.acknowledge',
    await readBody(join(samples, 'acknowledge.json'), Date.now()),
  ).body;
  const acknowledged = await b.send({
    do: 'freeze.acknowledge',
    conversation,
    body: acknowledgeBody,
    until: 'delivered',
    as: DRAFTER,
  });
  checkReceipt(network, acknowledged);
  report('alert.acknowledged', { eh: acknowledged.eh }, "Belmora's duty officer has acknowledged it.");

  // 5. Imposed in part, until a deadline under Belmora's law.
  const imposition = await b.order({
    do: 'imposition',
    conversation,
    input: await readBody(join(samples, 'impose.json'), Date.now()),
  });
  must(imposition.body !== undefined, 'There is no imposition to send.');
  const imposed = await b.sendApproved(
    { do: 'freeze.impose', conversation, body: imposition.body, until: 'delivered' },
    drafted(requested.agency),
  );
  checkReceipt(network, imposed);
  await a.item(({ eh }) => eh === imposed.eh);
  const { case: seen } = await a.order({ do: 'case', conversation });
  const { case: held } = await b.order({ do: 'case', conversation });
  must(
    seen?.state === 'partial' && held?.state === 'partial',
    `Both sides must see the alert as partial: ${String(seen?.state)} and ${String(held?.state)}.`,
  );
  must(JSON.stringify(seen.assets) === JSON.stringify(held.assets), 'The two sides see different assets.');
  const frozen = seen.assets.filter(({ state }) => state === 'in-force');
  for (const asset of seen.assets) {
    const until =
      asset.expiry === null ? '' : ` until ${new Date(asset.expiry.atMs).toISOString()}: ${asset.expiry.explanation}`;
    report('asset', { ...asset }, `  ${asset.assetRef}: ${asset.state}${until}`);
  }
  report(
    'alert.imposed',
    { eh: imposed.eh, inForce: frozen.length, of: seen.assets.length },
    `Imposed in part: ${frozen.length} of ${seen.assets.length} assets. Both sides see the same.`,
  );
  const decided = await a.send({ do: 'until', id: alert.id, until: 'decided' });
  report(
    'receipts.checked',
    { eh: decided.eh, levels: levelsOf(decided) },
    `Receipts for the alert: ${levelsOf(decided).join(', ')}.`,
  );

  // 6. Nothing lost, nothing twice.
  for (const [agency, expected] of [
    [a, 2],
    [b, 2],
  ] as const)
    checkOnce(agency, expected);
  must(alarms.length === 0, `There were alarms: ${alarms.join('; ')}`);
  const messages = a.items.length + b.items.length;
  await a.stop();
  await b.stop();
  await network.relay.stop();

  // 7. Did the relay ever see a word of it?
  const published = await publishedText(samples);
  const canaries = [
    ...canariesOf(disclosureBody),
    ...canariesOf(requestBody),
    ...canariesOf(imposition.body),
    attachment.canary,
  ].filter((word) => !published.includes(word));
  const search = await searchCanaries(network.relayFolders, canaries);
  must(search.findings.length === 0, `The relay has plaintext: ${JSON.stringify(search.findings)}`);
  report(
    'canaries.searched',
    { files: search.files, bytes: search.bytes, canaries: canaries.length, patterns: search.patterns, found: 0 },
    `Searched ${search.files} files of the relay (${search.bytes} bytes) for ${canaries.length} words of the case in ${search.patterns} encodings: none found.`,
  );
  return { messages, relayKills: 1, canariesFound: 0 };
}

/** 20 MB of random bytes with a word in the middle that must not be found at the relay. */
async function makeAttachment(
  path: string,
): Promise<{ readonly path: string; readonly sha256: string; readonly canary: string }> {
  const canary = `canary-${Buffer.from(randomBytes(12)).toString('hex')}-attachment`;
  const bytes = randomBytes(ATTACHMENT_BYTES);
  bytes.set(Buffer.from(canary), ATTACHMENT_BYTES / 2);
  const file = await open(path, 'w');
  await file.writeFile(bytes);
  await file.close();
  return { path, sha256: createHash('sha256').update(bytes).digest('hex'), canary };
}

/** Directory entries and capability records are public to the relay; a word that stands in them proves nothing. */
async function publishedText(samples: string): Promise<string> {
  const files = MEMBERS.flatMap(({ sample }) => [`entry-${sample}.json`, `capability-${sample}.json`]);
  return (await Promise.all(files.map((file) => readFile(join(samples, file), 'utf8')))).join('\n');
}

function checkReceipt({ trust }: Network, sent: SentAnswer): void {
  must(sent.receipt !== null && sent.eh !== null, 'A message was accepted without a receipt.');
  verifyReceipt(sent.receipt, {
    eh: sent.eh,
    origin: trust.list.relay.origin,
    relayKey: fromBase64url(trust.list.relay.key),
  });
}

function checkOnce(agency: AgencyProcess, expected: number): void {
  const names = agency.items.map(({ eh }) => eh);
  must(new Set(names).size === names.length, 'A message came twice.');
  must(names.length === expected, `${expected} messages were expected, ${names.length} came.`);
}

const levelsOf = (sent: SentAnswer): string[] => sent.acknowledgements.map(({ level }) => level);
const entitiesOf = ({ message }: InboxItem): number =>
  message.kind === 'disclosure' ? message.body.entities.length : 0;

function must(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new CliError('sandbox.failed', otherwise);
}
