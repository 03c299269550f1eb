import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { KeysUnavailableError } from '../../shared/token/errors.ts';
import { KeyCache, keysFetcher } from '../../shared/token/keys.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  jest.useRealTimers();
});

/** The address of a server that answers so. */
async function serve(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const failure = (uri: string) => keysFetcher.fetch(uri).then(String, (error: unknown) => error);

describe('fetching keys', () => {
  it('asks for JSON, and gives the bytes as they came', async () => {
    let asked: unknown;
    const uri = await serve(({ headers, url, method }, response) => {
      asked = { accept: headers.accept, url, method };
      response.end('{"keys":[]}');
    });
    expect(new TextDecoder().decode(await keysFetcher.fetch(`${uri}/jwks?a=b`))).toBe('{"keys":[]}');
    expect(asked).toEqual({ accept: 'application/json', url: '/jwks?a=b', method: 'GET' });
  });

  it('says of whom there are none, and why', async () => {
    const uri = await serve((_, response) => response.writeHead(503).end());
    const { host } = new URL(uri);
    expect(await failure(uri)).toMatchObject({
      name: 'KeysUnavailableError',
      code: 'KEYS_UNAVAILABLE',
      message: `no keys from ${host}`,
      cause: { message: 'status 503' },
    });
  });

  it('over TLS, from whoever is there', async () => {
    // Nobody speaks TLS here: what counts is that it is tried.
    const uri = (await serve((_, response) => response.end('{}'))).replace('http:', 'https:');
    expect(await failure(uri)).toMatchObject({
      message: `no keys from ${new URL(uri).host}`,
      cause: { code: expect.stringMatching(/SSL|TLS|EPROTO|ECONNRESET/) },
    });
  });

  it.each(['http://192.0.2.1/', 'ftp://127.0.0.1/', 'file:///etc/hosts'])('not from %s', async (uri) => {
    expect(await failure(uri)).toMatchObject({ message: 'keys are fetched over https only' });
  });

  it('takes half a megabyte, and no byte more', async () => {
    const limit = 512 * 1024;
    const uri = await serve(({ url }, response) => response.end('x'.repeat(Number(url?.slice(1)))));
    expect((await keysFetcher.fetch(`${uri}/${limit}`)).byteLength).toBe(limit);
    expect(await failure(`${uri}/${limit + 1}`)).toMatchObject({
      cause: { message: `more than ${limit} bytes` },
    });
  });
});

describe('an address that does not answer', () => {
  it('is left alone for two seconds', async () => {
    jest.useFakeTimers();
    let fetched = 0;
    const cache = new KeyCache({
      fetch: () => {
        fetched += 1;
        return Promise.reject(new KeysUnavailableError('x'));
      },
    });
    const ask = (uri = 'https://a') => cache.getJwks(uri).catch((error: unknown) => error);
    expect(await ask()).toMatchObject({ message: 'x' });
    expect(await ask()).toMatchObject({ message: expect.stringMatching(/still waiting/) });
    expect(fetched).toBe(1);
    await ask('https://b');
    expect(fetched).toBe(2);
    jest.advanceTimersByTime(1999);
    await ask();
    expect(fetched).toBe(2);
    jest.advanceTimersByTime(1);
    expect(await ask()).toMatchObject({ message: 'x' });
    expect(fetched).toBe(3);
  });
});
