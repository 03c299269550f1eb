import { describe, expect, it } from '@jest/globals';
import { readAuthorizerConfig, readTriggerConfig } from '../../shared/runtime/config.ts';
import { ISSUER, POOL, rsaKey } from '../support/tokens.ts';

const GOOD = { USER_POOL_IDS: POOL, APP_CLIENT_IDS: 'client1' };
const JWKS = { keys: [rsaKey('k').jwk] };
const ENTRY = { issuer: 'https://idp.example.com', jwksUri: 'https://idp.example.com/jwks', audience: 'api' };
const messageOf = (read: () => unknown) => {
  try {
    read();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the authorizer’s environment', () => {
  it('needs pools and clients, and has safe defaults', () => {
    expect(readAuthorizerConfig(GOOD)).toEqual({
      tokens: {
        pools: [POOL],
        clientIds: ['client1'],
        tokenUse: 'access',
        audiences: [],
        issuers: [],
        keys: new Map(),
      },
      ttlSeconds: 3600,
      httpResponse: 'simple',
      answerMode: 'request',
      logLevel: 'INFO',
      table: null,
    });
  });

  it('knows revocation where it knows the table', () => {
    const table = { name: 'gatehouse', refreshSeconds: 30, maxStaleSeconds: 300 };
    expect(readAuthorizerConfig({ ...GOOD, TABLE_NAME: 'gatehouse' }).table).toEqual(table);
    const ages = { POLICY_REFRESH_SECONDS: '5', MAX_STALE_SECONDS: '5' };
    expect(readAuthorizerConfig({ ...GOOD, TABLE_NAME: 'gatehouse', ...ages }).table).toEqual({
      name: 'gatehouse',
      refreshSeconds: 5,
      maxStaleSeconds: 5,
    });
    expect(readAuthorizerConfig({ ...GOOD, TABLE_NAME: ' ', ...ages }).table).toBeNull();
  });

  it('takes lists, blanks around them and empty values', () => {
    const env = {
      USER_POOL_IDS: ` ${POOL} , us-east-1_B `,
      APP_CLIENT_IDS: 'a, b,a',
      TOKEN_USE: '',
      HTTP_RESPONSE: ' iam ',
      AUTHORIZER_TTL_SECONDS: '0',
    };
    expect(readAuthorizerConfig(env)).toMatchObject({
      tokens: { pools: [POOL, 'us-east-1_B'], clientIds: ['a', 'b'], tokenUse: 'access' },
      httpResponse: 'iam',
      ttlSeconds: 0,
    });
  });

  it('says `*` for any client, and nothing else does', () => {
    expect(readAuthorizerConfig({ ...GOOD, APP_CLIENT_IDS: '*' }).tokens.clientIds).toBeNull();
  });

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    [
      'nothing at all',
      { USER_POOL_IDS: undefined, APP_CLIENT_IDS: undefined },
      /USER_POOL_IDS is missing.*APP_CLIENT_IDS is missing/s,
    ],
    [
      'no pools',
      { USER_POOL_IDS: '' },
      /^USER_POOL_IDS is missing: a comma list of user pool ids \(or set ISSUERS\)$/,
    ],
    ['a pool id that is none', { USER_POOL_IDS: 'local_abc' }, /^USER_POOL_IDS must be/],
    ['a pool in China', { USER_POOL_IDS: 'cn-north-1_abc' }, /^USER_POOL_IDS must be.*use ISSUERS/],
    ['a trailing comma', { USER_POOL_IDS: `${POOL},` }, /^USER_POOL_IDS must be/],
    ['no clients', { APP_CLIENT_IDS: undefined }, /^APP_CLIENT_IDS is missing/],
    ['blank clients', { APP_CLIENT_IDS: '  ' }, /^APP_CLIENT_IDS is missing/],
    ['a star among clients', { APP_CLIENT_IDS: 'a,*' }, /^APP_CLIENT_IDS must be/],
    ['clients with blanks', { APP_CLIENT_IDS: 'a b' }, /^APP_CLIENT_IDS must be/],
    ['an unknown token use', { TOKEN_USE: 'refresh' }, /^TOKEN_USE must be access or id or any$/],
    ['an unknown answer', { HTTP_RESPONSE: 'Simple' }, /^HTTP_RESPONSE must be simple or iam$/],
    ['a mode that is none', { ANSWER_MODE: 'both' }, /^ANSWER_MODE must be request or caller/],
    [
      'a TTL of text',
      { AUTHORIZER_TTL_SECONDS: '1m' },
      /^AUTHORIZER_TTL_SECONDS must be a whole number from 0 to 3600$/,
    ],
    ['a TTL too long', { AUTHORIZER_TTL_SECONDS: '3601' }, /^AUTHORIZER_TTL_SECONDS/],
    ['a negative TTL', { AUTHORIZER_TTL_SECONDS: '-1' }, /^AUTHORIZER_TTL_SECONDS/],
    ['an unknown log level', { LOG_LEVEL: 'info' }, /^LOG_LEVEL must be/],
    ['a table that is none', { TABLE_NAME: 'a table' }, /^TABLE_NAME must be the name of a DynamoDB table$/],
    [
      'a refresh of text',
      { POLICY_REFRESH_SECONDS: '30s' },
      /^POLICY_REFRESH_SECONDS must be a whole number/,
    ],
    ['a refresh without end', { POLICY_REFRESH_SECONDS: '0' }, /^POLICY_REFRESH_SECONDS must be/],
    ['a bound that is none', { MAX_STALE_SECONDS: '86401' }, /^MAX_STALE_SECONDS must be/],
    [
      'a bound before the refresh',
      { POLICY_REFRESH_SECONDS: '400' },
      /^MAX_STALE_SECONDS must not be less than POLICY_REFRESH_SECONDS$/,
    ],
    ['issuers that are no JSON', { ISSUERS: '{' }, /^ISSUERS must be JSON$/],
    ['issuers that are null', { USER_POOL_IDS: '', ISSUERS: 'null' }, /^ISSUERS must not be null$/],
    ['keys that are null', { JWKS: 'null' }, /^JWKS must not be null$/],
    ['issuers that are no list', { ISSUERS: '{}' }, /^ISSUERS must be a JSON list/],
    [
      'an issuer without audience',
      { ISSUERS: JSON.stringify([{ ...ENTRY, audience: undefined }]) },
      /look at 0\.audience/,
    ],
    [
      'an issuer with an empty audience',
      { ISSUERS: JSON.stringify([{ ...ENTRY, audience: [] }]) },
      /look at 0\.audience/,
    ],
    [
      'an issuer over http',
      { ISSUERS: JSON.stringify([{ ...ENTRY, issuer: 'http://idp.example.com' }]) },
      /look at 0\.issuer/,
    ],
    [
      'keys over http',
      { ISSUERS: JSON.stringify([{ ...ENTRY, jwksUri: 'http://10.0.0.1/jwks' }]) },
      /look at 0\.jwksUri/,
    ],
    ['an unknown key', { ISSUERS: JSON.stringify([{ ...ENTRY, audiences: ['x'] }]) }, /look at 0\.audiences/],
    [
      'an unknown key in a map',
      { ISSUERS: JSON.stringify([{ ...ENTRY, map: { roles: {} } }]) },
      /look at 0\.map\.roles/,
    ],
    [
      'a map with a bad domain',
      { ISSUERS: JSON.stringify([{ ...ENTRY, map: { email: { claim: 'email', domains: ['localhost'] } } }]) },
      /look at 0\.map\.email\.domains/,
    ],
    ['an issuer twice', { ISSUERS: JSON.stringify([ENTRY, ENTRY]) }, /^ISSUERS must name each issuer once$/],
    ['no issuers in a list', { USER_POOL_IDS: '', ISSUERS: '[]' }, /^ISSUERS must name an issuer/],
    ['no issuers beside a pool', { ISSUERS: '[]' }, /^ISSUERS must name an issuer/],
    [
      'a user pool as another issuer',
      { ISSUERS: JSON.stringify([{ ...ENTRY, issuer: ISSUER }]) },
      /^ISSUERS must not name a user pool: use USER_POOL_IDS$/,
    ],
    [
      'a user pool as another issuer, by its second name',
      {
        ISSUERS: JSON.stringify([{ ...ENTRY, issuer: ISSUER.replace('cognito-idp', 'issuer-cognito-idp') }]),
      },
      /^ISSUERS must not name a user pool: use USER_POOL_IDS$/,
    ],
    ['keys that are no JSON', { JWKS: 'keys' }, /^JWKS must be JSON$/],
    ['keys that are none', { JWKS: '{}' }, /^JWKS must be a JWKS/],
    ['keys in a list', { JWKS: '[]' }, /^JWKS must be a JWKS/],
    [
      'bare keys for two pools',
      { USER_POOL_IDS: `${POOL},us-east-1_B`, JWKS: JSON.stringify(JWKS) },
      /^JWKS must be \{issuer: JWKS\}/,
    ],
    [
      'keys of an unknown issuer',
      { JWKS: JSON.stringify({ 'https://idp.example.com': JWKS }) },
      /^JWKS names an issuer that is not configured$/,
    ],
  ])('refuses %s', (_, change, message) => {
    expect(messageOf(() => readAuthorizerConfig({ ...GOOD, ...change }))).toMatch(message);
  });

  it.each<[string, unknown, RegExp]>([
    ['none', {}, /^keys\.json must be a JWKS/],
    ['a list', [], /^keys\.json must be a JWKS/],
    ['no JWKS', { [ISSUER]: {} }, /^keys\.json must be a JWKS/],
    ['bare, for two pools', JWKS, /^keys\.json must be \{issuer: JWKS\}/],
  ])('refuses embedded keys by the name of their file: %s', (_, embedded, message) => {
    const env = { ...GOOD, USER_POOL_IDS: `${POOL},us-east-1_B` };
    expect(messageOf(() => readAuthorizerConfig(env, { keys: embedded, answerMode: null }))).toMatch(message);
  });

  it('never shows a value', () => {
    const secret = 'do-not-show';
    const env = Object.fromEntries(
      [
        'USER_POOL_IDS',
        'APP_CLIENT_IDS',
        'TOKEN_USE',
        'ISSUERS',
        'JWKS',
        'LOG_LEVEL',
        'TABLE_NAME',
        'ANSWER_MODE',
      ].map((name) => [name, `${secret} !`]),
    );
    expect(messageOf(() => readAuthorizerConfig(env))).not.toContain(secret);
  });

  it('takes other issuers with their map, http on loopback', () => {
    const entry = {
      issuer: 'http://127.0.0.1:9229/pool',
      jwksUri: 'http://localhost:9229/pool/jwks',
      audience: 'api',
      map: {
        groups: { claim: 'roles', values: { Admins: 'admin' } },
        scopes: { claim: 'scp', values: ['api'] },
        email: { claim: 'mail', domains: ['*.Example.com'] },
      },
    };
    expect(
      readAuthorizerConfig({ APP_CLIENT_IDS: '*', ISSUERS: JSON.stringify([entry]) }).tokens.issuers,
    ).toEqual([
      {
        ...entry,
        audience: ['api'],
        map: { ...entry.map, email: { claim: 'mail', domains: { '*.example.com': true } } },
      },
    ]);
  });

  it('primes one pool’s keys under both of its issuers', () => {
    const { keys } = readAuthorizerConfig({ ...GOOD, JWKS: JSON.stringify(JWKS) }).tokens;
    expect([...keys.keys()]).toEqual([ISSUER, ISSUER.replace('cognito-idp', 'issuer-cognito-idp')]);
  });

  it('takes embedded keys for the issuers that it knows, and lets the variable override them', () => {
    const built = {
      keys: { [ISSUER]: JWKS, 'https://another-stage.example.com': JWKS },
      answerMode: null,
    };
    expect([...readAuthorizerConfig(GOOD, built).tokens.keys.keys()]).toEqual([ISSUER]);
    const other = { keys: [rsaKey('other').jwk] };
    expect(
      readAuthorizerConfig({ ...GOOD, JWKS: JSON.stringify({ [ISSUER]: other }) }, built).tokens.keys.get(
        ISSUER,
      ),
    ).toEqual(other);
  });
});

