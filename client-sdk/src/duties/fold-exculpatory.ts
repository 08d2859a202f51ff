/** The exculpatory disclosures of a case from its signed events (article 46(5); spec 54-duties). */
import {
  type AgencyId,
  type DutyRef,
  type ExculpatoryEvent,
  type ExculpatoryMatter,
  type ExculpatoryState,
  type Hash,
  INFORM_ALARM_MS,
  type MessageBody,
  newMatter,
  nextExculpatory,
  refusalText,
  type SharedItem,
} from '@holdfast/protocol';
import type { DutyMessage, Refusals } from './duty-message.js';
import { senderOfItems } from './parties.js';

export interface Consultation extends Pick<MessageBody<'exculpatory.consult'>, 'wishes' | 'text'> {
  readonly eh: Hash;
  readonly from: AgencyId;
  /** It came when the disclosure had been made: it is on record, and undoes nothing. */
  readonly afterDisclosure: boolean;
}

export interface ExculpatoryDisclosure
  extends Omit<MessageBody<'exculpatory.disclosed'>, 'ref' | 'writtenAtMs' | 'withoutNotice'> {
  readonly eh: Hash;
  /** Why notice before was impossible; null where there was one. */
  readonly withoutNotice: MessageBody<'exculpatory.disclosed'>['withoutNotice'] | null;
}

export interface FoldedExculpatory {
  readonly ref: DutyRef;
  /** Received the information, and discloses it to an accused. */
  readonly discloser: AgencyId;
  /** Sent the information. It is told and consulted; it has no veto. */
  readonly sender: AgencyId;
  readonly state: ExculpatoryState;
  readonly items: readonly SharedItem[];
  /** From the notice, or from the information afterwards. */
  readonly proceedings: MessageBody<'exculpatory.notice'>['proceedings'] | null;
  readonly intendedOn: string | null;
  readonly consultations: readonly Consultation[];
  readonly disclosures: readonly ExculpatoryDisclosure[];
  /** When it becomes an alarm that the sender was not informed; null where it was, or had notice. */
  readonly informByMs: number | null;
}

interface Open {
  readonly discloser: AgencyId;
  readonly sender: AgencyId;
  readonly items: readonly SharedItem[];
  readonly proceedings: FoldedExculpatory['proceedings'];
  readonly intendedOn: string | null;
  readonly consultations: readonly Consultation[];
  readonly disclosures: readonly ExculpatoryDisclosure[];
  readonly matter: ExculpatoryMatter;
}

/** @param refusals gets what the tables did not allow */
export function foldExculpatory(
  all: readonly DutyMessage[],
  agencies: readonly AgencyId[],
  refusals: Refusals,
): readonly FoldedExculpatory[] {
  const matters = new Map<DutyRef, Open>();
  for (const sent of all) {
    const reason = take(sent, matters, all, agencies);
    if (reason !== undefined) refusals.set(sent.id, reason);
  }
  return [...matters].map(([ref, { matter, ...open }]) => ({
    ref,
    ...open,
    state: matter.state,
    informByMs:
      matter.untold.length === 0
        ? null
        : Math.min(...matter.untold.map(({ disclosedAtMs }) => disclosedAtMs)) + INFORM_ALARM_MS,
  }));
}

type ExculpatoryMessage = Extract<DutyMessage['message'], { readonly kind: `exculpatory.${string}` }>;
const isExculpatory = (message: DutyMessage['message']): message is ExculpatoryMessage =>
  message.kind.startsWith('exculpatory.');

/** Applies one message. @returns why it changes nothing, if so */
function take(
  sent: DutyMessage,
  matters: Map<DutyRef, Open>,
  all: readonly DutyMessage[],
  agencies: readonly AgencyId[],
): string | undefined {
  const { message, agency } = sent;
  if (!isExculpatory(message)) return undefined;
  const { ref } = message.body;
  const open = matters.get(ref) ?? opened(sent, message, all, agencies);
  if (typeof open === 'string') return open;
  const by = agency === open.discloser ? 'discloser' : agency === open.sender ? 'sender' : undefined;
  if (by === undefined) return `it is between ${open.discloser} and ${open.sender}`;
  const result = nextExculpatory(open.matter, eventOf(sent, message, by));
  if (result.kind === 'refusal') return refusalText(result, 'An exculpatory matter');
  matters.set(ref, { ...open, ...factsOf(open, sent, message), matter: result });
  return undefined;
}

/** A matter begins with the notice, or with a disclosure that had none. It was identified before either. */
function opened(
  { agency, id, after }: DutyMessage,
  message: ExculpatoryMessage,
  all: readonly DutyMessage[],
  agencies: readonly AgencyId[],
): Open | string {
  if (message.kind !== 'exculpatory.notice' && message.kind !== 'exculpatory.disclosed')
    return 'there is no exculpatory matter under this reference';
  const sender = senderOfItems(message.body.items, all, agencies, agency);
  if (typeof sender === 'string') return sender;
  const identified = nextExculpatory(newMatter, { on: 'identify', by: 'discloser', id, after });
  return {
    discloser: agency,
    sender: sender.agency,
    items: [],
    proceedings: null,
    intendedOn: null,
    consultations: [],
    disclosures: [],
    matter: identified.kind === 'exculpatory' ? identified : newMatter,
  };
}

function eventOf(
  { id, after }: DutyMessage,
  message: ExculpatoryMessage,
  by: 'discloser' | 'sender',
): ExculpatoryEvent {
  const base = { by, id, after };
  switch (message.kind) {
    case 'exculpatory.notice':
      return { ...base, on: 'notice' };
    case 'exculpatory.consult':
      return { ...base, on: 'consult' };
    case 'exculpatory.informed':
      return { ...base, on: 'informed' };
    case 'exculpatory.disclosed': {
      const { disclosedAtMs, withoutNotice } = message.body;
      return {
        ...base,
        on: 'disclosed',
        disclosedAtMs,
        outcome: withoutNotice === undefined ? 'after-notice' : 'without-notice',
      };
    }
  }
}

function factsOf(open: Open, { id, agency, after }: DutyMessage, message: ExculpatoryMessage): Partial<Open> {
  switch (message.kind) {
    case 'exculpatory.notice': {
      const { items, proceedings, intendedOn = null } = message.body;
      return { items: [...open.items, ...items], proceedings, intendedOn };
    }
    case 'exculpatory.consult': {
      const { wishes, text } = message.body;
      const afterDisclosure = open.disclosures.some(({ eh }) => after.has(eh));
      const consultation = { eh: id, from: agency, ...(wishes === undefined ? {} : { wishes }), text, afterDisclosure };
      return { consultations: [...open.consultations, consultation] };
    }
    case 'exculpatory.disclosed': {
      const { ref: _ref, writtenAtMs: _written, withoutNotice = null, ...facts } = message.body;
      const items = open.items.length === 0 ? facts.items : open.items;
      return { items, disclosures: [...open.disclosures, { eh: id, ...facts, withoutNotice }] };
    }
    case 'exculpatory.informed':
      return { proceedings: message.body.proceedings };
  }
}
