/**
 * What blocks stops an alert, unless its sender insists and says why; then codes and reason travel in the alert, so that the recipient
 * sees what the sender knew (ADR 0034). A recipient that is suspended or quarantined is never insisted upon.
 */
import type { Advice, MessageBody, Preflight } from '@holdfast/protocol';
import { SdkError, type SdkErrorCode } from '../errors.js';

type Request = MessageBody<'freeze.request'>;

/** Why it is sent although something blocks. */
export interface Insist {
  readonly reason: NonNullable<Request['handling']['insisted']>['reason'];
}

/**
 * The body as it may be sent.
 * @throws SdkError `capability.expired`, `capability.no-power`, `preflight.blocked`; `message.refused` where the body insists by itself
 */
export function admitted(to: string, body: Request, checked: Preflight, insist: Insist | undefined): Request {
  if (body.handling.insisted !== undefined) {
    const reason = 'is filled in where something blocks and the sender insists; leave it out';
    throw new SdkError('message.refused', `handling.insisted ${reason}.`, {
      issues: [{ field: 'handling.insisted', reason }],
    });
  }
  const blocking = checked.advice.filter(({ blocks }) => blocks);
  const [first] = blocking.filter((advice) => insist === undefined || !isInsistable(advice));
  if (first !== undefined) throw refusal(to, first, blocking, checked);
  if (insist === undefined || blocking.length === 0) return body;
  const codes = [...new Set(blocking.map(({ code }) => code))];
  return { ...body, handling: { ...body.handling, insisted: { codes, reason: insist.reason } } };
}

const isInsistable = ({ code }: Advice): boolean => !code.startsWith('agency.');

function refusal(to: string, first: Advice, blocking: readonly Advice[], { route }: Preflight): SdkError {
  const issues = blocking.map(({ field, text }) => ({ field, reason: text }));
  const better = route === null ? '' : ` Better: ${route.text}`;
  return new SdkError(codeFor(first), `${to} would have to return this alert: ${first.text}${better}`, { issues });
}

function codeFor({ code }: Advice): SdkErrorCode {
  if (code === 'capability.expired' || code === 'capability.missing') return 'capability.expired';
  return code.startsWith('capability.') ? 'capability.no-power' : 'preflight.blocked';
}
