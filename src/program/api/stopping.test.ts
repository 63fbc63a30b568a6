// A server that is stopping answers late requests with an error, and does not log them.

import { expect, test, vi } from 'vitest';
import { TestServer } from './testing/api.ts';

test('requests while the server stops get the error `stopping`', async () => {
  const server = await new TestServer().begin();
  await server.close();
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { status, body } = await server.get('office', '/api/users');
  expect([status, body.error.code]).toEqual([503, 'stopping']);
  expect(said).not.toHaveBeenCalled();
  said.mockRestore();
});
