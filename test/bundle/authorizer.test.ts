import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { auditOf, type Functions, functionsWith } from '../support/bundles.ts';
import {
  http1Event,
  http2Event,
  restRequestEvent,
  restTokenEvent,
  webSocketEvent,
} from '../support/events.ts';
import {
  accessClaims,
  CLIENT,
  encode,
  idClaims,
  machineClaims,
  POOL,
  rsaKey,
  signJwt,
} from '../support/tokens.ts';

const KEY = rsaKey('key-1');
const ENV = {
  USER_POOL_IDS: POOL,
  APP_CLIENT_IDS: CLIENT,
  TOKEN_USE: 'any',
  JWKS: JSON.stringify({ keys: [KEY.jwk] }),
};
const POLICY = `
version: 1
domains: { allow: [example.com] }
groups: { editor: { includes: [reader] }, reader: {} }
rules:
  - { id: read, allow: ["GET /articles/**", "CONNECT /"], to: { groups: [reader] } }
  - { id: own, allow: ["GET /users/{user}"], where: { user: "\${claims.sub}" } }
  - { id: machines, allow: ["POST /orders"], to: { machine: true } }
  - { id: fresh, deny: ["GET /articles/fresh"], unless: { auth_age: 15m } }
`;
let functions: Functions;
const now = () => Math.floor(Date.now() / 1000);
const bearer = (claims: object) => `Bearer ${signJwt(claims, KEY)}`;
const idToken = (change = {}) => bearer(idClaims(now(), change));
const start = (change: Record<string, string> = {}) => functions.start('authorizer', { ...ENV, ...change });
type Answer = Record<string, unknown> & {
  policyDocument: { Statement: [{ Effect: string; Resource: string }] };
  context: Record<string, unknown>;
};
const payloadOf = (invocation: Awaited<ReturnType<ReturnType<typeof start>['invoke']>>) => {
  if (!invocation.answer.ok) throw new Error(invocation.answer.errorMessage);
  return invocation.answer.payload as Answer;
};

beforeAll(async () => {
  functions = await functionsWith(POLICY);
});

