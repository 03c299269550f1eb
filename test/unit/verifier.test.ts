import { createSign, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { KeysUnavailableError } from '../../shared/token/errors.ts';
import { keysFetcher } from '../../shared/token/keys.ts';
import {
  createTokenVerifier,
  type TokenVerifierConfig,
  type VerifyToken,
} from '../../shared/token/verifier.ts';
import {
  accessClaims,
  CLIENT,
  type Claims,
  encode,
  ISSUER,
  idClaims,
  machineClaims,
  POOL,
  rsaKey,
  signJwt,
} from '../support/tokens.ts';

const NOW = 1_800_000_000;
const KEY = rsaKey('key-1');
const OTHER = rsaKey('key-2');
const WEAK = rsaKey('weak', 1024);
const jwks = (...keys: { jwk: object }[]) => ({ keys: keys.map(({ jwk }) => jwk) });

interface Setup {
  config?: Partial<TokenVerifierConfig>;
  /** What the JWKS address answers; absent: nobody must ask. */
  served?: () => object | Promise<object>;
  now?: () => number;
}

function verifierFor({ config = {}, served, now = () => NOW * 1000 }: Setup = {}): {
  verify: VerifyToken;
  fetched: string[];
} {
  const fetched: string[] = [];
  const fetcher = {
    async fetch(uri: string) {
      fetched.push(uri);
      if (!served) throw new Error('unexpected fetch');
      return new TextEncoder().encode(JSON.stringify(await served())).buffer;
    },
  };
  const complete: TokenVerifierConfig = {
    pools: [POOL],
    clientIds: [CLIENT],
    tokenUse: 'any',
    audiences: [],
    issuers: [],
    keys: new Map([[ISSUER, jwks(KEY) as never]]),
    ...config,
  };
  return { verify: createTokenVerifier(complete, { now, fetcher }), fetched };
}

// The library reads the real clock as well, so tokens live around it.
const real = () => Math.floor(Date.now() / 1000);
const realClock = { now: Date.now };

describe('a token that Cognito signed', () => {
  it.each([
    ['an ID token', idClaims],
    ['an access token', accessClaims],
    ['a machine token', machineClaims],
  ])('%s passes', async (_, claims) => {
    const { verify } = verifierFor(realClock);
    const { principal } = await verify(signJwt(claims(real()), KEY));
    expect(principal).toMatchObject({ client: CLIENT, pool: POOL, foreign: false });
  });

  it('passes under the updated issuer too', async () => {
    const issuer = `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${POOL}`;
    const { verify } = verifierFor({
      ...realClock,
      config: { keys: new Map([[issuer, jwks(KEY) as never]]) },
    });
    await expect(verify(signJwt(idClaims(real(), { iss: issuer }), KEY))).resolves.toMatchObject({
      principal: { pool: POOL },
    });
  });

  it('passes for the second of several pools, with that pool’s keys only', async () => {
    const pool = 'us-east-1_Second000';
    const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${pool}`;
    const config = {
      pools: [POOL, pool],
      keys: new Map([
        [ISSUER, jwks(KEY) as never],
        [issuer, jwks(OTHER) as never],
      ]),
    };
    const { verify } = verifierFor({ ...realClock, config, served: () => jwks(OTHER) });
    await expect(verify(signJwt(idClaims(real(), { iss: issuer }), OTHER))).resolves.toMatchObject({
      principal: { pool },
    });
    await expect(verify(signJwt(idClaims(real(), { iss: issuer }), KEY))).rejects.toMatchObject({
      code: 'TOKEN_KEY_UNKNOWN',
    });
  });
});

describe('a configuration', () => {
  it('may take every client of its pools', async () => {
    const { verify } = verifierFor({ ...realClock, config: { clientIds: null } });
    const { principal } = await verify(signJwt({ ...idClaims(real()), aud: 'another' }, KEY));
    expect(principal).toMatchObject({ client: 'another' });
  });

  it('may have keys of an issuer that it does not trust', async () => {
    const keys = new Map([
      [ISSUER, jwks(KEY) as never],
      ['https://idp.example.com', jwks(OTHER) as never],
    ]);
    const { verify } = verifierFor({ ...realClock, config: { keys } });
    await expect(verify(signJwt(idClaims(real()), KEY))).resolves.toBeDefined();
    const foreign = signJwt({ ...idClaims(real()), iss: 'https://idp.example.com' }, OTHER);
    await expect(verify(foreign)).rejects.toMatchObject({ code: 'TOKEN_ISSUER' });
  });
});

describe('a token with exactly one thing changed is refused', () => {
  const withClaims = (change: Claims) => () => signJwt(idClaims(real(), change), KEY);
  const withHeader = (change: Claims) => () => signJwt(idClaims(real()), KEY, change);
  const parts = () => signJwt(idClaims(real()), KEY).split('.') as [string, string, string];

  it.each<[string, () => string, string]>([
    ['expired', withClaims({ exp: real() - 1 }), 'TOKEN_EXPIRED'],
    ['without exp', withClaims({ exp: undefined }), 'TOKEN_CLAIMS'],
    ['exp as text', withClaims({ exp: String(real() + 100) }), 'TOKEN_CLAIMS'],
    [
      'exp beyond numbers',
      () => [encode({ alg: 'RS256', kid: 'key-1' }), encode('{"exp":1e999}'), 'AAAA'].join('.'),
      'TOKEN_CLAIMS',
    ],
    ['not yet valid', withClaims({ nbf: real() + 60 }), 'TOKEN_NOT_YET_VALID'],
    ['nbf beyond dates', withClaims({ nbf: 1e300 }), 'TOKEN_NOT_YET_VALID'],
    [
      'another issuer',
      withClaims({ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other' }),
      'TOKEN_ISSUER',
    ],
    ['no issuer', withClaims({ iss: undefined }), 'TOKEN_ISSUER'],
    ['an issuer that is no text', withClaims({ iss: [ISSUER] }), 'TOKEN_ISSUER'],
    ['another client', withClaims({ aud: 'client2' }), 'TOKEN_AUDIENCE'],
    ['a list of clients', withClaims({ aud: [CLIENT, 'client2'] }), 'TOKEN_AUDIENCE'],
    ['no client', withClaims({ aud: undefined }), 'TOKEN_AUDIENCE'],
    ['no token_use', withClaims({ token_use: undefined }), 'TOKEN_USE'],
    ['another token_use', withClaims({ token_use: 'refresh' }), 'TOKEN_USE'],
    ['no subject', withClaims({ sub: undefined }), 'TOKEN_CLAIMS'],
    ['an empty subject', withClaims({ sub: '' }), 'TOKEN_CLAIMS'],
    ['a subject that is no text', withClaims({ sub: 1 }), 'TOKEN_CLAIMS'],
    ['a jti that is no text', withClaims({ jti: 1 }), 'TOKEN_MALFORMED'],
    ['a scope that is a list', withClaims({ scope: ['a'] }), 'TOKEN_MALFORMED'],
    ['an iat that is text', withClaims({ iat: '1' }), 'TOKEN_MALFORMED'],
    ['an audience of numbers', withClaims({ aud: [1] }), 'TOKEN_MALFORMED'],
    ['another key', () => signJwt(idClaims(real()), { ...OTHER, kid: KEY.kid }), 'TOKEN_SIGNATURE'],
    ['alg none', () => `${encode({ alg: 'none', kid: KEY.kid })}.${parts()[1]}.`, 'TOKEN_MALFORMED'],
    [
      'alg none with a signature',
      () => [encode({ alg: 'none', kid: KEY.kid }), ...parts().slice(1)].join('.'),
      'TOKEN_ALGORITHM',
    ],
    ['HS256', withHeader({ alg: 'HS256' }), 'TOKEN_ALGORITHM'],
    ['RS512', withHeader({ alg: 'RS512' }), 'TOKEN_ALGORITHM'],
    ['no alg', withHeader({ alg: undefined }), 'TOKEN_ALGORITHM'],
    ['no kid', withHeader({ kid: undefined }), 'TOKEN_KEY_UNKNOWN'],
    ['an empty kid', withHeader({ kid: '' }), 'TOKEN_KEY_UNKNOWN'],
    ['a huge kid', withHeader({ kid: 'k'.repeat(257) }), 'TOKEN_KEY_UNKNOWN'],
    ['a critical extension', withHeader({ crit: ['exp'] }), 'TOKEN_MALFORMED'],
    ['an empty crit', withHeader({ crit: [] }), 'TOKEN_MALFORMED'],
    ['an unencoded payload', withHeader({ b64: false }), 'TOKEN_MALFORMED'],
    ['a nested token', withHeader({ cty: 'JWT' }), 'TOKEN_MALFORMED'],
    ['a logout token', withHeader({ typ: 'logout+jwt' }), 'TOKEN_MALFORMED'],
    ['a typ that is no text', withHeader({ typ: 1 }), 'TOKEN_MALFORMED'],
    ['padding', () => `${signJwt(idClaims(real()), KEY)}=`, 'TOKEN_MALFORMED'],
    ['a trailing dot', () => `${signJwt(idClaims(real()), KEY)}.`, 'TOKEN_MALFORMED'],
    ['two parts', () => parts().slice(0, 2).join('.'), 'TOKEN_MALFORMED'],
    ['five parts', () => [...parts(), 'AA', 'AA'].join('.'), 'TOKEN_MALFORMED'],
    ['a header that is no JSON', () => ['AA', ...parts().slice(1)].join('.'), 'TOKEN_MALFORMED'],
    ['a header that is a list', () => [encode('[]'), ...parts().slice(1)].join('.'), 'TOKEN_MALFORMED'],
    ['a payload that is a list', () => signJwt([], KEY), 'TOKEN_MALFORMED'],
    ['a payload that is null', () => signJwt(null, KEY), 'TOKEN_MALFORMED'],
    [
      'a payload that is not UTF-8',
      () => [parts()[0], Buffer.from('{"a":"\xff"}', 'latin1').toString('base64url'), parts()[2]].join('.'),
      'TOKEN_MALFORMED',
    ],
    ['a byte-order mark', () => signJwt('\ufeff{}', KEY), 'TOKEN_MALFORMED'],
    ['nothing', () => '', 'TOKEN_MALFORMED'],
    ['dots', () => '..', 'TOKEN_MALFORMED'],
  ])('%s', async (_, token, code) => {
    const { verify, fetched } = verifierFor(realClock);
    await expect(verify(token())).rejects.toMatchObject({ name: 'TokenError', code });
    expect(fetched).toEqual([]);
  });

  it('a signature with its last bits spelt differently', async () => {
    const { verify } = verifierFor(realClock);
    const token = signJwt(idClaims(real()), KEY);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // 256 bytes leave 4 unused bits in the last character: 15 more spellings of the same signature.
    const last = alphabet.indexOf(token.at(-1) as string);
    const spelt = `${token.slice(0, -1)}${alphabet[last ^ 1]}`;
    expect(Buffer.from(spelt.split('.')[2] as string, 'base64url')).toEqual(
      Buffer.from(token.split('.')[2] as string, 'base64url'),
    );
    await expect(verify(spelt)).rejects.toMatchObject({ code: 'TOKEN_MALFORMED' });
  });

  it('an ID token where access is meant, and the reverse', async () => {
    const access = verifierFor({ ...realClock, config: { tokenUse: 'access' } });
    const id = verifierFor({ ...realClock, config: { tokenUse: 'id' } });
    await expect(access.verify(signJwt(idClaims(real()), KEY))).rejects.toMatchObject({ code: 'TOKEN_USE' });
    await expect(id.verify(signJwt(accessClaims(real()), KEY))).rejects.toMatchObject({ code: 'TOKEN_USE' });
  });

  it('an access token that is bound to another resource', async () => {
    const { verify } = verifierFor(realClock);
    const bound = (aud: unknown) => signJwt(accessClaims(real(), { aud }), KEY);
    await expect(verify(bound('https://other.example.com'))).rejects.toMatchObject({
      code: 'TOKEN_AUDIENCE',
    });
    await expect(verify(bound([]))).rejects.toMatchObject({ code: 'TOKEN_AUDIENCE' });
    await expect(verify(bound(CLIENT))).resolves.toBeDefined();
    const named = verifierFor({ ...realClock, config: { audiences: ['https://api.example.com'] } });
    await expect(
      named.verify(bound(['https://x.example', 'https://api.example.com'])),
    ).resolves.toBeDefined();
  });

  it('a token signed with a weak key, or with one that is for something else', async () => {
    const encryption = { ...OTHER, jwk: { ...OTHER.jwk, use: 'enc' } };
    const signing = rsaKey('key-3');
    const forSigning = { ...signing, jwk: { ...signing.jwk, key_ops: ['sign'] } };
    const short = rsaKey('short', 1536);
    const config = { keys: new Map([[ISSUER, jwks(WEAK, short, encryption, forSigning) as never]]) };
    const { verify } = verifierFor({ ...realClock, config });
    for (const key of [WEAK, short, encryption, forSigning]) {
      await expect(verify(signJwt(idClaims(real()), key))).rejects.toMatchObject({ code: 'TOKEN_ALGORITHM' });
    }
  });
});

it('a pool’s token is signed with RS256 only, even where its key does not say so', async () => {
  const { alg: _, ...anyAlgorithm } = KEY.jwk;
  const config = { keys: new Map([[ISSUER, jwks({ jwk: anyAlgorithm }) as never]]) };
  const { verify } = verifierFor({ ...realClock, config });
  await expect(verify(signJwt(idClaims(real()), KEY))).resolves.toBeDefined();
  const signed = `${encode({ alg: 'RS512', kid: KEY.kid })}.${encode(idClaims(real()))}`;
  const signature = createSign('RSA-SHA512').update(signed).sign(KEY.privateKey, 'base64url');
  await expect(verify(`${signed}.${signature}`)).rejects.toMatchObject({ code: 'TOKEN_ALGORITHM' });
});

describe('an elliptic key', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = 'https://idp.example.com';
  const config = (change = {}) => ({
    pools: [],
    issuers: [{ issuer, jwksUri: `${issuer}/jwks`, audience: ['api'], map: {} }],
    keys: new Map([
      [issuer, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'ec', ...change }] } as never],
    ]),
  });
  const signed = (alg = 'ES256') =>
    `${encode({ alg, kid: 'ec' })}.${encode({ iss: issuer, aud: 'api', sub: 'u', exp: real() + 100 })}`;
  const signature = (of: string) =>
    sign('SHA256', Buffer.from(of), { key: privateKey, dsaEncoding: 'ieee-p1363' });

  it('verifies', async () => {
    const { verify } = verifierFor({ ...realClock, config: config() });
    await expect(verify(`${signed()}.${signature(signed()).toString('base64url')}`)).resolves.toBeDefined();
  });

  it.each([1, 63, 65, 70, 256])('refuses a signature of %p bytes as it refuses any other', async (bytes) => {
    const { verify } = verifierFor({ ...realClock, config: config() });
    await expect(verify(`${signed()}.${Buffer.alloc(bytes, 1).toString('base64url')}`)).rejects.toMatchObject(
      { code: 'TOKEN_SIGNATURE' },
    );
  });

  it.each(['RS256', 'ES384', 'EdDSA'])('is not used for %s', async (alg) => {
    const { verify } = verifierFor({ ...realClock, config: config() });
    const bytes = { RS256: 256, ES384: 96, EdDSA: 64 }[alg];
    await expect(
      verify(`${signed(alg)}.${Buffer.alloc(bytes ?? 0, 1).toString('base64url')}`),
    ).rejects.toMatchObject({ code: 'TOKEN_ALGORITHM' });
  });
});

describe('the moment of expiry', () => {
  it('belongs to the dead: RFC 7519 4.1.4', async () => {
    const exp = real() + 100;
    const token = signJwt(idClaims(real(), { exp }), KEY);
    await expect(verifierFor({ now: () => exp * 1000 - 1 }).verify(token)).resolves.toBeDefined();
    await expect(verifierFor({ now: () => exp * 1000 }).verify(token)).rejects.toMatchObject({
      code: 'TOKEN_EXPIRED',
    });
  });
});

it('the moment from which a token is valid has no leeway, on our own clock', async () => {
  const nbf = real() - 100;
  const token = signJwt(idClaims(real(), { nbf }), KEY);
  await expect(verifierFor({ now: () => nbf * 1000 }).verify(token)).resolves.toBeDefined();
  await expect(verifierFor({ now: () => nbf * 1000 - 1 }).verify(token)).rejects.toMatchObject({
    code: 'TOKEN_NOT_YET_VALID',
  });
});

describe('a remembered token', () => {
  it('is verified once, and dropped at exp', async () => {
    let nowMs = Date.now();
    const exp = real() + 100;
    const { verify } = verifierFor({ now: () => nowMs });
    const token = signJwt(idClaims(real(), { exp }), KEY);
    const first = await verify(token);
    expect(await verify(token)).toBe(first);
    nowMs = exp * 1000 - 1;
    expect(await verify(token)).toBe(first);
    nowMs = exp * 1000;
    await expect(verify(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  it('is hit by nothing but the identical token', async () => {
    const { verify } = verifierFor(realClock);
    const token = signJwt(idClaims(real()), KEY);
    await verify(token);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const near = [
      `${token} `,
      `${header}.${payload}.${signature.slice(0, -1)}`,
      `${header}.${encode({ ...idClaims(real()), 'cognito:groups': ['admin'] })}.${signature}`,
      token.toLowerCase(),
    ];
    for (const other of near) await expect(verify(other)).rejects.toMatchObject({ name: 'TokenError' });
  });

  it('is forgotten when keys are replaced', async () => {
    let served = jwks(KEY, OTHER);
    const { verify } = verifierFor({ ...realClock, served: () => served });
    const old = signJwt(idClaims(real()), KEY);
    await verify(old);
    // A new key arrives, and under the old kid another one: what is fetched replaces what was primed.
    const successor = { ...rsaKey('key-1'), kid: 'key-1' };
    served = jwks(successor, OTHER);
    await verify(signJwt(idClaims(real()), OTHER));
    await expect(verify(old)).rejects.toMatchObject({ code: 'TOKEN_SIGNATURE' });
    await expect(verify(signJwt(idClaims(real()), successor))).resolves.toBeDefined();
  });
});

describe('a token in flight while keys are replaced', () => {
  const old = signJwt(idClaims(real()), KEY);
  const successor = { ...rsaKey('key-1'), kid: 'key-1' };

  // However many steps of its verification lie before the replacement, and however many behind it.
  it.each(Array.from({ length: 40 }, (_, steps) => steps))(
    '%p steps later, is not remembered',
    async (steps) => {
      const { promise: fetched, resolve } = Promise.withResolvers<object>();
      const { verify } = verifierFor({ ...realClock, served: () => fetched });
      const newcomer = verify(signJwt(idClaims(real()), OTHER));
      resolve(jwks(successor, OTHER));
      for (let step = 0; step < steps; step++) await Promise.resolve();
      await Promise.allSettled([newcomer, verify(old)]);
      await expect(verify(old)).rejects.toMatchObject({ code: 'TOKEN_SIGNATURE' });
    },
  );
});

describe('keys', () => {
  it('primed, are not fetched', async () => {
    const { verify, fetched } = verifierFor(realClock);
    await verify(signJwt(idClaims(real()), KEY));
    expect(fetched).toEqual([]);
  });

  it('not primed, are fetched once', async () => {
    const { verify, fetched } = verifierFor({
      ...realClock,
      config: { keys: new Map() },
      served: () => jwks(KEY),
    });
    await Promise.all([1, 2, 3].map((n) => verify(signJwt(idClaims(real(), { n }), KEY))));
    expect(fetched).toEqual([`${ISSUER}/.well-known/jwks.json`]);
  });

  it('unknown to fresh keys: the token is refused', async () => {
    const { verify, fetched } = verifierFor({ ...realClock, served: () => jwks(KEY) });
    await expect(verify(signJwt(idClaims(real()), OTHER))).rejects.toMatchObject({
      code: 'TOKEN_KEY_UNKNOWN',
    });
    expect(fetched).toHaveLength(1);
  });

  it('unknown within ten seconds of that: we cannot tell, and do not ask again', async () => {
    const { verify, fetched } = verifierFor({ ...realClock, served: () => jwks(KEY) });
    await expect(verify(signJwt(idClaims(real()), OTHER))).rejects.toMatchObject({ name: 'TokenError' });
    await expect(verify(signJwt(idClaims(real()), OTHER))).rejects.toMatchObject({
      name: 'KeysUnavailableError',
    });
    expect(fetched).toHaveLength(1);
    // Known keys are not affected.
    await expect(verify(signJwt(idClaims(real()), KEY))).resolves.toBeDefined();
  });

  it('out of reach: not asked for again at once, however many tokens come', async () => {
    const { verify, fetched } = verifierFor({
      ...realClock,
      served: () => {
        throw new KeysUnavailableError('down');
      },
    });
    for (let index = 0; index < 5; index++) {
      await expect(verify(signJwt(idClaims(real()), OTHER))).rejects.toMatchObject({
        name: 'KeysUnavailableError',
      });
    }
    expect(fetched).toHaveLength(1);
    await expect(verify(signJwt(idClaims(real()), KEY))).resolves.toBeDefined();
  });

  it.each<[string, () => object]>([
    ['no JWKS', () => ({ hello: 'world' })],
    ['keys that are none', () => ({ keys: [{ kid: 'key-2' }] })],
    ['a key without its numbers', () => ({ keys: [{ kty: 'RSA', kid: 'key-2', use: 'sig' }] })],
    [
      'a failure',
      () => {
        throw new Error('boom');
      },
    ],
  ])('that come as %s: our failure, never the token’s', async (_, served) => {
    const { verify } = verifierFor({ ...realClock, served });
    const failure = await verify(signJwt(idClaims(real()), OTHER)).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).name).not.toBe('TokenError');
  });
});

describe('over a real socket', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function issuerAt(handle: Parameters<typeof createServer>[1]) {
    const server = createServer(handle);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config: TokenVerifierConfig = {
      pools: [],
      clientIds: [CLIENT],
      tokenUse: 'access',
      audiences: [],
      issuers: [{ issuer, jwksUri: `${issuer}/jwks`, audience: ['api'], map: {} }],
      keys: new Map(),
    };
    const claims = { iss: issuer, aud: 'api', sub: 'u', exp: real() + 100 };
    return { verify: createTokenVerifier(config), claims };
  }

  it('keys of another issuer are fetched, and its audience is checked', async () => {
    const { verify, claims } = await issuerAt((_, response) => response.end(JSON.stringify(jwks(KEY))));
    await expect(verify(signJwt(claims, KEY))).resolves.toMatchObject({
      principal: { foreign: true, pool: claims.iss },
    });
    await expect(verify(signJwt({ ...claims, aud: ['x', 'api'] }, KEY))).resolves.toBeDefined();
    await expect(verify(signJwt({ ...claims, aud: 'other' }, KEY))).rejects.toMatchObject({
      code: 'TOKEN_AUDIENCE',
    });
    await expect(verify(signJwt({ ...claims, aud: undefined }, KEY))).rejects.toMatchObject({
      code: 'TOKEN_AUDIENCE',
    });
  });

  it.each<[string, Parameters<typeof createServer>[1]]>([
    ['answers 500', (_, response) => response.writeHead(500).end()],
    [
      'redirects, with the right keys beside it',
      (_, response) => response.writeHead(302, { location: '/' }).end(JSON.stringify(jwks(KEY))),
    ],
    [
      'sends the right keys and half a megabyte more',
      (_, response) => response.end(JSON.stringify({ ...jwks(KEY), padding: 'x'.repeat(600_000) })),
    ],
    ['says nothing', () => {}],
    ['stops in the middle', (_, response) => void response.writeHead(200).write('{"keys":')],
    ['hangs up', (request) => request.socket.destroy()],
    ['sends no JSON', (_, response) => response.end('<html>')],
    ['never ends', (_, response) => void setInterval(() => response.write('x'.repeat(65_536)), 1).unref()],
  ])('a peer that %s is our failure, and in time', async (_, handle) => {
    const { verify, claims } = await issuerAt(handle);
    const started = Date.now();
    await expect(verify(signJwt(claims, KEY))).rejects.toMatchObject({ name: 'KeysUnavailableError' });
    // The limit is 1.5 s; a trigger has 5, a slow machine some leeway.
    expect(Date.now() - started).toBeLessThan(4000);
  });

  it('half a megabyte of keys is not too much', async () => {
    const padding = 'x'.repeat(500_000);
    const { verify, claims } = await issuerAt((_, response) =>
      response.end(JSON.stringify({ ...jwks(KEY), padding })),
    );
    await expect(verify(signJwt(claims, KEY))).resolves.toBeDefined();
  });

  it('plain HTTP to another machine is not even tried', async () => {
    await expect(keysFetcher.fetch('http://192.0.2.1/')).rejects.toThrow('keys are fetched over https only');
  });

  it('nobody there', async () => {
    const { verify, claims } = await issuerAt(() => {});
    await new Promise((resolve) => servers[0]?.close(resolve));
    await expect(verify(signJwt(claims, KEY))).rejects.toMatchObject({ name: 'KeysUnavailableError' });
  });
});
