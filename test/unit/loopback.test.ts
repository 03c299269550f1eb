import { expect, it } from '@jest/globals';
import { isLoopbackHttp } from '../../shared/policy/loopback.ts';

it.each([
  ['http://127.0.0.1:9229/jwks', true],
  ['http://localhost/', true],
  ['http://LOCALHOST:1/', true],
  ['http://[::1]:9229/', true],
  ['https://127.0.0.1/', false],
  ['http://127.0.0.1.example.com/', false],
  ['http://localhost.example.com/', false],
  ['http://127.0.0.1@example.com/', false],
  ['http://0.0.0.0/', false],
  ['http://10.0.0.1/', false],
  ['http://[::2]/', false],
  ['http://example.com/localhost', false],
])('plain HTTP to this machine: %s %p', (url, loopback) => {
  expect(isLoopbackHttp(new URL(url))).toBe(loopback);
});