describe('the answer', () => {
  it('tells the backend who calls, in scalars', async () => {
    const invocation = await start().invoke(restRequestEvent({ authorization: idToken() }));
    expect(payloadOf(invocation)).toEqual({
      principalId: idClaims(0)['sub'],
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: restRequestEvent()['methodArn'] },
        ],
      },
      context: {
        sub: idClaims(0)['sub'],
        username: 'ada',
        email: 'ada@example.com',
        groups: '["editor","reader"]',
        clientId: CLIENT,
        tokenUse: 'id',
        policy: expect.stringMatching(/^[0-9a-f]{16}$/),
        decision: 'allowed',
        rule: 'read',
      },
    });
  });

  it('leaves out what there is not: a machine has no groups and no e-mail', async () => {
    const invocation = await start().invoke(
      restRequestEvent({ authorization: bearer(machineClaims(now())), verb: 'POST', path: '/orders' }),
    );
    expect(payloadOf(invocation)).toMatchObject({ principalId: CLIENT });
    expect(Object.keys(payloadOf(invocation).context)).toEqual([
      'sub',
      'scope',
      'clientId',
      'tokenUse',
      'policy',
      'decision',
      'rule',
    ]);
  });

  it('never passes on an address that nobody has verified', async () => {
    const open = await functionsWith('version: 1\nrules: [{ id: all, allow: ["ANY /**"] }]');
    const invocation = await open
      .start('authorizer', ENV)
      .invoke(restRequestEvent({ authorization: idToken({ email_verified: false }) }));
    expect(payloadOf(invocation)).toMatchObject({ policyDocument: { Statement: [{ Effect: 'Allow' }] } });
    expect(payloadOf(invocation).context).not.toHaveProperty('email');
  });

  it('names the other issuer, and passes on no address that it is not trusted for', async () => {
    const issuer = 'https://idp.example.com';
    const open = await functionsWith(
      `version: 1\nrules: [{ id: all, allow: ["ANY /**"], to: { pools: ["${issuer}"] } }]`,
    );
    const entry = {
      issuer,
      jwksUri: `${issuer}/jwks`,
      audience: 'api',
      map: { email: { claim: 'email', domains: ['partner.io'] } },
    };
    const authorizer = open.start('authorizer', {
      APP_CLIENT_IDS: '*',
      ISSUERS: JSON.stringify([entry]),
      JWKS: JSON.stringify({ [issuer]: { keys: [KEY.jwk] } }),
    });
    const contextFor = async (email: string) => {
      const authorization = bearer({ iss: issuer, aud: 'api', sub: 'u', exp: now() + 60, email });
      return payloadOf(await authorizer.invoke(restRequestEvent({ authorization }))).context;
    };
    expect(await contextFor('a@partner.io')).toMatchObject({ sub: 'u', issuer, email: 'a@partner.io' });
    for (const email of [
      'ceo@victim.com',
      'ceo@victim.com ',
      '<ceo@victim.com>',
      'root@localhost',
      'x@y@victim.com',
    ]) {
      expect(await contextFor(email)).not.toHaveProperty('email');
    }
  });

  it('is simple or IAM for HTTP API 2.0, as set; always IAM for 1.0 and WebSocket', async () => {
    const authorization = idToken();
    const simple = start();
    expect(payloadOf(await simple.invoke(http2Event({ authorization })))).toMatchObject({
      isAuthorized: true,
      context: { rule: 'read' },
    });
    expect(
      payloadOf(
        await simple.invoke(http2Event({ authorization, path: '/users/x' }, { routeKey: '$default' })),
      ),
    ).toMatchObject({ isAuthorized: false });
    expect(payloadOf(await simple.invoke(http1Event({ authorization })))).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Allow' }] },
    });
    expect(payloadOf(await simple.invoke(webSocketEvent({ authorization })))).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Allow', Resource: webSocketEvent()['methodArn'] }] },
    });
    expect(
      payloadOf(await start({ HTTP_RESPONSE: 'iam' }).invoke(http2Event({ authorization }))),
    ).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Allow', Resource: http2Event()['routeArn'] }] },
    });
  });

  it('to a path too long names the stage, within the 512 characters that a resource may have', async () => {
    const answer = payloadOf(
      await start().invoke(
        restRequestEvent({ authorization: idToken(), path: `/articles/${'a'.repeat(600)}` }),
      ),
    );
    expect(answer.policyDocument.Statement[0]).toMatchObject({
      Effect: 'Deny',
      Resource: 'arn:aws:execute-api:eu-west-1:123456789012:abcdef123/dev/*',
    });
    expect(answer.context).toMatchObject({ decision: 'path_too_long' });
  });

  it.each([
    ['a wildcard in the path', { path: '/articles/*' }, 'path_ambiguous'],
    ['a question mark', { path: '/articles/?' }, 'path_ambiguous'],
    ['a variable of IAM', { path: '/articles/${aws:username}' }, 'path_ambiguous'],
    ['climbing out', { path: '/articles/..%2f..%2fadmin' }, 'path_ambiguous'],
  ])('denies %s', async (_, call, code) => {
    const answer = payloadOf(await start().invoke(restRequestEvent({ authorization: idToken(), ...call })));
    expect(answer).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny' }] },
      context: { decision: code },
    });
  });

  it('judges auth_age by the end of the gateway’s cache: an hour, where nobody has said', async () => {
    const event = () => restRequestEvent({ authorization: idToken(), path: '/articles/fresh' });
    expect(payloadOf(await start().invoke(event())).context).toMatchObject({ decision: 'denied_by_rule' });
    expect(payloadOf(await start({ AUTHORIZER_TTL_SECONDS: '60' }).invoke(event())).context).toMatchObject({
      decision: 'allowed',
    });
  });

  it('is the same for the same event three times at once', async () => {
    const authorizer = start();
    const event = restRequestEvent({ authorization: idToken() });
    const answers = await Promise.all([1, 2, 3].map(async () => payloadOf(await authorizer.invoke(event))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });
});

