/** `gatehouse revoke` and `restore`, as one gets them: the built command, and AWS over a socket. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { principalOf } from '../../shared/policy/principal.ts';
import { isBlocked } from '../../shared/store/blocks.ts';
import { Cuts } from '../../shared/store/cuts.ts';
import type { Store } from '../../shared/store/ports.ts';
import { buildCommand, ROOT, run, temporaryFolder } from '../support/bundles.ts';
import { startDynamodb } from '../support/dynamodb.ts';
import { type Answer, awsError } from '../../sandbox/aws/proxy.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { stackAsXml } from '../support/stack.ts';
import { accessClaims, CLIENT, idClaims, POOL, rsaKey, signJwt } from '../support/tokens.ts';

const folder = temporaryFolder();
const dynamodb = await startDynamodb();
const aws = await startFaultyProxy(dynamodb.endpoint);
const SUB = String(idClaims(0)['sub']);
const OTHER = 'f0a1b2c3-0000-4000-8000-000000000002';
const LAMBDA = '/2015-03-31/functions/authorizer/configuration';

let command = '';
let store: Store;
let table: string;
let env: Record<string, string>;

beforeAll(async () => {
  command = await buildCommand(folder.path);
});
afterAll(folder.remove);

beforeEach(async () => {
  const made = await dynamodb.table();
  ({ store, name: table } = made);
  env = { ...made.env, AWS_ENDPOINT_URL_DYNAMODB: aws.endpoint, AWS_ENDPOINT_URL: aws.endpoint };
  Object.assign(aws, { next: [], otherwise: 'pass', answers: { ListUsers: users([SUB, 'ada']) } });
  aws.requests.length = 0;
  aws.bodies.length = 0;
});

const json = (body: object): Answer => ({
  status: 200,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/x-amz-json-1.1' },
});
const users = (...found: [sub: string, username: string][]) =>
  json({
    Users: found.map(([sub, Username]) => ({ Username, Attributes: [{ Name: 'sub', Value: sub }] })),
  });
/** A stack whose authorizer has this environment. */
const deploy = (variables: Record<string, string>, outputs: Record<string, string> = {}) => {
  const all = { TableName: table, UserPoolId: POOL, AuthorizerArn: 'authorizer', ...outputs };
  aws.answers['/'] = { status: 200, body: stackAsXml(all), headers: { 'content-type': 'text/xml' } };
  aws.answers[LAMBDA] = json({ Environment: { Variables: variables } });
};
const AUTHORIZER = { USER_POOL_IDS: POOL, APP_CLIENT_IDS: '*', AUTHORIZER_TTL_SECONDS: '60' };

const gatehouse = (...args: string[]) =>
  run(process.execPath, [command, ...args], { env: { ...process.env, ...env } });
const onTable = (...args: string[]) => gatehouse(...args, '--table', table, '--pool', POOL);
const asJson = async (result: ReturnType<typeof gatehouse>) => {
  const { stdout, stderr, code } = await result;
  const printed: Record<string, unknown> & { code: number; stderr: string } = { code, stderr };
  return Object.assign(printed, JSON.parse(stdout));
};
const nowSeconds = () => Math.floor(Date.now() / 1000);
/** Whether the authorizer would take a token of an earlier sign-in for revoked. */
const isCut = async (change: Record<string, unknown> = {}, atSeconds = nowSeconds()) => {
  const cuts = new Cuts();
  await cuts.readOn(store);
  const claims = accessClaims(nowSeconds(), { jti: 'j1', origin_jti: 'o1', ...change });
  return cuts.cover(await principalOf(claims, { kind: 'cognito', pool: POOL }), atSeconds);
};
const listed = async (...args: string[]) =>
  (await asJson(onTable('revoke', 'list', '--json', ...args))) as unknown as {
    cuts: Record<string, string>[];
    blocks: Record<string, string>[];
  };