describe('a trigger’s environment', () => {
  it('needs clients', () => {
    expect(readTriggerConfig({ APP_CLIENT_IDS: 'a,b' })).toEqual({
      clientIds: ['a', 'b'],
      mode: 'enforce',
      logLevel: 'INFO',
      tableName: null,
      mailFrom: null,
      otpKeyId: null,
    });
    expect(readTriggerConfig({ APP_CLIENT_IDS: '*', MODE: 'observe' })).toMatchObject({
      clientIds: null,
      mode: 'observe',
    });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['no clients', {}, /^APP_CLIENT_IDS is missing/],
    ['an unknown mode', { APP_CLIENT_IDS: 'a', MODE: 'off' }, /^MODE must be enforce or observe$/],
    ['no table', { APP_CLIENT_IDS: 'a', TABLE_NAME: 'a table' }, /^TABLE_NAME must be the name/],
    ['no sender', { APP_CLIENT_IDS: 'a', MAIL_FROM: 'Example' }, /^MAIL_FROM must be an e-mail address/],
    ['no key', { APP_CLIENT_IDS: 'a', OTP_KEY_ID: 'alias/key' }, /^OTP_KEY_ID must be the ARN/],
  ])('refuses %s', (_, env, message) => {
    expect(messageOf(() => readTriggerConfig(env))).toMatch(message);
  });
});

describe('the mode of answering', () => {
  it.each<[string | undefined, 'request' | 'caller', boolean]>([
    [undefined, 'request', true],
    ['request', 'request', true],
    ['caller', 'caller', true],
    ['caller', 'request', false],
    ['request', 'caller', false],
    [undefined, 'caller', false],
  ])('%s is taken by a bundle that was built for %s: %s', (mode, answerMode, taken) => {
    const env = { ...GOOD, ...(mode !== undefined && { ANSWER_MODE: mode }) };
    const read = () => readAuthorizerConfig(env, { keys: null, answerMode }).answerMode;
    if (taken) expect(read()).toBe(answerMode);
    else expect(read).toThrow(`ANSWER_MODE must be ${answerMode}, for which the bundle was built`);
  });
});
