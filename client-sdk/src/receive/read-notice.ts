/** The relay's notices: its signed word that an envelope ran out, and no more (spec 72-notices). */
import { verifyCompactJws } from '@holdfast/keys/verify';
import {
  type Delivery,
  type ExpiryNotice,
  fromBase64url,
  fromUtf8,
  NOTICE_TYP,
  parseCanonical,
  parseNotice,
} from '@holdfast/protocol';
import { DirectoryAlarm } from '../directory/alarm.js';
import type { DirectoryView } from '../directory/view.js';

/** @throws KeysError `jws.invalid`, ProtocolError, DirectoryAlarm where it is not this federation's relay that speaks */
export function readNotice({ bytes }: Delivery, { trust }: DirectoryView): ExpiryNotice {
  const { relay } = trust.list;
  const payload = verifyCompactJws(fromUtf8(bytes), { typ: NOTICE_TYP, key: fromBase64url(relay.key) });
  const notice = parseNotice(parseCanonical(payload));
  if (notice.fed !== trust.fed || notice.origin !== relay.origin) throw new DirectoryAlarm('directory.forked');
  return notice;
}
