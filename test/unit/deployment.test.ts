import { describe, expect, it } from '@jest/globals';
import { judgeDeployment } from '../../shared/deployment/judge.ts';
import type { HttpApiAuthorizer, RestAuthorizer, Service } from '../../shared/deployment/service.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import type { Policy } from '../../shared/policy/schema.ts';

const KEY = 'method.request.header.Authorization, context.httpMethod, context.path';
const HTTP_KEY = ['$request.header.authorization', '$context.httpMethod', '$context.path'];

/** A service that is well; change exactly one thing. */
function service(env: Record<string, unknown> = {}, settings: object = {}): Service {
  return {
    functions: {
      authorizer: {
        environment: {
          USER_POOL_IDS: 'eu-west-1_AbCdEf123',
          APP_CLIENT_IDS: 'client1',
          AUTHORIZER_TTL_SECONDS: '60',
          ...env,
        },
      },
      'pre-sign-up': { environment: { APP_CLIENT_IDS: 'client1' } },
      'pre-token-generation': { environment: { APP_CLIENT_IDS: 'client1' } },
    },
    custom: { gatehouse: { preTokenVersion: 'V2_0', ...settings } },
  };
}

function policy(text = 'version: 1'): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.policy;
}

const codes = (of: Service, text?: string) =>
  judgeDeployment(of, policy(text)).map(({ code, path }) => `${code} ${path.join('.')}`);

const withRest = (authorizer: RestAuthorizer | string) => ({
  ...service(),
  functions: { ...service().functions, api: { events: [{}, { http: { authorizer } }] } },
});
const withHttp = (authorizer: HttpApiAuthorizer, env = {}) => ({
  ...service(env),
  provider: { httpApi: { authorizers: { own: { functionName: 'authorizer', ...authorizer } } } },
});

describe('a REST API’s cache', () => {
  const at = 'functions.api.events.1.http.authorizer';

  it.each<[RestAuthorizer, string[]]>([
    [{ type: 'request', resultTtlInSeconds: 60, identitySource: KEY }, []],
    [
      {
        type: 'REQUEST',
        resultTtlInSeconds: '60',
        identitySource: KEY.toLowerCase().replace('httpm', 'httpM'),
      },
      [],
    ],
    [{ type: 'request', resultTtlInSeconds: 0 }, []],
    [{ resultTtlInSeconds: 0 }, []],
    [{ type: 'token', resultTtlInSeconds: 1 }, ['DEPLOY_CACHE_KEY']],
    [{ type: 'token' }, ['DEPLOY_CACHE_KEY']],
    [{}, ['DEPLOY_CACHE_KEY']],
    [{ type: 'request', resultTtlInSeconds: 60 }, ['DEPLOY_CACHE_KEY']],
    [{ type: 'request', resultTtlInSeconds: 61, identitySource: KEY }, ['DEPLOY_TTL']],
    // API Gateway's own TTL is 300.
    [{ type: 'request', identitySource: KEY }, ['DEPLOY_TTL']],
    ...KEY.split(', ').map((source): [RestAuthorizer, string[]] => [
      { type: 'request', resultTtlInSeconds: 60, identitySource: KEY.replace(source, 'context.stage') },
      ['DEPLOY_CACHE_KEY'],
    ]),
    // Other paths and methods of the context are the template's, or nobody's.
    [
      { type: 'request', resultTtlInSeconds: 60, identitySource: KEY.replace('.path', '.resourcePath') },
      ['DEPLOY_CACHE_KEY'],
    ],
  ])('%j: %j', (authorizer, expected) => {
    expect(codes(withRest({ name: 'authorizer', ...authorizer }))).toEqual(
      expected.map((code) => `${code} ${at}`),
    );
  });

  it('is judged for the short form', () => {
    expect(codes(withRest('authorizer'))).toEqual([`DEPLOY_CACHE_KEY ${at}`]);
  });

  it('is judged by 3600 s where nobody says', () => {
    const each = withRest({ name: 'authorizer', type: 'request', identitySource: KEY });
    expect(
      codes({
        ...each,
        functions: { ...each.functions, ...service({ AUTHORIZER_TTL_SECONDS: null }).functions },
      }),
    ).toEqual([]);
  });

  it('of somebody else’s authorizer is theirs', () => {
    expect(codes(withRest({ name: 'other' }))).toEqual([]);
  });
});

