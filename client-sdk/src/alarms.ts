/**
 * Everything that the SDK raises, each with what it means and what to do, in the words of the person at the desk. An `alarm` wants
 * somebody now; a `warning` wants somebody soon; a `notice` is only told. Codes are stable.
 */
import { isSdkError } from './errors.js';

interface AlarmEntry {
  readonly severity: 'alarm' | 'warning' | 'notice';
  readonly text: string;
  readonly advice: string;
}
const alarm = (text: string, advice: string): AlarmEntry => ({ severity: 'alarm', text, advice });
const warning = (text: string, advice: string): AlarmEntry => ({ severity: 'warning', text, advice });
const notice = (text: string, advice: string): AlarmEntry => ({ severity: 'notice', text, advice });

const TELL_FEDERATION = 'Keep the log and tell the federation.';
const PHONE_APPROVERS =
  'Do not act on it. Phone the sending agency, by a number that you had before, and ask its approver.';
const PHONE_SENDER = 'Phone the sending agency and ask it to send again.';

export const ALARMS = {
  'envelope.refused': alarm('An envelope was refused and kept aside.', PHONE_SENDER),
  'envelope.reflected': alarm('The relay sent our own envelope back to us.', TELL_FEDERATION),
  'envelope.id-reused': alarm(
    'A device has used one envelope id for two envelopes. Both are shown.',
    'Ask the sending agency which one it means; its device may be restored from a backup, cloned or stolen.',
  ),
  'message.missed': alarm(
    'A message to this device ran out before the device fetched it.',
    'Look whether another device of yours has it; otherwise ask the other agencies what they have sent.',
  ),
  'notice.early': alarm('The relay says that a message has run out, before its time.', TELL_FEDERATION),
  'notice.refused': alarm("A notice does not carry the relay's signature.", TELL_FEDERATION),
  'sender.unknown': alarm('The sending device is in no chain that we know.', PHONE_SENDER),
  'sender.revoked': alarm(
    'The sending device is revoked or expired, or its agency is suspended.',
    'Do not act on the message. Phone the agency, by a number that you had before.',
  ),
  'sender.quarantined': alarm(
    "The sending agency's root keys were replaced, and the ones before have not signed for it: only the federation vouches for them.",
    'Its messages are kept aside. Compare the fingerprint by phone, by a number that you had before; then confirm it.',
  ),
  'directory.behind': warning(
    'The sender knows a newer directory than we do.',
    'It is tried again with the next directory. If it lasts, the relay withholds the directory: tell the federation.',
  ),
  'directory.expired': warning(
    'A message came while the trust list of the federation is past its expiry: only freeze messages pass.',
    'Ask the federation for the next list. The message is kept, and opened when the list is here.',
  ),
  'directory.forked': alarm(
    'We were shown another chain of an agency than the sender was: the relay shows two views.',
    `Send nothing to that agency until you have spoken to it. ${TELL_FEDERATION}`,
  ),
  'directory.refused': alarm(
    'The relay handed out a trust list or a statement of an agency that does not verify. It was not taken.',
    `The directory stays as it was. If it lasts: ${TELL_FEDERATION.charAt(0).toLowerCase()}${TELL_FEDERATION.slice(1)}`,
  ),
  'directory.rolled-back': alarm('The relay shows an older directory than it did before.', TELL_FEDERATION),
  'directory.sender-behind': warning(
    'The sender wrote with a directory that was more than a day old.',
    'It may not know a key that you have revoked. Ask the sender to connect and to confirm the message.',
  ),
  'directory.own-changed': notice(
    "Your own agency's chain has a new statement.",
    'If nobody in your agency made it, revoke the directory key at once, with the root.',
  ),
  'directory.root-replaced': alarm(
    "An agency's root keys were replaced, and the ones before have not signed for it: only the federation vouches for them.",
    'Nothing is sent to it or believed of it. Compare the fingerprint by phone, by a number that you had before; then confirm it.',
  ),
  'epoch-key.refused': alarm(
    'The relay handed out a day key that the device has not signed, or one older than before.',
    'Nothing is sealed to it. If it lasts, phone the agency and tell the federation.',
  ),
  'officers.missing': alarm('No officer has signed the message, and this is a live federation.', PHONE_SENDER),
  'approval.incomplete': alarm(
    'Not everybody who must sign for a message of this kind has signed: four eyes are missing.',
    PHONE_APPROVERS,
  ),
  'approval.signature': alarm('A signature of an officer of the sending agency does not verify.', PHONE_APPROVERS),
  'approval.officer-unknown': alarm(
    'A message is signed by an officer whom its agency has not certified, or not before it was sealed.',
    PHONE_APPROVERS,
  ),
  'approval.officer-revoked': alarm(
    'A message is signed by an officer whose certificate is revoked or not in force.',
    PHONE_APPROVERS,
  ),
  'approval.role': alarm('An officer has signed without the role that the message asks for.', PHONE_APPROVERS),
  'approval.repeated': alarm('One officer, or one key, has signed the same message twice.', PHONE_APPROVERS),
  'approval.own-draft': alarm('An officer has approved what the same officer drafted.', PHONE_APPROVERS),
  'approval.expired': alarm('A message was sealed after the end of its approval.', PHONE_SENDER),
  'approval.delegation': alarm('A message is outside the delegation of an officer who has signed it.', PHONE_APPROVERS),
  'approval.id-reused': alarm(
    'Another act of the same agency came under an id that was approved for a first one, which stands.',
    'It was kept aside. Ask the sending agency which of the two it means.',
  ),
  'own.not-ours': alarm(
    "A message that only an agency's own devices tell one another came from elsewhere, or went to others too.",
    'It was kept aside. Phone the sending agency.',
  ),
  'recipient.ghost': alarm(
    "The envelope is sealed to a device that the sender's own directory does not list.",
    'Somebody else may have read it. Phone the sending agency.',
  ),
  'recipient.left-out': warning(
    'A device of your agency was not among the recipients, though the sender knew of it.',
    'The other devices have the message. If it happens again, ask the sending agency why.',
  ),
  'conversation.roster-changed': alarm(
    'A message claims to belong to a case, and names other agencies than the case has.',
    'It was kept aside. Phone the sending agency.',
  ),
  'message.missing': alarm(
    'A message of this case has not arrived, though a later one names it.',
    'Read the case with that in mind, and ask the sender for what is missing.',
  ),
  'message.late': notice(
    'A message that was missing has arrived after all, behind ones that follow it.',
    'Read the case again in its order.',
  ),
  'message.repeated': notice(
    'Two devices of an agency have sent the same approved message. It counts once.',
    'Nothing: both were approved, and they say the same.',
  ),
  'message.delayed': warning(
    'A message arrived long after it was sealed, though we were connected all the time.',
    'Its sender was cut off, or the relay held it back. Look at its deadlines.',
  ),
  'sequence.forked': alarm(
    'A device has sent two different messages under one number. Both are shown.',
    'Ask the sending agency which one it means; its device may be restored from a backup, cloned or stolen.',
  ),
  'device.cloned': alarm(
    'Your own key has signed something that this device does not know: it was restored from a backup, or copied.',
    'This device sends nothing any more. Enrol a new one, and revoke this one.',
  ),
  'device.seen-ahead': alarm(
    'Another agency names a message of ours that this device does not know.',
    'Was this device restored from a backup? Then enrol a new one. Otherwise ask that agency what it has received.',
  ),
  'alert.undelivered': alarm(
    'The other side has not confirmed within 15 minutes that the alert arrived, whatever the relay says. Silence never means frozen.',
    "Phone the recipient's duty contact now: name and number stand beside, as far as its entry is here.",
  ),
  'alert.unacknowledged': alarm(
    'No duty officer of the other side has acknowledged the alert in time, by its own calendar. Silence never means frozen.',
    "Phone the recipient's duty contact now: name and number stand beside, as far as its entry is here.",
  ),
  'deadline.warning': warning(
    'A deadline of a case runs out: half or a quarter of the time is left, or 48 hours.',
    'Do what is awaited, or ask for more time while there is some. `holdfast queue` shows what runs out first.',
  ),
  'deadline.overdue': alarm(
    'A deadline of a case has passed, and what was awaited has not come.',
    'Where it is your turn, act now; otherwise phone the other side. Silence never means frozen.',
  ),
  'message.unconfirmed': warning(
    'The recipient has not confirmed that the message arrived.',
    'It goes out by itself while it is queued. Otherwise ask the recipient whether it has it.',
  ),
  'consent.unanswered': alarm(
    'A request for consent to share onward has not been answered in time. No answer is not consent.',
    'Whoever asked: share nothing, and phone the originator. Whoever was asked: answer now; a refusal needs a ground.',
  ),
  'consent.breached': alarm(
    'The other side tells that it shared onward what no consent covers, or you have told so yourself.',
    'Ask at once who has it and under which terms. Decide whether to share more with that agency.',
  ),
  'exculpatory.uninformed': alarm(
    'You disclosed without notice, and a day later the sender of the information has still not been informed.',
    'Inform it now: `holdfast exculpatory inform`. Article 46(5) says without delay.',
  ),
  'feedback.overdue': warning(
    'Feedback on this case is overdue.',
    'Whoever owes it: report what came of it, if only that nothing has yet, or that you may not tell and until when. The other side: ask.',
  ),
  'disclosure.content-refused': alarm(
    'What was released is not what was offered under the terms that you accepted. Nothing of it is shown.',
    'You are bound to nothing beyond what you have. Ask the sending agency; keep the case as it is, it is evidence.',
  ),
  'disclosure.content-unavailable': alarm(
    'The relay does not have the content that was released to you, or has other bytes than were offered.',
    'It is tried again. If it lasts, ask the sending agency to offer it again, and tell the federation.',
  ),
  'disclosure.step-refused': alarm(
    'The other side of a disclosure has sent a step that no honest device sends. It changes nothing.',
    'Read the case for the reason, and phone the other agency, by a number that you had before.',
  ),
  'disclosure.key-missing': warning(
    'The terms are accepted, and this device does not have the key of the content.',
    'Connect the device that made the offer. If it is lost, make a new offer.',
  ),
  'recovery.record-refused': alarm(
    'A record of the recovery folder is not what its device or its sender signed, and was not restored.',
    'Look for another copy of the folder. What the record held is missing from the history.',
  ),
} as const satisfies Record<string, AlarmEntry>;
export type AlarmCode = keyof typeof ALARMS;

