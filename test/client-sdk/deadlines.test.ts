/**
 * Deadlines as a desk has them: in the case, in the queue, as alarms that are told once, also across restarts; and what is advised of a
 * calendar. On the fake network, whose clock the test turns.
 */
import { type AlarmEvent, adviseHolidays, type QueueItem, type SdkEvent } from '@holdfast/client-sdk';
import { exampleCapability, type FakeAgency, type FakeNetwork, fakeNetwork } from '@holdfast/client-sdk/testing';
import type { ConversationId } from '@holdfast/protocol';
import t from 'tap';
import { renderQueue } from '#cli/render/queue.js';
import { unlistedYearAdvice } from '#client-sdk/deadlines/calendar-years.js';
import { acknowledgeBody, requestBody, XA, XB } from '../fixtures/network.js';

const HOUR = 3_600_000;
const EVERY_DAY = { timeZone: 'UTC', weekend: [], holidays: [] };

type Tap = Pick<typeof t, 'teardown'>;

interface Clocked {
  readonly network: FakeNetwork;
  readonly a: FakeAgency;
  readonly b: FakeAgency;
  /** Of the alert that `a` has sent, when the clock was at 0. */
  readonly conversation: ConversationId;
  /** Turns the clock to `hours` after the alert, and has both desks look at it. */
  readonly at: (hours: number) => void;
  readonly events: SdkEvent[];
}

/** An urgent or flash alert from `a` to `b`, delivered, at the clock's 0. */
async function alerted(t: Tap, urgency: 'flash' | 'urgent'): Promise<Clocked> {
  const T = Date.now();
  let nowMs = T;
  const network = await fakeNetwork({
    now: () => nowMs,
    agencies: [{ agency: XA }, { agency: XB, capability: { ...exampleCapability(XB, T), calendar: EVERY_DAY } }],
  });
  t.teardown(() => network.close());
  const [a, b] = [network.agency(XA), network.agency(XB)];
  const events: SdkEvent[] = [];
  a.desk.on((event) => void events.push(event));
  const { conversation } = await a.desk.freeze.request({ to: XB, body: { ...(await requestBody()), urgency } });
  await network.settled();
  const at = (hours: number): void => {
    nowMs = T + hours * HOUR;
    for (const agency of [a, b]) agency.tick();
  };
  return { network, a, b, conversation, at, events };
}

const lines = (desk: FakeAgency['desk']): readonly string[] =>
  desk.queue().map(({ clock, ours }) => `${clock.what} ${clock.state} ${ours ? 'ours' : clock.whose.agency}`);
const alarms = (agency: FakeAgency): readonly (readonly unknown[])[] =>
  agency.desk.alarms().map(({ code, detail }: AlarmEvent) => [code, detail.what ?? detail.stage, detail.left ?? null]);

t.test(
  'the queue shows what runs out first, whose turn it is, and stands still while something is asked',
  async (t) => {
    const { network, a, b, conversation, at } = await alerted(t, 'urgent');
    t.strictSame(lines(a.desk), [`acknowledge running ${XB}`]);
    t.strictSame(lines(b.desk), ['acknowledge running ours']);
    await b.desk.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
    await network.settled();
    t.strictSame(lines(b.desk), ['redirect running ours', 'decide running ours']);
    at(2);
    const question = { language: 'en', text: 'Which account?' };
    const now = Date.now() + 2 * HOUR;
    await b.desk.freeze.step('freeze.ask', {
      conversation,
      body: {
        writtenAtMs: now,
        items: [{ itemRef: 'q1', about: 'facts', question }],
        answerByMs: now + 4 * HOUR,
      },
    });
    await network.settled();
    t.strictSame(lines(a.desk), ['supply running ours', `redirect running ${XB}`, `decide paused ${XB}`]);
    t.same(
      a.desk.queue().map(({ clock }) => clock.dueAtMs),
      b.desk.queue().map(({ clock }) => clock.dueAtMs),
      'both sides reckon alike',
    );
    const shown = renderQueue(a.desk.queue(), now);
    t.match(shown, /^left +turn +awaits +priority +case\n/);
    t.match(shown, /4 h left +we +answer to a question +urgent/);
    t.match(shown, /paused, \d+ h.* left +xb-fiu +decision: impose, refuse or no assets/);
    t.match(shown, /\n {4}24 hours, paused since /);
    t.strictSame(
      a.desk
        .case(conversation)
        .clocks.map(({ what }) => what)
        .sort(),
      ['acknowledge', 'decide', 'delivery', 'redirect', 'supply'],
    );
  },
);

t.test(
  'warnings and what is overdue are told once each, on both sides as it concerns them, also after a restart',
  async (t) => {
    const { network, a, b, conversation, at, events } = await alerted(t, 'flash');
    await b.desk.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
    await network.settled();
    at(4.1);
    t.strictSame(alarms(a), [], 'it is not its turn');
    const half = [
      ['deadline.warning', 'decide', '50 %'],
      ['deadline.warning', 'redirect', '50 %'],
    ];
    t.strictSame(alarms(b), half);
    at(4.2);
    await b.restart();
    at(4.3);
    t.strictSame(alarms(b), half, 'told once');
    at(6.5);
    t.equal(alarms(b).length, 4, 'and with a quarter left');
    at(8.5);
    t.strictSame(alarms(b).slice(4), [['deadline.overdue', 'decide', null]], 'redirecting is nothing that one owes');
    t.strictSame(alarms(a), [['deadline.overdue', 'decide', null]], 'Q hears that R is late');
    const [told] = a.desk.alarms();
    t.match(told, {
      severity: 'alarm',
      detail: { conversation, agency: XB, contacts: [{ agency: XB, phone: /^\+/ }] },
    });
    t.match(told?.detail.explanation, /^8 hours, from acknowledgement on /);
    t.match(
      events.filter(({ event }) => event === 'deadline'),
      [{ event: 'deadline', state: 'overdue', conversation, ours: false, left: null, clock: { what: 'decide' } }],
      'and as an event',
    );
    at(200);
    t.equal(alarms(a).length, 1);
    t.strictSame(lines(a.desk), [`decide overdue ${XB}`], 'it stays in the queue until it is done');
  },
);