describe('an HTTP API', () => {
  const at = 'provider.httpApi.authorizers.own';

  it.each<[HttpApiAuthorizer, object, string[]]>([
    [{ enableSimpleResponses: true }, {}, []],
    [{ enableSimpleResponses: true, resultTtlInSeconds: 60, identitySource: HTTP_KEY }, {}, []],
    [{ enableSimpleResponses: true, resultTtlInSeconds: 60 }, {}, [`DEPLOY_CACHE_KEY ${at}`]],
    [
      {
        enableSimpleResponses: true,
        resultTtlInSeconds: 60,
        identitySource: ['$request.header.Authorization', '$context.routeKey'],
      },
      {},
      [`DEPLOY_CACHE_KEY ${at}`],
    ],
    [
      { enableSimpleResponses: true, resultTtlInSeconds: 61, identitySource: HTTP_KEY },
      {},
      [`DEPLOY_TTL ${at}`],
    ],
    [{}, {}, [`DEPLOY_RESPONSE ${at}.enableSimpleResponses`]],
    [{}, { HTTP_RESPONSE: 'iam' }, []],
    [
      { enableSimpleResponses: true },
      { HTTP_RESPONSE: 'iam' },
      [`DEPLOY_RESPONSE ${at}.enableSimpleResponses`],
    ],
    [{ payloadVersion: '1.0' }, {}, []],
    [
      { payloadVersion: '1.0', enableSimpleResponses: true },
      {},
      [`DEPLOY_RESPONSE ${at}.enableSimpleResponses`],
    ],
  ])('%j, %j: %j', (authorizer, env, expected) => {
    expect(codes(withHttp(authorizer, env))).toEqual(expected);
  });
});

describe('a function that would not start', () => {
  const at = 'DEPLOY_ENVIRONMENT functions.authorizer.environment';

  it.each<[Record<string, unknown>, string[]]>([
    [{ APP_CLIENT_IDS: null }, [`${at}.APP_CLIENT_IDS`]],
    [{ APP_CLIENT_IDS: '' }, [`${at}.APP_CLIENT_IDS`]],
    [{ APP_CLIENT_IDS: { Ref: 'AWS::NoValue' } }, [`${at}.APP_CLIENT_IDS`]],
    [{ APP_CLIENT_IDS: { Ref: 'AppClient' } }, []],
    [{ USER_POOL_IDS: { 'Fn::GetAtt': ['Pool', 'Id'] } }, []],
    [{ USER_POOL_IDS: 'nonsense' }, [`${at}.USER_POOL_IDS`]],
    [{ TOKEN_USE: 'ID', HTTP_RESPONSE: 'xml' }, [`${at}.TOKEN_USE`, `${at}.HTTP_RESPONSE`]],
    [{ ANSWER_MODE: 'both' }, [`${at}.ANSWER_MODE`]],
    [{ TABLE_NAME: { Ref: 'Table' } }, []],
    [{ TABLE_NAME: 'a table' }, [`${at}.TABLE_NAME`]],
    [{ TABLE_NAME: 'gatehouse', POLICY_REFRESH_SECONDS: 600 }, [`${at}.MAX_STALE_SECONDS`]],
  ])('%j: %j', (env, expected) => {
    expect(codes(service(env))).toEqual(expected);
  });

  it.each<[unknown, string, string, string[]]>([
    [{ 'Fn::Equals': ['', ''] }, '', 'client1', [`${at}.APP_CLIENT_IDS`]],
    [{ 'Fn::Equals': ['', ''] }, 'client1', '', []],
    [{ 'Fn::Equals': ['a', ''] }, 'client1', '', [`${at}.APP_CLIENT_IDS`]],
    [{ 'Fn::Not': [{ 'Fn::Equals': ['a', ''] }] }, 'client1', '', []],
    // What only the deployment knows cannot be judged before it.
    [{ 'Fn::Equals': [{ Ref: 'Parameter' }, ''] }, '', '', []],
  ])('is found behind the condition %j: %j, else %j', (condition, then, otherwise, expected) => {
    const given = service({ APP_CLIENT_IDS: { 'Fn::If': ['Condition', then, otherwise] } });
    expect(codes({ ...given, resources: { Conditions: { Condition: condition } } })).toEqual(expected);
  });

  it('a trigger is judged too, and a service without an authorizer is none', () => {
    const { functions } = service();
    expect(codes({ functions: { ...functions, 'pre-sign-up': { environment: {} } } })).toEqual([
      'DEPLOY_ENVIRONMENT functions.pre-sign-up.environment.APP_CLIENT_IDS',
    ]);
    expect(codes({ functions: {} })).toEqual(['DEPLOY_FUNCTION functions']);
    expect(codes({})).toEqual(['DEPLOY_FUNCTION functions']);
  });

  it('takes a provider’s environment into account', () => {
    expect(codes({ ...service(), provider: { environment: { LOG_LEVEL: 'LOUD' } } })).toHaveLength(3);
  });
});

