/**
 * One agency of a fake network: a real archive on disk, the SDK's own checking, queueing, cases and inbox over it, and in place
 * of keys, directory and relay a hand that carries envelopes across. What can go wrong is switched by whoever tests.
 */
import { mkdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { randomBytes } from '@holdfast/keys';
import {
  type AgencyId,
  type ConversationId,
  type Problem,
  type ProtocolErrorCode,
  type Role,
  toDeviceId,
} from '@holdfast/protocol';
import { AlarmBell } from '../alarm-bell.js';
import { storedAlarm } from '../alarms.js';
import type { OfficerSigner } from '../approval/officer-signer.js';
import { type Archive, openArchive } from '../archive/archive.js';
import type { OutboxItem } from '../archive/outbox-table.js';
import { Holdfast } from '../client.js';
import type { DeskRuntime } from '../desk-runtime.js';
import { isSdkError, SdkError } from '../errors.js';
import { EventHub } from '../events.js';
import { fakeDirectory } from './fake-directory.js';
import type { FakeEnvelope } from './fake-envelope.js';
import { FakeOfficers } from './fake-officers.js';
import type { FakeRelay } from './fake-relay.js';
import { finalProblem } from './final-problem.js';
import { nextItem } from './next-item.js';
import { storeDelivery } from './store-delivery.js';

interface OpenDesk {
  readonly desk: Holdfast;
  readonly archive: Archive;
  readonly events: EventHub;
  readonly bell: AlarmBell;
  readonly stop: AbortController;
  isOnline: boolean;
}

/** An agency of a fake network, with what may go wrong for it. */
export class FakeAgency {
  readonly agency: AgencyId;
  readonly #relay: FakeRelay;
  readonly #file: string;
  readonly #archiveKey = randomBytes(32);
  readonly #device = toDeviceId(randomBytes(16));
  readonly #mailbox: FakeEnvelope[] = [];
  #open: OpenDesk;
  readonly #officers: FakeOfficers;
  #isConnected = true;
  #isHeld = false;
  #refusal: Problem | undefined;
  #losesReceipt = false;
  #turn: Promise<void> | undefined;

  /** Made by `fakeNetwork`. @internal */
  constructor(agency: AgencyId, file: string, relay: FakeRelay) {
    this.agency = agency;
    this.#file = file;
    this.#relay = relay;
    this.#officers = new FakeOfficers(agency, relay);
    this.#open = this.#start();
  }

  /** The agency's desk, as it was opened last. */
  get desk(): Holdfast {
    return this.#open.desk;
  }

  /** Certifies an officer, for `desk.as` and `desk.approve`. */
  officer(name: string, roles: readonly Role[]): OfficerSigner {
    return this.#officers.add(name, roles);
  }

  /** Cuts the connection: what is sent stays queued, nothing arrives. */
  disconnect(): void {
    this.#isConnected = false;
    if (!this.#open.isOnline) return;
    this.#open.isOnline = false;
    this.#open.events.emit({ event: 'connection', state: 'offline', code: 'relay.unreachable' });
  }

  /** Connects again; what waited on either side moves. */
  connect(): void {
    this.#isConnected = true;
    this.#wake();
  }

  /** Delays what others send to this agency: the relay has it, and it does not arrive before `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Lets everything held arrive. */
  release(): void {
    this.#isHeld = false;
    this.#wake();
  }

  /** The relay refuses this agency's next message for good, with the problem of `code`. */
  refuseNext(code: ProtocolErrorCode = 'envelope.malformed'): void {
    this.#refusal = finalProblem(code);
  }

  /** The relay takes the next message and the connection breaks before its receipt: `unknown` until `connect`. */
  loseNextReceipt(): void {
    this.#losesReceipt = true;
  }

  /** Raises an alarm, as if something had arrived that is not believed. */
  alarm(code: string, detail: Readonly<Record<string, unknown>> = {}): void {
    const { archive, events } = this.#open;
    archive.arrivals.alarm(code, detail, this.#relay.now());
    events.emit(storedAlarm(code, detail));
  }

  /** Does what a running desk does once a minute: tells what the clock of the network has brought about. */
  tick(): void {
    this.#open.bell.tellTime();
  }

  /** Ends the desk with whatever was under way, and opens it again from what it had stored. */
  async restart(): Promise<Holdfast> {
    await this.#open.desk.close();
    this.#open = this.#start();
    return this.#open.desk;
  }

  /** @internal */
  receive(envelope: FakeEnvelope): void {
    this.#mailbox.push(envelope);
    this.#wake();
  }

  /** What is under way here, if anything. @internal */
  get underWay(): Promise<void> | undefined {
    return this.#turn;
  }

  #start(): OpenDesk {
    const archive = openArchive(this.#file, this.#archiveKey);
    const spoolFolder = `${this.#file}.spool`;
    mkdirSync(spoolFolder, { recursive: true });
    const stop = new AbortController();
    const events = new EventHub(stop.signal);
    const relay = this.#relay;
    const isOnline = (): boolean => open.isOnline;
    const online = async (signal: AbortSignal): Promise<void> =>
      events.until(isOnline, AbortSignal.any([signal, stop.signal]));
    const runtime: DeskRuntime = {
      identity: { fed: relay.fed, agency: this.agency, device: this.#device },
      archive,
      events,
      now: relay.now,
      signal: stop.signal,
      get isOnline() {
        return isOnline();
      },
      onStep: undefined,
      outbox: { wake: () => this.#wake(), settled: async () => await this.#turn },
      online,
      // What waited is stored in the turn in which the desk comes online.
      caughtUp: online,
      officers: this.#officers,
      ...fakeDirectory(relay),
      spoolFolder,
      download: (order) => relay.download({ ...order, signal: AbortSignal.any([order.signal, stop.signal]) }),
      stop: async () => {
        if (stop.signal.aborted) return;
        stop.abort(new SdkError('closed'));
        open.isOnline = false;
        await this.#turn;
        events.emit({ event: 'connection', state: 'stopped' });
        archive.close();
      },
    };
    const directory = { recordsOf: runtime.recordsOf };
    const bell = new AlarmBell(archive, events, relay.now, { identity: runtime.identity, directory });
    const open: OpenDesk = { desk: new Holdfast(runtime), archive, events, bell, stop, isOnline: false };
    this.#wake();
    return open;
  }

  /** In a turn of its own: whoever sends has its handle before anything moves. */
  #wake(): void {
    const turn = (this.#turn ?? Promise.resolve()).then(() => nextTurn()).then(() => this.#move());
    const ended = turn.finally(() => {
      if (this.#turn === ended) this.#turn = undefined;
    });
    this.#turn = ended;
  }

  /** Takes in what waits, comes online, and sends what can go. */
  async #move(): Promise<void> {
    const open = this.#open;
    if (open.stop.signal.aborted || !this.#isConnected) return;
    if (!this.#isHeld) {
      for (const envelope of this.#mailbox.splice(0)) {
        const told = storeDelivery(envelope, open.archive, this.agency, this.#relay.now());
        if (told !== undefined) open.events.emit(told);
      }
    }
    if (!open.isOnline) {
      open.isOnline = true;
      open.events.emit({ event: 'connection', state: 'online' });
    }
    const waiting = new Set<ConversationId>();
    for (;;) {
      const item = nextItem(open.archive, waiting);
      if (item === undefined) return;
      if (!(await this.#send(item, open))) waiting.add(item.conversation);
      if (!open.isOnline) return;
    }
  }

  /** @returns false where it must wait, with all of its conversation behind it */
  async #send(item: OutboxItem, { archive, events }: OpenDesk): Promise<boolean> {
    const { id } = item;
    if (item.recipients.length === 0) {
      archive.outbox.discard(id);
      return true;
    }
    try {
      await this.#relay.upload(item, archive);
      const problem = this.#refusal;
      if (problem !== undefined && item.state === 'queued') {
        this.#refusal = undefined;
        archive.outbox.setRefused(id, problem);
        events.emit({ event: 'outbox.refused', id, problem });
        return true;
      }
      const eh = item.eh ?? this.#relay.submit(item, archive, { agency: this.agency, device: this.#device });
      if (this.#losesReceipt) {
        this.#losesReceipt = false;
        this.disconnect();
        return false;
      }
      const receipt = this.#relay.receiptOf(eh);
      archive.outbox.setAccepted(id, receipt);
      events.emit({ event: 'outbox.accepted', id, eh, receipt });
      return true;
    } catch (error) {
      if (!isSdkError(error)) throw error;
      events.emit({ event: 'outbox.waiting', id, code: error.code, advice: error.advice });
      return false;
    }
  }
}