describe('gatehouse revoke', () => {
  it('says what it would do, and does it with --yes', async () => {
    const dry = await onTable('revoke', 'user', SUB, '--ttl', '60');
    expect(dry).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        new RegExp(
          `^cut       user ${SUB} \\(ada\\) of ${POOL}: sign-ins up to \\S+Z, kept until \\d{4}-\\d\\d-\\d\\d\nfelt within 90 s: 30 s until the authorizer has read it, 60 s in the gateway's cache \\(as given\\); while the table does not answer, within 360 s\n$`,
        ),
      ),
      stderr: 'note: nothing was written; --yes writes it\n',
    });
    expect(await isCut()).toBe(false);
    expect((await onTable('revoke', 'user', SUB, '--yes')).code).toBe(0);
    expect([
      await isCut(),
      await isCut({ sub: OTHER }),
      await isCut({ auth_time: nowSeconds() + 1 }),
    ]).toEqual([true, false, false]);
  });

  it.each([
    [['session', 'o1'], { origin_jti: 'o2' }],
    [['token', 'j1'], { jti: 'j2' }],
    [['client', CLIENT], { client_id: 'other' }],
    [['all'], { auth_time: nowSeconds() + 1000 }],
  ])('cuts off %j', async (words, change) => {
    const { code, cuts } = await asJson(onTable('revoke', ...words, '--yes', '--json'));
    expect({ code, cuts }).toMatchObject({
      code: 0,
      cuts: [{ kind: words[0], pool: POOL, value: words[1] ?? '' }],
    });
    expect([await isCut(), await isCut(change)]).toEqual([true, words[0] === 'all']);
  });

  it('takes from a token what it says, and its pool', async () => {
    const token = signJwt(accessClaims(nowSeconds(), { jti: 'j1', origin_jti: 'o1' }), rsaKey('k'));
    const file = folder.write('token.txt', `Bearer ${token}\n`);
    for (const [kind, value] of [
      ['user', SUB],
      ['session', 'o1'],
      ['token', 'j1'],
    ] as const) {
      const shown = await asJson(gatehouse('revoke', kind, '--token', file, '--table', table, '--json'));
      expect(shown).toMatchObject({ code: 0, dryRun: true, cuts: [{ kind, pool: POOL, value }] });
    }
    const bare = folder.write('bare.txt', signJwt(accessClaims(0), rsaKey('k')));
    const { code, stderr } = await gatehouse('revoke', 'session', '--token', bare, '--table', table);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/the token has no origin_jti\n {2}help: /),
    });
    expect(stderr).not.toContain('eyJ');
  });

  it('finds people by address and by name, all of them, and asks ListUsers only', async () => {
    aws.answers['ListUsers'] = users([SUB, 'ada'], [OTHER, 'Okta_ada']);
    const { cuts } = await asJson(
      onTable('revoke', 'user', '--email', 'a"d\\a@example.com', '--yes', '--json'),
    );
    expect(cuts).toMatchObject([{ value: SUB }, { value: OTHER }]);
    await onTable('revoke', 'user', '--username', 'ada');
    const asked = aws.requests.flatMap((name, n) => (name === 'ListUsers' ? [aws.bodies[n]] : []));
    expect(asked.map((body) => JSON.parse(body ?? '{}') as object)).toMatchObject([
      { UserPoolId: POOL, Filter: 'email = "a\\"d\\\\a@example.com"' },
      { UserPoolId: POOL, Filter: 'username = "ada"' },
    ]);
    expect(aws.requests).not.toContain('AdminGetUser');
    expect([await isCut(), await isCut({ sub: OTHER })]).toEqual([true, true]);
  });

  it.each<[string, Answer, RegExp]>([
    ['nobody is found', users(), /has no user with this email\n {2}help: /],
    [
      'the pool cannot be asked',
      awsError('AccessDeniedException'),
      /\(AccessDeniedException\)\n {2}help: .*ListUsers/,
    ],
  ])('cuts off nobody where %s', async (_, answer, text) => {
    aws.answers['ListUsers'] = answer;
    const { code, stdout, stderr } = await onTable('revoke', 'user', '--email', 'x@example.com', '--yes');
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: expect.stringMatching(text) });
    expect((await listed()).cuts).toEqual([]);
  });

  it.each<[string, Answer, RegExp]>([
    ['does not have', users(), /note: .* has no user with this sub/],
    ['cannot be asked about', awsError('AccessDeniedException'), /note: .* was not asked/],
  ])('takes a sub that the pool %s, and says so', async (_, answer, note) => {
    aws.answers['ListUsers'] = answer;
    expect(await onTable('revoke', 'user', SUB, '--yes')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(note),
    });
    expect(await isCut()).toBe(true);
  });

  it('blocks and signs out before it cuts, so that nothing is issued behind the cut', async () => {
    aws.answers['AdminUserGlobalSignOut'] = json({});
    const words = ['revoke', 'user', SUB, '--block', '--sign-out'];
    expect((await onTable(...words)).stdout).toMatch(/^block .*\nsign out {2}ada\ncut /);
    expect(aws.requests).not.toContain('PutItem');
    expect(aws.requests).not.toContain('AdminUserGlobalSignOut');
    aws.requests.length = 0;
    aws.bodies.length = 0;
    const done = await asJson(onTable(...words, '--yes', '--json'));
    expect(done).toMatchObject({ code: 0, blocks: [{ value: SUB, change: 'new' }], signedOut: ['ada'] });
    const writes = aws.requests.flatMap((name, n) =>
      name === 'PutItem' || name === 'AdminUserGlobalSignOut'
        ? [/BLOCK|CUT|"Username":"ada"/.exec(aws.bodies[n] ?? '')?.[0]]
        : [],
    );
    expect(writes).toEqual(['BLOCK', '"Username":"ada"', 'CUT', 'CUT']);
    expect(await isBlocked(store, POOL, { sub: SUB, client: null })).toBe(true);
    expect(await asJson(onTable(...words, '--yes', '--json'))).toMatchObject({
      blocks: [{ change: 'there' }],
    });
  });

  it('cuts off who cannot be signed out, and fails', async () => {
    aws.answers['AdminUserGlobalSignOut'] = awsError('AccessDeniedException');
    const { code, stderr } = await onTable('revoke', 'user', SUB, '--sign-out', '--yes');
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        /cut off, but not signed out of Cognito: ada: AccessDeniedException\n {2}help: /,
      ),
    });
    expect(await isCut()).toBe(true);
  });

  it('given again moves the cut forward, and is one cut', async () => {
    await onTable('revoke', 'client', CLIENT, '--yes');
    const [first] = (await listed()).cuts;
    await onTable('revoke', 'client', CLIENT, '--yes');
    const { cuts } = await listed();
    expect(cuts).toHaveLength(1);
    expect(Date.parse(cuts[0]?.['at'] ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.['at'] ?? ''));
  });

  it('keeps a cut as long as a token may be under it, or as it is told', async () => {
    const years = (cuts: unknown) =>
      (Date.parse((cuts as { expires: string }[])[0]?.expires ?? '') - Date.now()) / 86_400_000;
    const kept = async (...words: string[]) =>
      years((await asJson(onTable('revoke', ...words, '--json')))['cuts']);
    expect(await kept('session', 'o1')).toBeCloseTo(3650, 1);
    expect(await kept('token', 'j1')).toBeCloseTo(2, 1);
    expect(await kept('all', '--for', '90d')).toBeCloseTo(90, 1);
  });

  it('goes by the clock of AWS', async () => {
    const hourAgo = new Date(Date.now() - 3_600_000);
    aws.otherwise = (answer) => ({ ...answer, headers: { ...answer.headers, date: hourAgo.toUTCString() } });
    const { cuts, stderr } = await asJson(onTable('revoke', 'all', '--json'));
    expect(Date.parse((cuts as { at: string }[])[0]?.at ?? '')).toBe(
      Math.floor(hourAgo.getTime() / 1000) * 1000,
    );
    expect(stderr).toMatch(/note: this machine's clock is 3[56]\d\d s off the table's, which counts/);
  });
});

