import { OPERATIONS, openApi } from '@holdfast/protocol';
import t from 'tap';

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

t.test('the OpenAPI document has every operation, with its authority, its body and its refusals', (t) => {
  const document = openApi('0.0.0');
  t.equal(document.openapi, '3.1.0');
  const paths = objectOf(document.paths);
  for (const { id, path, method, auth, status } of Object.values(OPERATIONS)) {
    const place = objectOf(paths[path.replace(/:([a-z]+)/g, '{$1}')]);
    t.match(
      place[method.toLowerCase()],
      {
        operationId: id,
        security: auth === 'device' ? [{ dpop: [] }] : [],
        responses: { [status]: { description: 'Done' }, 429: { content: { 'application/problem+json': {} } } },
      },
      id,
    );
  }
  t.match(JSON.parse(JSON.stringify(document)), { openapi: '3.1.0' }, 'plain JSON');
  t.end();
});
