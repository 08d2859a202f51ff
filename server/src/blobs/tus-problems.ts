/** tus with our refusals: what `@tus/server` refuses in plain text goes out as problem details, like everything else. */
import { PROBLEM_MEDIA_TYPE, ProtocolError, type ProtocolErrorCode, problemOf } from '@holdfast/protocol';
import { Server } from '@tus/server';

export class TusWithProblems extends Server {
  override write(...[context, headers, status, body]: Parameters<Server['write']>): ReturnType<Server['write']> {
    if (status < 400) return super.write(context, headers, status, body);
    const problem = problemOf(new ProtocolError(codeOf(status)));
    headers.set('content-type', PROBLEM_MEDIA_TYPE);
    return super.write(context, headers, problem.status, JSON.stringify(problem));
  }
}

/** tus answers 403 where a header of its own is missing. */
function codeOf(status: number): ProtocolErrorCode {
  if (status === 404 || status === 410) return 'blob.not-found';
  if (status === 409) return 'blob.offset-mismatch';
  if (status === 413) return 'blob.quota';
  if (status === 423) return 'relay.unavailable';
  return status < 500 ? 'request.malformed' : 'relay.internal';
}