describe('401', () => {
  const forged = () => `Bearer ${signJwt(idClaims(now()), { ...rsaKey('x'), kid: KEY.kid })}`;

  it.each([
    ['no header', ''],
    // The token of each is good: it is the header that is refused.
    ['another scheme', idToken().replace('Bearer', 'Basic')],
    ['no scheme', idToken().replace('Bearer ', '')],
    ['a trailing newline', `${idToken()}\n`],
    ['a line before it', `x\n${idToken()}`],
    ['a leading blank', ` ${idToken()}`],
    ['a tab after the scheme', idToken().replace(' ', '\t')],
    ['two tokens', `${idToken()}, ${idToken()}`],
    ['a header longer than API Gateway passes on', idToken({ padding: 'x'.repeat(8000) })],
    ['junk', 'Bearer a.b.c'],
    ['a forged token', forged()],
    ['alg none', `Bearer ${encode({ alg: 'none', kid: KEY.kid })}.${encode(idClaims(now()))}.`],
    ['a token for another client', bearer(idClaims(now(), { aud: 'other' }))],
  ])('for %s, on every front', async (_, authorization) => {
    const authorizer = start();
    for (const event of [
      restTokenEvent({ authorization }),
      restRequestEvent({ authorization }),
      webSocketEvent({ authorization }),
    ]) {
      expect((await authorizer.invoke(event)).answer).toEqual({
        ok: false,
        errorType: 'Error',
        errorMessage: 'Unauthorized',
      });
    }
    for (const event of [http1Event({ authorization }), http2Event({ authorization })]) {
      expect((await authorizer.invoke(event)).answer).toEqual({
        ok: true,
        payload: { errorMessage: 'Unauthorized' },
      });
    }
  });

  it.each(['Bearer', 'bearer', 'BEARER', 'Bearer   '])('not for the scheme %p', async (scheme) => {
    const authorization = idToken().replace('Bearer', scheme);
    expect(payloadOf(await start().invoke(restTokenEvent({ authorization })))).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Allow' }] },
    });
  });

  it('an ID token where access is the default, and the reverse', async () => {
    const { TOKEN_USE: _, ...env } = ENV;
    const authorizer = functions.start('authorizer', env);
    expect((await authorizer.invoke(restRequestEvent({ authorization: idToken() }))).answer).toMatchObject({
      ok: false,
      errorMessage: 'Unauthorized',
    });
    expect(
      (await authorizer.invoke(restRequestEvent({ authorization: bearer(accessClaims(now())) }))).answer,
    ).toMatchObject({ ok: true });
  });
});

describe('500: never an allow, never a 401', () => {
  const GENERIC = 'This is not possible right now. Please try again later';

  it.each<[string, unknown]>([
    ['nothing', null],
    ['an empty event', {}],
    ['an event of another service', { Records: [] }],
    [
      'an ARN of another service',
      { type: 'TOKEN', authorizationToken: idToken(), methodArn: 'arn:aws:s3:::bucket' },
    ],
    ['headers that are text', restRequestEvent({}, { headers: 'Authorization' })],
  ])('%s', async (_, event) => {
    const { answer, logLines } = await start().invoke(event);
    expect(answer).toEqual({ ok: false, errorType: 'Error', errorMessage: GENERIC });
    expect(logLines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        message: 'failure',
        error: 'EventError',
        code: 'EVENT_INVALID',
      }),
    ]);
  });

  it('keys that cannot be had', async () => {
    const server = createServer((_, response) => response.writeHead(503).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = {
      APP_CLIENT_IDS: '*',
      ISSUERS: JSON.stringify([{ issuer, jwksUri: `${issuer}/jwks`, audience: 'api' }]),
    };
    const event = restRequestEvent({
      authorization: bearer({ iss: issuer, aud: 'api', sub: 'u', exp: now() + 60 }),
    });
    const { answer, logLines } = await functions.start('authorizer', env).invoke(event);
    server.close();
    expect(answer).toMatchObject({ ok: false, errorMessage: GENERIC });
    expect(logLines.join()).toContain('KEYS_UNAVAILABLE');
  });

  it.each([
    ['USER_POOL_IDS', /USER_POOL_IDS is missing/],
    ['APP_CLIENT_IDS', /APP_CLIENT_IDS is missing/],
  ])('a start without %s', async (name, message) => {
    const env = Object.fromEntries(Object.entries(ENV).filter(([key]) => key !== name && key !== 'JWKS'));
    const { answer } = await functions
      .start('authorizer', env)
      .invoke(restRequestEvent({ authorization: idToken() }));
    expect(answer).toMatchObject({
      ok: false,
      errorType: 'ConfigError',
      errorMessage: expect.stringMatching(message),
    });
  });
});

describe('the log', () => {
  it('has one line a decision, at every level, and no token in it', async () => {
    const authorizer = start({ LOG_LEVEL: 'SILENT' });
    for (const authorization of [
      idToken(),
      `Bearer ${signJwt(idClaims(now()), { ...rsaKey('x'), kid: KEY.kid })}`,
      'Bearer not-a-token',
      idToken({ email: 'a@evil.io' }),
    ]) {
      const invocation = await authorizer.invoke(restRequestEvent({ authorization }));
      expect(invocation.logLines).toHaveLength(1);
      const line = String(invocation.logLines);
      for (const part of authorization.replace('Bearer ', '').split('.')) expect(line).not.toContain(part);
      expect(line).not.toContain('email');
      expect(auditOf(invocation)).toMatchObject({
        service: 'gatehouse',
        function: 'authorizer',
        route: 'GET /articles/1',
        policy: expect.any(String),
        code: expect.any(String),
      });
    }
  });

  it('counts in the line itself, in CloudWatch’s embedded format', async () => {
    const audit = auditOf(await start().invoke(restRequestEvent({ authorization: idToken() })));
    expect(audit).toMatchObject({
      allow: 1,
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [{ Namespace: 'Gatehouse', Metrics: [{ Name: 'allow', Unit: 'Count' }] }],
      },
    });
  });

  it('takes no subject from a token that is not verified', async () => {
    const audit = auditOf(await start().invoke(restRequestEvent({ authorization: idToken({ exp: 1 }) })));
    expect(audit).toMatchObject({ code: 'token_invalid', reason: 'TOKEN_EXPIRED' });
    expect(audit).not.toHaveProperty('sub');
  });
});