t.test('of warnings that came due while the desk was closed only the last is told', async (t) => {
  const { network, b, conversation, at } = await alerted(t, 'flash');
  await b.desk.freeze.acknowledge({ conversation, body: await acknowledgeBody() });
  await network.settled();
  at(7);
  t.strictSame(alarms(b), [
    ['deadline.warning', 'decide', '25 %'],
    ['deadline.warning', 'redirect', '25 %'],
  ]);
});

t.test('an alert that does not arrive: telephone, by name and number', async (t) => {
  const T = Date.now();
  let nowMs = T;
  const network = await fakeNetwork({ now: () => nowMs });
  t.teardown(() => network.close());
  const [a, b] = [network.agency(XA), network.agency(XB)];
  b.hold();
  await a.desk.freeze.request({ to: XB, body: await requestBody() });
  await network.settled();
  t.strictSame(lines(a.desk), [`delivery running ${XB}`]);
  nowMs = T + 16 * 60_000;
  a.tick();
  a.tick();
  t.strictSame(alarms(a), [['alert.undelivered', 'delivered', null]]);
  t.match(a.desk.alarms()[0], { detail: { contacts: [{ agency: XB, name: String, phone: /^\+/ }] } });
  b.release();
  await network.settled();
  t.strictSame(lines(a.desk), [`acknowledge running ${XB}`]);
});

t.test('what is most urgent comes first, over all cases', async (t) => {
  const network = await fakeNetwork();
  t.teardown(() => network.close());
  const { desk } = network.agency(XA);
  for (const urgency of ['routine', 'flash', 'urgent'] as const)
    await desk.freeze.request({ to: XB, body: { ...(await requestBody()), urgency } });
  await network.settled();
  const queue: readonly QueueItem[] = desk.queue();
  t.strictSame(
    queue.map((item) => item.case.priority),
    ['flash', 'urgent', 'routine'],
  );
});

t.test("date-holidays advises on the agency's own calendar, and no more", async (t) => {
  const calendar = { timeZone: 'Europe/Paris', weekend: [6, 7], holidays: ['2026-01-01', '2026-04-06', '2026-01-02'] };
  const advice = await adviseHolidays({ calendar, country: 'FR', years: [2026, 2027] });
  const texts = advice.map(({ text }) => text);
  t.ok(
    texts.includes('date-holidays has 2026-07-14 a holiday (Bastille Day) that the record does not list'),
    texts.join('\n'),
  );
  t.ok(texts.includes('the record lists 2026-01-02, which date-holidays does not have as a holiday'));
  t.ok(texts.includes('the record lists no holidays for 2027'));
  t.notOk(
    texts.some((text) => text.includes('2026-01-01') || text.includes('2026-04-06')),
    'what both have is not said',
  );
  t.notOk(
    texts.some((text) => text.includes('2026-08-15')),
    'Assumption is a Saturday in 2026',
  );
  const berlin = { timeZone: 'Europe/Berlin', weekend: [6, 7], holidays: ['2027-01-01'] };
  const on = async (region?: string): Promise<readonly (string | null)[]> =>
    (
      await adviseHolidays({
        calendar: berlin,
        country: 'DE',
        years: [2027],
        ...(region === undefined ? {} : { region }),
      })
    ).map((found) => found.on);
  t.ok((await on('BE')).includes('2027-03-08'), "International Women's Day is a holiday in Berlin");
  t.notOk((await on()).includes('2027-03-08'), 'and not in all of Germany');
  t.match(await adviseHolidays({ calendar, country: 'XA', years: [2026] }), [{ code: 'country-unknown', on: null }]);
  t.match(await adviseHolidays({ calendar, country: 'DE', region: 'QQ', years: [2026] }), [
    { code: 'country-unknown' },
  ]);
});

t.test('a deadline that runs into a year without listed holidays is remarked on', async (t) => {
  const calendar = { timeZone: 'Europe/Lisbon', weekend: [6, 7], holidays: ['2026-12-25'] };
  const from = Date.parse('2026-12-28T10:00:00Z');
  const remark = (unit: 'working-days' | 'hours' | 'calendar-days', until: string): string | undefined =>
    unlistedYearAdvice({ calendar, unit, lastDay: 'as-it-falls' }, from, Date.parse(until));
  t.equal(
    remark('working-days', '2027-01-05T00:00:00Z'),
    'the record lists no holidays for 2027, and the deadline runs into it: Tuesday 5 January 2027 00:00 Europe/Lisbon',
  );
  t.equal(remark('working-days', '2027-01-01T00:00:00Z'), undefined, 'it ends with the last day of 2026');
  t.equal(remark('hours', '2027-01-05T00:00:00Z'), undefined, 'hours know no holidays');
  t.equal(remark('calendar-days', '2027-01-05T00:00:00Z'), undefined);
});
