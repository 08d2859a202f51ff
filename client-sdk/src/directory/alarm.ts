/** Why an envelope or a directory answer is not believed. Some are cured by a newer directory; the rest are alarms. */
export const DIRECTORY_ALARMS = {
  'sender.unknown': { curable: true, text: 'The sending device is in no chain that we know.' },
  'sender.revoked': { curable: false, text: 'The sending device is revoked, expired, or its agency is suspended.' },
  'directory.behind': { curable: true, text: 'The sender knows a newer directory than we do.' },
  'directory.forked': {
    curable: false,
    text: 'The sender was shown another chain of an agency than we were: the relay shows two views.',
  },
  'directory.rolled-back': { curable: false, text: 'The relay shows an older directory than it did before.' },
  'epoch-key.refused': {
    curable: false,
    text: 'The relay handed out a day key that the device has not signed for today.',
  },
  'officers.missing': { curable: false, text: 'No officer has signed the message, and this is a live federation.' },
  'recipient.ghost': {
    curable: false,
    text: "The envelope is sealed to a device that the sender's own directory does not list.",
  },
} as const;
export type DirectoryAlarmCode = keyof typeof DIRECTORY_ALARMS;

export class DirectoryAlarm extends Error {
  override readonly name = 'DirectoryAlarm';
  readonly code: DirectoryAlarmCode;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: DirectoryAlarmCode, detail: Readonly<Record<string, unknown>> = {}) {
    super(DIRECTORY_ALARMS[code].text);
    this.code = code;
    this.detail = detail;
  }

  /** True where a sync may cure it. */
  get curable(): boolean {
    return DIRECTORY_ALARMS[this.code].curable;
  }
}
