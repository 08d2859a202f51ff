/** The relay's notices: its signed word that an envelope ran out, and no more (spec 72-notices). */
import { verifyCompactJws } from '@holdfast/keys/verify';
import {
  type Delivery,
  type ExpiryNotice,
  fromBase64url,
  fromUtf8,
  LIMITS,
  NOTICE_TYP,
  parseCanonical,
  parseNotice,
} from '@holdfast/protocol';
import type { StoredMessage } from '../archive/message-table.js';
import { DirectoryAlarm } from '../directory/alarm.js';
import type { DirectoryView } from '../directory/view.js';

/** Everything that we send lives exactly so long: a notice before that is a lie that its signature proves. @throws DirectoryAlarm `notice.early` */
export function assertRunOut({ tsMs }: StoredMessage, nowMs: number): void {
  if (nowMs + LIMITS.clockAheadMs < tsMs + LIMITS.freezeExpiryMs) throw new DirectoryAlarm('notice.early');
}

/** @throws KeysError `jws.invalid`, ProtocolError, DirectoryAlarm where it is not this federation's relay that speaks */
export function readNotice({ bytes }: Delivery, { trust }: DirectoryView): ExpiryNotice {
  const { relay } = trust.list;
  const payload = verifyCompactJws(fromUtf8(bytes), { typ: NOTICE_TYP, key: fromBase64url(relay.key) });
  const notice = parseNotice(parseCanonical(payload));
  if (notice.fed !== trust.fed || notice.origin !== relay.origin) throw new DirectoryAlarm('directory.forked');
  return notice;
}