describe('values that nobody can want', () => {
  it.each<[Service, string[]]>([
    [service({}, { preTokenVersion: 'V4_0' }), ['DEPLOY_VALUE custom.gatehouse.preTokenVersion']],
    [service({}, { userPoolId: '', appClientIds: 'a' }), ['DEPLOY_CLIENT custom.gatehouse.appClientIds']],
    [
      { ...service(), functions: { ...service().functions, demo: { reservedConcurrency: 0 } } },
      ['DEPLOY_VALUE functions.demo.reservedConcurrency'],
    ],
  ])('case %#', (given, expected) => {
    expect(codes(given)).toEqual(expected);
  });
});

describe('access tokens of a version 1 pool', () => {
  const V1 = { preTokenVersion: 'V1_0' };
  const at = 'DEPLOY_TOKENS custom.gatehouse.preTokenVersion';
  const DOMAINS = 'version: 1\ndomains: { allow: [example.com] }';

  it.each<[string, number]>([
    ['version: 1', 0],
    [DOMAINS, 1],
    ['version: 1\ngroups: { partner: { members: { domains: [partner.io] } } }', 1],
    ['version: 1\nrules: [{ id: a, deny: ["ANY /**"], unless: { domains: [a.example] } }]', 1],
    ['version: 1\ntokens: { claims: { tenant: acme } }', 0],
    [
      'version: 1\ntokens: { claims: { tenant: acme } }\nrules: [{ id: a, allow: ["ANY /{t}"], where: { t: "${claims.tenant}" } }]',
      1,
    ],
    [
      'version: 1\ntokens: { claims: { tenant: acme } }\nrules: [{ id: a, allow: ["ANY /a"], to: { claims: { tenant: acme } } }]',
      1,
    ],
    ['version: 1\ngroups: { a: {} }\ntokens: { scopes: { a: [x/y] } }', 1],
  ])('%s: %i', (text, count) => {
    expect(codes(service({}, V1), text)).toEqual(Array.from({ length: count }, () => at));
    expect(codes(service({}), text)).toEqual([]);
    expect(codes(service({ TOKEN_USE: 'id' }, V1), text)).toEqual([]);
  });
});

it('a policy that asks for invitations needs the table where they are kept', () => {
  const invite = 'version: 1\nsign_up: { mode: invite }';
  const withTable = (name: unknown) => ({
    ...service(),
    functions: {
      ...service().functions,
      'pre-sign-up': { environment: { APP_CLIENT_IDS: 'client1', TABLE_NAME: name } },
    },
  });
  expect(codes(service(), invite)).toEqual([
    'DEPLOY_ENVIRONMENT functions.pre-sign-up.environment.TABLE_NAME',
  ]);
  expect(codes(withTable({ Ref: 'Table' }), invite)).toEqual([]);
  expect(codes(withTable(''), invite)).toHaveLength(1);
});