describe('how soon it is felt', () => {
  const felt = async (...args: string[]) => {
    const { code, felt: found, stderr } = await asJson(gatehouse('revoke', 'all', ...args, '--json'));
    return { code, stderr, ...(found as object) };
  };

  it('is asked of the deployed authorizer', async () => {
    deploy({ ...AUTHORIZER, TABLE_NAME: table, POLICY_REFRESH_SECONDS: '10', MAX_STALE_SECONDS: '100' });
    expect(await felt('--stack', 'gatehouse-prod')).toMatchObject({
      code: 0,
      withinSeconds: 70,
      refreshSeconds: 10,
      ttlSeconds: 60,
      maxStaleSeconds: 100,
      source: 'stack',
      isRead: true,
    });
    expect(await felt('--stack', 'gatehouse-prod', '--ttl', '0', '--refresh', '5')).toMatchObject({
      withinSeconds: 5,
    });
  });

  it.each([
    ['no table', {}],
    ['another table', { TABLE_NAME: 'another' }],
  ])('is never, if the authorizer reads %s: exit 1', async (_, change) => {
    deploy({ ...AUTHORIZER, ...change });
    expect(await felt('--stack', 'gatehouse-prod')).toMatchObject({
      code: 1,
      isRead: false,
      stderr: expect.stringMatching(
        /warning: the authorizer reads another table, or none, and so no cut\n {2}help: /,
      ),
    });
  });

  it('is the worst there is, where nobody says', async () => {
    const assumed = { code: 0, withinSeconds: 3630, source: 'assumed', isRead: null };
    expect(await felt('--table', table, '--pool', POOL)).toMatchObject(assumed);
    deploy(AUTHORIZER);
    aws.answers[LAMBDA] = awsError('AccessDeniedException', 403);
    expect(await felt('--stack', 'gatehouse-prod')).toMatchObject({
      ...assumed,
      stderr: expect.stringMatching(/note: the authorizer of gatehouse-prod was not asked/),
    });
  });

  it('is read from serverless.yml', async () => {
    expect(
      await felt('--table', table, '--pool', POOL, '--serverless', `${ROOT}/serverless.yml`),
    ).toMatchObject({ withinSeconds: 90, source: 'serverless.yml', isRead: true });
  });
});