export type AlarmDetail = Readonly<Record<string, unknown>>;

/** Something to raise, found while a message was taken in. */
export interface Finding {
  readonly code: AlarmCode;
  readonly detail: AlarmDetail;
}

export interface AlarmEvent {
  readonly event: 'alarm';
  /** One of `ALARMS`; or the code of an error that concerns the whole client (`SDK_ERRORS`, `internal`). */
  readonly code: string;
  readonly severity: AlarmEntry['severity'];
  readonly text: string;
  readonly advice: string;
  readonly detail: AlarmDetail;
}

/** The event that tells of a finding. */
export function alarmEvent(code: AlarmCode, detail: AlarmDetail): AlarmEvent {
  return { event: 'alarm', code, ...ALARMS[code], detail };
}

/** A finding that was stored, as it was told; of an unknown code (another version's) only what it says itself. */
export function storedAlarm(code: string, detail: AlarmDetail): AlarmEvent {
  if (isAlarmCode(code)) return alarmEvent(code, detail);
  return { event: 'alarm', code, severity: 'alarm', text: code, advice: TELL_FEDERATION, detail };
}

/** The event that tells of an error which concerns the whole client and not one call. */
export function errorEvent(error: unknown, also: AlarmDetail = {}): AlarmEvent {
  const [code, advice] = isSdkError(error) ? [error.code, error.advice] : ['internal', 'Keep the log and report it.'];
  const message = error instanceof Error ? error.message : String(error);
  return { event: 'alarm', code, severity: 'alarm', text: message, advice, detail: { message, ...also } };
}

export const isAlarmCode = (code: string): code is AlarmCode => Object.hasOwn(ALARMS, code);
