/**
 * A case as one folder: everything in it, first what may be done with it, nothing of others' text able to act, nothing overwritten,
 * and recorded, so that erasing the case reaches it. Over the fake network, and its attachments over the fake relay.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HoldfastDesk, newBlobId } from '@holdfast/client-sdk';
import { fakeNetwork } from '@holdfast/client-sdk/testing';
import { type MessageBody, parserOf, readEntities } from '@holdfast/protocol';
import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import t from 'tap';
import { Type } from 'typebox';
import { readInput } from '#cli/input/read-input.js';
import { safeName } from '#client-sdk/export/safe-name.js';
import { disclosureBody, requestBody, soon, XA, XB } from '../fixtures/network.js';

const EVIL = '</td><script>alert(1)</script> & "quoted" \'single\' <img src=x onerror=alert(1)>';

async function desks() {
  const now = Date.now();
  const network = await fakeNetwork({
    agencies: await Promise.all(
      [XA, XB].map(async (agency) => ({
        agency,
        entry: await readInput(`samples/entry-${agency.slice(0, 2)}.json`, now),
        capability: await readInput(`samples/capability-${agency.slice(0, 2)}.json`, now),
      })),
    ),
  });
  const [a, b] = [network.agency(XA).desk, network.agency(XB).desk];
  await Promise.all([a.online({ signal: soon() }), b.online({ signal: soon() })]);
  return { network, a, b, folder: await mkdtemp(join(tmpdir(), 'holdfast-export-')) };
}

/** Asking for the next says that the one before is dealt with. */
async function takeOne(desk: HoldfastDesk): Promise<void> {
  const enough = new AbortController();
  for await (const _item of desk.inbox({ signal: AbortSignal.any([enough.signal, soon()]) })) enough.abort();
}

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));

/** Every file below a folder, with its mode. */
async function filesIn(folder: string): Promise<Map<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = new Map<string, number>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    found.set(path.slice(folder.length + 1), (await stat(path)).mode & 0o777);
  }
  return found;
}

async function disclosed(
  body: MessageBody<'disclosure'>,
  attachments: readonly { id: ReturnType<typeof newBlobId>; path: string }[] = [],
) {
  const stage = await desks();
  const sent = await stage.a.disclose({ to: XB, body, attachments: [...attachments] });
  await takeOne(stage.b);
  await sent.until('opened', { signal: soon() });
  return { ...stage, conversation: sent.conversation };
}