describe('gatehouse restore', () => {
  it('lifts a block and leaves the cut, but with --cut', async () => {
    await onTable('revoke', 'user', SUB, '--block', '--yes');
    const blocked = () => isBlocked(store, POOL, { sub: SUB, client: null });

    expect(await onTable('restore', 'user', SUB)).toMatchObject({
      code: 0,
      stdout: `user ${SUB} (ada) of ${POOL}: block lifted, cut stays\n`,
      stderr: expect.stringMatching(/note: the cut stays.*\nnote: nothing was written/),
    });
    expect(await blocked()).toBe(true);
    await onTable('restore', 'user', SUB, '--yes');
    expect([await blocked(), await isCut()]).toEqual([false, true]);

    const words = ['restore', 'user', '--email', 'ada@example.com', '--cut', '--yes', '--json'];
    expect(await asJson(onTable(...words))).toMatchObject({
      dryRun: false,
      restored: [{ kind: 'user', pool: POOL, value: SUB, block: 'none', cut: 'taken back' }],
    });
    expect(await isCut()).toBe(false);
    expect(await asJson(onTable(...words))).toMatchObject({
      code: 0,
      restored: [{ block: 'none', cut: 'none' }],
    });
  });

  it.each([['session', 'o1'], ['token', 'j1'], ['all']])('takes the cut of a %s back', async (...words) => {
    await onTable('revoke', ...words, '--yes');
    expect(await isCut()).toBe(true);
    await onTable('restore', ...words);
    expect(await isCut()).toBe(true);
    await onTable('restore', ...words, '--yes');
    expect(await isCut()).toBe(false);
  });
});