describe('caller mode', () => {
  const CALLER = { ANSWER_MODE: 'caller' };
  let callers: Functions;
  const startCaller = (change: Record<string, string> = {}) =>
    callers.start('authorizer', { ...ENV, ...CALLER, ...change });
  const statements = (answer: Answer) =>
    answer.policyDocument.Statement as { Effect: string; Resource: string | string[] }[];

  beforeAll(async () => {
    callers = await functionsWith(POLICY, CALLER);
  });

  it('answers with all that the caller may do, the same for every request that is allowed', async () => {
    const authorizer = startCaller();
    const authorization = idToken();
    const answers = await Promise.all(
      ['/articles/1', `/users/${String(idClaims(0)['sub'])}`].map((path) =>
        authorizer.invoke(restRequestEvent({ authorization, path })),
      ),
    );
    const [first, second] = answers.map((each) => payloadOf(each));
    expect(first).toEqual(second);
    const [allowed, denied] = statements(first as Answer);
    const stage = String(restRequestEvent()['methodArn']).replace(/\/GET\/.*/, '');
    expect(allowed).toEqual({
      Action: 'execute-api:Invoke',
      Effect: 'Allow',
      Resource: [`users/${String(idClaims(0)['sub'])}`, 'articles', 'articles/?*'].map(
        (path) => `${stage}/GET/${path}`,
      ),
    });
    expect(denied?.Resource).toContain(`${stage}/*//*`);
    // It speaks of no single request.
    expect(first?.context).not.toHaveProperty('rule');
    expect(first?.context).not.toHaveProperty('decision');
    expect(auditOf(answers[0] as (typeof answers)[0])).toMatchObject({ effect: 'allow', rule: 'read' });
  });

  it.each<[string, (authorization: string) => Record<string, unknown>]>([
    ['that no rule allows', (authorization) => restRequestEvent({ authorization, path: '/reports' })],
    [
      'with a method override',
      (authorization) =>
        restRequestEvent(
          {},
          { headers: { authorization, 'X-HTTP-Method-Override': 'DELETE' }, multiValueHeaders: null },
        ),
    ],
    [
      'whose ARN is another than its path',
      (authorization) => restRequestEvent({ authorization }, { path: '/users/1' }),
    ],
  ])('denies a request %s by its name too', async (_, eventOf) => {
    const event = eventOf(idToken());
    const answer = payloadOf(await startCaller().invoke(event));
    expect(statements(answer).map(({ Effect }) => Effect)).toEqual(['Allow', 'Deny', 'Deny']);
    expect(statements(answer)[2]?.Resource).toBe(event['methodArn']);
  });

  it('denies everything to a user whom the policy refuses', async () => {
    const authorization = idToken({ email: 'ada@else.example' });
    const answer = payloadOf(await startCaller().invoke(restTokenEvent({ authorization })));
    expect(statements(answer).map(({ Effect }) => Effect)).toEqual(['Deny', 'Deny']);
    expect(statements(answer)[0]?.Resource).toEqual([expect.stringMatching(/:abcdef123\/dev\/\*$/)]);
  });

  it('answers a WebSocket and a simple response for the request alone', async () => {
    const authorizer = startCaller();
    const authorization = idToken();
    expect(
      payloadOf(await authorizer.invoke(webSocketEvent({ authorization }))).policyDocument.Statement,
    ).toEqual([{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: webSocketEvent()['methodArn'] }]);
    expect(payloadOf(await authorizer.invoke(http2Event({ authorization })))).toMatchObject({
      isAuthorized: true,
    });
    const iam = startCaller({ HTTP_RESPONSE: 'iam' });
    expect(statements(payloadOf(await iam.invoke(http2Event({ authorization }))))[0]?.Resource).toContain(
      String(http2Event()['routeArn']).replace('/articles/1', '/articles/?*'),
    );
  });

  it('does not start where the bundle was built for the other mode', async () => {
    for (const [built, mode] of [
      [callers, 'request'],
      [functions, 'caller'],
    ] as const) {
      const { answer } = await built
        .start('authorizer', { ...ENV, ANSWER_MODE: mode })
        .invoke(restRequestEvent({ authorization: idToken() }));
      expect(answer).toMatchObject({ ok: false, errorMessage: expect.stringMatching(/ANSWER_MODE must be/) });
    }
  });

  it('a document over 8 KB is our failure: neither an allow nor a 401', async () => {
    const many = ['ANY /p0', 'ANY /p1', 'GET /p2'].map(
      (path, index) => `  - { id: r${index}, allow: ["${path}/{v}"], where: { v: "\${claims.long}" } }`,
    );
    const large = await functionsWith(`version: 1\nrules:\n${many.join('\n')}\n`, CALLER);
    const running = large.start('authorizer', { ...ENV, ...CALLER });
    const small = await running.invoke(restRequestEvent({ authorization: idToken({ long: 'v' }) }));
    expect(small.answer.ok).toBe(true);
    const { answer, logLines } = await running.invoke(
      restRequestEvent({ authorization: idToken({ long: 'v'.repeat(430) }) }),
    );
    expect(answer).toMatchObject({ ok: false });
    expect((answer as { errorMessage: string }).errorMessage).not.toBe('Unauthorized');
    expect(logLines.join('\n')).toMatch(/CALLER_DOCUMENT/);
    expect(logLines.join('\n')).not.toMatch(/vvvv/);
  });
});