t.test(
  'a disclosure with an attachment: whole, private, verified by its manifest, and never over what is there',
  async (t) => {
    const source = join(await mkdtemp(join(tmpdir(), 'holdfast-source-')), 'x');
    await writeFile(source, 'statement');
    const ids = [newBlobId(), newBlobId()] as const;
    const body = await disclosureBody([
      { id: ids[0], name: 'terms.txt', mediaType: 'text/plain' },
      { id: ids[1], name: 'con', mediaType: 'text/plain' },
    ]);
    const hostile = { ...body, modusOperandi: { language: 'ar', text: `${EVIL} مرحبا` } };
    const { b, folder, conversation, network } = await disclosed(
      hostile,
      ids.map((id) => ({ id, path: source })),
    );
    try {
      const to = join(folder, 'case');
      const exported = await b.exportCase({ conversation, to, stix: true, signal: soon() });
      t.same(exported.missing, []);
      const files = await filesIn(to);
      t.equal((await stat(to)).mode & 0o777, 0o700);
      for (const [path, mode] of files) t.equal(mode, ['messages', 'attachments'].includes(path) ? 0o700 : 0o600, path);
      t.ok(files.has('attachments/terms-2.txt') && files.has('attachments/file-con'), 'given names, made safe');
      t.equal(await readFile(join(to, 'attachments/terms-2.txt'), 'utf8'), 'statement');

      const manifest = await readJson(join(to, 'manifest.json'));
      t.match(manifest, { v: 1, terms: [{ restrictions: body.restrictions }] });
      const listed = exported.files.filter(({ path }) => path !== 'manifest.json');
      t.match(manifest, { files: { length: files.size - 3 } }, 'all but the two folders and itself');
      for (const { path, sha256 } of listed)
        t.equal(
          createHash('sha256')
            .update(await readFile(join(to, path)))
            .digest('base64url'),
          sha256,
          path,
        );

      const page = await readFile(join(to, 'index.html'), 'utf8');
      t.notMatch(page, /<script|<img|onerror=alert\(1\)>/i);
      t.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; &quot;quoted&quot; &#39;single&#39;/);
      t.match(page, /Content-Security-Policy" content="default-src 'none'/);
      t.match(page, /<p lang="ar" dir="auto">/);
      t.ok(page.indexOf('Use this only so') < page.indexOf('Where it stands'), 'restrictions on the first screen');
      t.match(page, /TLP:AMBER/);
      for (const table of page.split('<table>').slice(1)) t.match(table, /^<caption>/);
      const headings = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
      t.ok(
        headings.every((level, index) => level <= (headings[index - 1] ?? 0) + 1),
        'no level of heading is left out',
      );

      const data = await readFile(join(to, 'case.json'), 'utf8');
      t.match(JSON.parse(data), {
        v: 1,
        terms: [{ restrictions: { tlp: 'AMBER' } }],
        messages: [{ kind: 'disclosure', body: hostile }],
      });
      t.notMatch(data, /"key"/, "attachments' keys stay in the archive");
      t.ok(data.indexOf('"terms"') < 20);
      const entities = readEntities(await readFile(join(to, 'entities.ftm.json'), 'utf8'));
      t.match(entities[0], { id: 'terms-1', schema: 'Note' });
      t.same(entities.slice(1), body.entities);
      const canonical = await readFile(join(to, 'messages/0001-disclosure.json'), 'utf8');
      t.same(JSON.parse(canonical), hostile);
      t.match(await readFile(join(to, 'messages/0001-disclosure.jws'), 'utf8'), /^[\w-]+\.[\w-]+\.[\w-]*$/);

      // Never over what is there, be it a file, a folder, or the same export once more.
      await mkdir(join(folder, 'empty'));
      await writeFile(join(folder, 'file'), 'mine');
      for (const name of ['case', 'empty', 'file'])
        await t.rejects(b.exportCase({ conversation, to: join(folder, name), signal: soon() }), {
          code: 'export.exists',
        });
      t.same((await readdir(folder)).sort(), ['case', 'empty', 'file'], 'and nothing half-made is left');
      t.equal(await readFile(join(folder, 'file'), 'utf8'), 'mine');

      // It is recorded: an item of its own, which an erasure removes.
      t.match(b.retention.of(conversation).items.at(-1), {
        what: 'export',
        id: to,
        purpose: body.personalData.purpose.text,
      });
      await chmod(join(to, 'case.json'), 0o600);
      await writeFile(join(to, 'case.json'), 'an officer has worked on it');
      const { files: erased } = await b.retention.erase({ conversation, reason: 'done' });
      t.same(
        erased.filter(({ outcome }) => outcome !== 'removed'),
        [{ path: join(to, 'case.json'), outcome: 'left' }],
      );
      t.same([...(await filesIn(to)).keys()], ['case.json']);
      const after = await b.exportCase({ conversation, to: join(folder, 'after'), stix: true, signal: soon() });
      t.match(await readFile(join(after.folder, 'index.html'), 'utf8'), /Erased<\/th>\s*<td dir="auto">on /);
      t.notMatch(await readFile(join(after.folder, 'case.json'), 'utf8'), /Velkov/);
    } finally {
      await network.close();
    }
  },
);

const refs = Type.Optional(Type.Array(Type.String(), { minItems: 1 }));
const parseBundle = parserOf(
  'bundle',
  Type.Object({
    type: Type.Literal('bundle'),
    id: Type.String(),
    objects: Type.Array(
      Type.Object({
        type: Type.String(),
        id: Type.String(),
        spec_version: Type.Literal('2.1'),
        name: Type.Optional(Type.String()),
        object_refs: refs,
        object_marking_refs: refs,
      }),
    ),
  }),
  'message.invalid',
);