describe('gatehouse revoke list', () => {
  it('lists cuts that hold and blocks, of one pool or of those that there are', async () => {
    deploy({ ...AUTHORIZER, TABLE_NAME: table });
    await onTable('revoke', 'user', SUB, '--block', '--yes');
    await gatehouse(
      'revoke',
      'client',
      'c1',
      '--block',
      '--yes',
      '--table',
      table,
      '--pool',
      'eu-west-1_Other',
    );
    await gatehouse('revoke', 'all', '--yes', '--table', table, '--pool', 'https://idp.example.com/');
    const { stdout } = await gatehouse('revoke', 'list', '--stack', 'gatehouse-prod');
    expect(stdout.split('\n').map((line) => line.replace(/: s.*/, ''))).toEqual([
      `cut    user ${SUB} of ${POOL}`,
      'cut    client c1 of eu-west-1_Other',
      'cut    everybody of https://idp.example.com/',
      `block  user ${SUB} of ${POOL}`,
      'block  client c1 of eu-west-1_Other',
      '',
    ]);
    const { cuts, blocks } = await listed();
    expect([cuts, blocks]).toEqual([
      [{ kind: 'user', pool: POOL, value: SUB, at: expect.any(String), expires: expect.any(String) }],
      [{ kind: 'user', pool: POOL, value: SUB, since: expect.any(String) }],
    ]);
  });
});

describe('what cannot be', () => {
  it.each<[string[], RegExp]>([
    [['revoke', 'user'], /name the user in one way/],
    [['revoke', 'user', SUB, '--email', 'a@b.io'], /name the user in one way/],
    [['revoke', 'session'], /name the session by its id, or with --token/],
    [['revoke', 'user', 'a\nb'], /names nothing/],
    [['revoke', 'client'], /name the client by its id$/m],
    [['revoke'], /missing required argument 'what'/],
    [['revoke', 'group', 'x'], /Allowed choices are user, session, token, client, all, list/],
    [['revoke', 'all', 'x'], /`all` takes no id/],
    [['revoke', 'list', 'x'], /`list` takes no id/],
    [['revoke', 'list', '--block'], /--block is for: user, client/],
    [['revoke', 'list', '--yes'], /--yes is for: user, session/],
    [['revoke', 'client', 'x', '--token', 'token.txt'], /--token is for: user, session, token/],
    [['revoke', 'client', 'x', '--sign-out'], /--sign-out is for: user/],
    [['revoke', 'session', 'o1', '--block'], /--block is for: user, client/],
    [['revoke', 'all', '--for', '1d'], /like 90d, and 2d at least/],
    [['restore', 'all', '--cut'], /--cut is for: user, client/],
  ])('%j: exit 2', async (words, text) => {
    const { code, stdout, stderr } = await onTable(...words);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(text) });
  });

  it.each<[string[], RegExp]>([
    [['--table', 'gatehouse'], /the user pool is missing/],
    [['--table', 'gatehouse', '--pool', 'pool'], /is no user pool id/],
    [['--pool', POOL], /give either --table or --stack/],
  ])('revoke all %j: exit 2', async (words, text) => {
    const { code, stderr } = await gatehouse('revoke', 'all', ...words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(text) });
  });

  it('is a failure where the table does not answer: exit 3', async () => {
    aws.otherwise = awsError('AccessDeniedException');
    const { code, stdout, stderr } = await onTable('revoke', 'all', '--yes');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /error: the table gatehouse-\d+ does not answer as it should \(AccessDeniedException\)\n {2}help: /,
    );
  });
});