describe('groups of every kind', () => {
  const ODD = ['*', 'a/b', 'arn:aws:iam::1:role/x', 'a,b', 'say:"hi"', '?*', "it's", '${x}', 'é'];
  // As many as fit into the 10,240 characters of headers that API Gateway takes (contracts A11).
  const HUGE = Array.from({ length: 42 }, (_, index) => `${index}-`.padEnd(128, 'g'));
  const rules = ODD.map(
    (group, index) =>
      `  - { id: r${index}, allow: ["GET /g${index}"], to: { groups: [${JSON.stringify(group)}] } }`,
  ).join('\n');
  const text = `version: 1\ngroups: { ${ODD.map((group) => `${JSON.stringify(group)}: {}`).join(', ')}, admin: {} }\nrules:\n${rules}\n  - { id: admins, allow: ["GET /admin"], to: { groups: [admin] } }\n`;

  it.each(['request', 'caller'])(
    'mean themselves only, as many as fit into a token, in %s mode',
    async (mode) => {
      const env = { ANSWER_MODE: mode };
      const authorizer = (await functionsWith(text, env)).start('authorizer', { ...ENV, ...env });
      const authorization = idToken({ 'cognito:groups': [...ODD, ...HUGE] });
      for (const index of ODD.keys()) {
        const invocation = await authorizer.invoke(restRequestEvent({ authorization, path: `/g${index}` }));
        expect(auditOf(invocation)).toMatchObject({ effect: 'allow', rule: `r${index}` });
        const { groups } = payloadOf(invocation).context as { groups: string };
        expect(JSON.parse(groups)).toEqual([...ODD, ...HUGE].toSorted());
      }
      const refused = await authorizer.invoke(restRequestEvent({ authorization, path: '/admin' }));
      expect(auditOf(refused)).toMatchObject({ effect: 'deny', code: 'no_rule' });
    },
  );
});

describe('a gateway that keeps answers for longer than a sign-in is fresh', () => {
  const text = 'version: 1\nrules: [{ id: fresh, allow: ["GET /**"], to: { auth_age: 1m } }]\n';

  it.each(['request', 'caller'])('never allows by it, in %s mode', async (mode) => {
    const env = { ANSWER_MODE: mode };
    const built = await functionsWith(text, env);
    for (const [ttl, effect] of [
      ['61', 'deny'],
      ['30', 'allow'],
    ] as const) {
      const authorizer = built.start('authorizer', { ...ENV, ...env, AUTHORIZER_TTL_SECONDS: ttl });
      const authorization = idToken({ auth_time: now() - 5 });
      const invocation = await authorizer.invoke(restRequestEvent({ authorization }));
      expect(auditOf(invocation)).toMatchObject({ effect });
      const { Statement } = payloadOf(invocation).policyDocument as { Statement: { Effect: string }[] };
      expect(Statement.some(({ Effect }) => Effect === 'Allow')).toBe(effect === 'allow');
    }
  });
});