/** What STIX 2.1 requires of each type that is written (section 4 and 7, "Required Common Properties" and "Required"). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  identity: ['created', 'modified', 'name'],
  note: ['created', 'modified', 'content', 'object_refs'],
  grouping: ['created', 'modified', 'context', 'object_refs'],
  'marking-definition': ['created'],
};

t.test('STIX: what the standard requires is there, and a TLP level only where the sender set one', async (t) => {
  const { a, b, folder, conversation, network } = await disclosed(await disclosureBody());
  try {
    const to = join(folder, 'x');
    await b.exportCase({ conversation, to, stix: true, signal: soon() });
    const bundle = parseBundle(await readJson(join(to, 'stix.json')));
    t.match(bundle, { type: 'bundle', id: /^bundle--/ });
    const ids = new Set<string>(bundle.objects.map(({ id }) => id));
    t.equal(ids.size, bundle.objects.length);
    for (const object of bundle.objects) {
      t.equal(object.spec_version, '2.1');
      t.match(
        object.id,
        new RegExp(`^${object.type}--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`),
      );
      for (const name of REQUIRED[object.type] ?? ['(a type that no test knows)'])
        t.ok(Object.hasOwn(object, name), `${object.type} ${name}`);
      for (const ref of [...(object.object_refs ?? []), ...(object.object_marking_refs ?? [])])
        t.ok(ids.has(ref), `${ref} resolves`);
    }
    const amber = bundle.objects.find(({ name }) => name === 'TLP:AMBER');
    t.match(amber, {
      id: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
      extensions: { 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': { tlp_2_0: 'amber' } },
    });
    t.match(JSON.stringify(bundle), /Handling code: H2/, 'the other axes travel in words');

    // An alert has no TLP: none is made of its handling.
    const alert = await a.freeze.request({ to: XB, body: await requestBody() });
    await takeOne(b);
    const plain = join(folder, 'y');
    await b.exportCase({ conversation: alert.conversation, to: plain, stix: true, signal: soon() });
    t.notMatch(await readFile(join(plain, 'stix.json'), 'utf8'), /TLP/);
    // What it does say of telling others stands first in every file.
    for (const name of ['TERMS.txt', 'messages/TERMS.txt', 'index.html', 'entities.ftm.json', 'stix.json'])
      t.match((await readFile(join(plain, name), 'utf8')).slice(0, 4000), /Tell the client/, name);
  } finally {
    await network.close();
  }
});

t.test('goAML: by a profile of the agency, well-formed whatever the text is', async (t) => {
  const { a, b, folder, network } = await desks();
  try {
    const body = await requestBody();
    const facts = { language: 'en', text: `${EVIL} ]]> --` };
    const alert = await a.freeze.request({ to: XB, body: { ...body, basis: { ...body.basis, facts } } });
    await takeOne(b);
    const { conversation } = alert;
    const goaml = { v: 1, name: 'XB -- sample', rentityId: 7, reportCode: 'AIF', currencyLocal: 'EUR' };
    await b.exportCase({ conversation, to: join(folder, 'x'), goaml, signal: soon() });
    const xml = await readFile(join(folder, 'x', 'goaml.xml'), 'utf8');
    t.match(xml.slice(0, 400), /Tell the institution/);
    const document = new DOMParser().parseFromString(xml, 'application/xml');
    const of = (name: string): string | null | undefined => document.getElementsByTagName(name)[0]?.textContent;
    t.equal(of('rentity_id'), '7');
    t.equal(of('reason'), facts.text);
    t.equal(of('entity_reference'), body.references.own);
    t.equal(
      document.getElementsByTagName('iban').length,
      body.assets.filter((asset) => asset.kind === 'account' && asset.iban !== undefined).length,
    );
    await t.rejects(
      b.exportCase({ conversation, to: join(folder, 'y'), goaml: { ...goaml, extra: 1 }, signal: soon() }),
      { code: 'message.invalid' },
    );
    const sent = await a.disclose({ to: XB, body: await disclosureBody() });
    await takeOne(b);
    await t.rejects(b.exportCase({ conversation: sent.conversation, to: join(folder, 'z'), goaml, signal: soon() }), {
      code: 'message.refused',
    });
    t.same(await readdir(folder), ['x']);
  } finally {
    await network.close();
  }
});

t.test('a name of another is a name in our folder, each once', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), { maxLength: 10 }), (names) => {
      const taken = new Set<string>();
      const safe = names.map((name) => safeName(name, taken));
      t.equal(new Set(safe.map((name) => name.toLowerCase())).size, safe.length);
      for (const name of safe) t.notMatch(name, /^\.|[/\\:\0\u202e]|^$|^(con|nul|aux|prn)(\.|$)/i);
    }),
    { numRuns: 200 },
  );
  t.equal(safeName('../../etc/passwd', new Set()), '_.._etc_passwd');
  t.equal(safeName('..', new Set()), 'file-');
});