describe('sign-in by code or link', () => {
  const POLICY = 'version: 1\nsign_in: { methods: [email_otp] }';
  const ENV = {
    APP_CLIENT_IDS: 'client1',
    TABLE_NAME: 'table',
    OTP_KEY_ID: 'arn:aws:ssm:eu-west-1:123456789012:parameter/codes',
    MAIL_FROM: 'Example <no-reply@mail.example.com>',
  };
  const withSignIn = (env: object = {}): Service => ({
    ...service(),
    functions: {
      ...service().functions,
      'create-auth-challenge': { environment: { ...ENV, ...env } },
      'verify-auth-challenge': { environment: { ...ENV, ...env } },
    },
  });
  const missing = (variable: string, ...names: string[]) =>
    names.map((name) => `DEPLOY_ENVIRONMENT functions.${name}.environment.${variable}`);
  const all = ['create-auth-challenge', 'verify-auth-challenge'];

  it.each<[object, string[]]>([
    [{}, []],
    [{ TABLE_NAME: { Ref: 'Table' }, OTP_KEY_ID: { Ref: 'Secret' }, MAIL_FROM: { Ref: 'Sender' } }, []],
    [{ TABLE_NAME: '' }, missing('TABLE_NAME', ...all)],
    [{ OTP_KEY_ID: '' }, missing('OTP_KEY_ID', ...all)],
    [{ MAIL_FROM: '' }, missing('MAIL_FROM', 'create-auth-challenge')],
    [{ OTP_KEY_ID: 'codes' }, missing('OTP_KEY_ID', ...all)],
  ])('with %j', (env, expected) => {
    expect(codes(withSignIn(env), POLICY)).toEqual(expected);
  });

  it('needs nothing where the policy has none', () => {
    expect(codes(withSignIn({ TABLE_NAME: '', OTP_KEY_ID: '', MAIL_FROM: '' }))).toEqual([]);
  });
});

describe('clients of rules', () => {
  const rule = (clients: string) =>
    `version: 1\nrules: [{ id: a, allow: ["ANY /a"], to: { clients: [${clients}] } }]`;

  it.each<[string, unknown, number]>([
    ['client1', 'client1', 0],
    ['client2, client1', 'client1', 0],
    ['client2', 'client1', 1],
    ['client2', '*', 0],
    ['client2', { Ref: 'AppClient' }, 0],
  ])('%s with APP_CLIENT_IDS %j', (clients, accepted, count) => {
    expect(codes(service({ APP_CLIENT_IDS: accepted }), rule(clients))).toHaveLength(count);
  });
});

describe('caller mode', () => {
  const CALLER = { ANSWER_MODE: 'caller' };
  const rest = (authorizer: RestAuthorizer) => ({
    ...service(CALLER),
    functions: {
      ...service(CALLER).functions,
      api: { events: [{ http: { authorizer: { name: 'authorizer', ...authorizer } } }] },
    },
  });
  const http = (authorizer: HttpApiAuthorizer, env: object = {}) => ({
    ...service({ ...CALLER, ...env }),
    provider: { httpApi: { authorizers: { own: { functionName: 'authorizer', ...authorizer } } } },
  });
  const TOKEN = '$request.header.Authorization';

  it.each<[Service, string[]]>([
    [rest({ type: 'token', resultTtlInSeconds: 60 }), []],
    [rest({ type: 'token', resultTtlInSeconds: 61 }), ['DEPLOY_TTL']],
    [
      rest({
        type: 'request',
        resultTtlInSeconds: 60,
        identitySource: 'method.request.header.Authorization',
      }),
      [],
    ],
    [rest({ type: 'request', resultTtlInSeconds: 60, identitySource: 'context.path' }), ['DEPLOY_CACHE_KEY']],
    [http({ resultTtlInSeconds: 60, identitySource: TOKEN }, { HTTP_RESPONSE: 'iam' }), []],
    [
      http({ resultTtlInSeconds: 60, identitySource: '$context.path' }, { HTTP_RESPONSE: 'iam' }),
      ['DEPLOY_CACHE_KEY'],
    ],
    // A simple response is for the request.
    [
      http({ enableSimpleResponses: true, resultTtlInSeconds: 60, identitySource: TOKEN }),
      ['DEPLOY_CACHE_KEY'],
    ],
  ])('case %#', (given, expected) => {
    expect(codes(given).map((each) => each.split(' ')[0])).toEqual(expected);
  });

  it('is refused for what IAM cannot say', () => {
    const text =
      'version: 1\nrules:\n  - { id: narrow, allow: ["GET /a/*"] }\n  - { id: deep, allow: ["GET /a/*/b"] }';
    expect(codes(service(CALLER), text)).toEqual([
      'DEPLOY_ANSWERS functions.authorizer.environment.ANSWER_MODE',
    ]);
    expect(codes(service(), text)).toEqual([]);
    // What the API does not serve needs no answer.
    expect(codes(service(CALLER, { routes: ['GET /a/{id}'] }), text)).toEqual([]);
    expect(codes(service(CALLER, { routes: ['GET /a/{id}', 'get /b'] }), text)).toEqual([
      'DEPLOY_VALUE custom.gatehouse.routes',
      'DEPLOY_ANSWERS functions.authorizer.environment.ANSWER_MODE',
    ]);
  });
});
