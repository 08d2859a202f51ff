/** Why an envelope or a directory answer is not believed. Some are cured by a newer directory; the rest are alarms. */
import { ALARMS, type AlarmCode, type AlarmDetail } from '../alarms.js';

/** What a newer directory may cure. */
const CURABLE: ReadonlySet<AlarmCode> = new Set(['sender.unknown', 'directory.behind', 'directory.expired']);

export class DirectoryAlarm extends Error {
  override readonly name = 'DirectoryAlarm';
  readonly code: AlarmCode;
  readonly detail: AlarmDetail;

  constructor(code: AlarmCode, detail: AlarmDetail = {}) {
    super(ALARMS[code].text);
    this.code = code;
    this.detail = detail;
  }

  /** True where a sync may cure it. */
  get curable(): boolean {
    return CURABLE.has(this.code);
  }
}
