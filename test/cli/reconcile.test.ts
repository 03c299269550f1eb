import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startInbox } from '../../sandbox/aws/inbox.ts';
import { profileKey, unfinishedKey } from '../../shared/store/keys.ts';
import type { Store } from '../../shared/store/ports.ts';
import { buildCommand, run, temporaryFolder } from '../support/bundles.ts';
import { refusal, wireUser } from '../../sandbox/aws/user-pool.ts';
import { WireCognito } from '../support/cognito.ts';
import { startDynamodb } from '../support/dynamodb.ts';
import { type Left, leaveUnfinished } from '../support/unfinished.ts';

const POOL = 'eu-west-1_AbCdEf123';
const folder = temporaryFolder();
const pool = new WireCognito();
const dynamodb = await startDynamodb();
const inbox = await startInbox();
const policy = folder.write(
  'policy.yml',
  `version: 1
domains: { allow: [example.com] }
groups: { reader: {}, member: {} }
confirmed: { groups: [reader, member], welcome: true }
`,
);
const NOTE = 'note: nothing was written; --yes writes it\n';
let command = '';
let store: Store;
let table: { name: string; env: Record<string, string> };

beforeAll(async () => {
  command = await buildCommand(folder.path);
});
afterAll(() => inbox.close());
beforeEach(async () => {
  const made = await dynamodb.table();
  ({ store } = made);
  table = made;
  pool.reset([], ['reader', 'member']);
  pool.pageSize = 60;
});

const reconcile = (...args: string[]) =>
  run(
    process.execPath,
    [command, 'reconcile', POOL, '--table', table.name, '--policy', policy, '--rate', '20', ...args],
    {
      env: { PATH: process.env['PATH'], ...pool.env, ...table.env, AWS_ENDPOINT_URL_SESV2: inbox.url },
    },
  );

/** A user of the pool, with a profile and a listing as some failure has left them. */
async function someone(sub: string, left: Left | null, change = {}) {
  const email = `${sub}@example.com`;
  pool.users.push(
    wireUser(
      sub,
      { sub, email, email_verified: 'true', given_name: 'Ada' },
      { UserCreateDate: 1_795_000_000, ...change },
    ),
  );
  if (left !== null) await leaveUnfinished(store, POOL, sub, left);
}
const profileOf = async (sub: string) => (await store.get(profileKey(POOL, sub)))?.data;
const listed = async () => {
  const users: string[] = [];
  for await (const { key } of store.list(unfinishedKey(POOL, '').pk)) users.push(key.sk);
  return users;
};
const members = (group: string) => [...(pool.groups[group] ?? [])].toSorted();
const mailsOf = async (sub: string) => (await inbox.mailFor(`${sub}@example.com`)).length;
const DUE = { reader: 'due', member: 'done' };

describe('gatehouse reconcile', () => {
  it('says what is missing, makes up for it with --yes, and the same again finds nothing', async () => {
    await someone('ada-1', { groups: DUE });
    await someone('bob-1', { groups: { reader: 'due', member: 'due' }, welcome: 'sent' });
    const would =
      'unfinished  ada-1  ada-…  groups reader\nunfinished  bob-1  bob-…  groups reader, member\n';
    expect(await reconcile()).toEqual({ code: 1, stdout: would, stderr: NOTE });
    expect(pool.calls).toEqual([]);
    expect(await reconcile('--yes')).toEqual({
      code: 0,
      stdout: 'repaired    ada-1  ada-…  given reader\nrepaired    bob-1  bob-…  given reader, member\n',
      stderr: '',
    });
    expect([members('reader'), members('member')]).toEqual([['ada-1', 'bob-1'], ['bob-1']]);
    expect(await profileOf('bob-1')).toMatchObject({
      groups: { reader: 'done', member: 'done' },
      busyUntil: 0,
    });
    expect(await listed()).toEqual([]);
    expect(await reconcile('--yes')).toEqual({ code: 0, stdout: 'nothing is missing\n', stderr: '' });
  });

  it('leaves mails alone, until somebody says what to do about them; none goes out twice', async () => {
    await someone('mail-1', { welcome: 'sending' });
    await someone('mail-2', { welcome: 'due' });
    const left =
      'unfinished  mail-1  mail…  welcome mail perhaps sent\nunfinished  mail-2  mail…  welcome mail not sent\n';
    expect(await reconcile('--yes')).toEqual({ code: 1, stdout: left, stderr: '' });
    expect(await mailsOf('mail-2')).toBe(0);
    const resend = ['--resend-welcome', '--from', 'no-reply@example.com'];
    expect(await reconcile(...resend)).toMatchObject({ code: 1, stderr: NOTE });
    expect(await mailsOf('mail-2')).toBe(0);
    expect(await reconcile(...resend, '--yes')).toMatchObject({
      code: 0,
      stdout: 'repaired    mail-1  m…@example.com\nrepaired    mail-2  m…@example.com\n',
    });
    expect(await reconcile(...resend, '--yes')).toMatchObject({ code: 0, stdout: 'nothing is missing\n' });
    expect([await mailsOf('mail-1'), await mailsOf('mail-2')]).toEqual([1, 1]);
  });

  it('strikes mails off', async () => {
    await someone('skip-1', { welcome: 'sending', groups: DUE });
    expect(await reconcile('--skip-welcome', '--yes')).toMatchObject({
      code: 0,
      stdout: 'repaired    skip-1  skip…  given reader\n',
    });
    expect(await profileOf('skip-1')).toMatchObject({ welcome: 'skipped' });
    expect(await mailsOf('skip-1')).toBe(0);
  });

  it('finds what ended between the listing and the profile, what outlived its work, and who is gone', async () => {
    await someone('early', null);
    await store.create(unfinishedKey(POOL, 'early'), { username: 'early' }, null);
    await someone('through', { groups: { reader: 'done', member: 'done' } });
    await someone('deleted', { groups: DUE });
    await someone('deleted-early', null);
    await store.create(unfinishedKey(POOL, 'deleted-early'), { username: 'deleted-early' }, null);
    pool.users = pool.users.filter(({ Username }) => !Username.startsWith('deleted'));
    expect((await reconcile('--skip-welcome', '--yes')).stdout.split('\n')).toEqual([
      'gone        deleted  dele…',
      'gone        deleted-early  dele…',
      'repaired    early  e…@example.com  given reader, member',
      '',
    ]);
    expect(await listed()).toEqual([]);
    expect(await profileOf('deleted')).toBeUndefined();
    expect(await profileOf('early')).toMatchObject({
      groups: { reader: 'done', member: 'done' },
      welcome: 'skipped',
    });
  });

  it('leaves a profile alone that somebody is working on', async () => {
    await someone('busy-1', { groups: DUE, busyUntil: Date.now() + 60_000 });
    expect(await reconcile('--yes')).toMatchObject({
      code: 1,
      stdout: 'busy        busy-1  busy…  groups reader\n',
    });
    expect(pool.calls).toEqual([]);
  });

  it('gives no group that the policy does not give any more', async () => {
    await someone('old-1', { groups: { reader: 'due', root: 'due' } });
    expect(await reconcile('--yes')).toMatchObject({
      code: 0,
      stdout: 'repaired    old-1  old-…  given reader\n',
    });
    expect(await profileOf('old-1')).toMatchObject({ groups: { reader: 'done' } });
  });

  it('says why something is left, and goes on with the next', async () => {
    pool.reset([], ['member']);
    await someone('left-1', { groups: { reader: 'due', member: 'due' } });
    await someone('left-2', { groups: { reader: 'done', member: 'due' } });
    expect(await reconcile('--yes')).toEqual({
      code: 1,
      stdout:
        'unfinished  left-1  left…  given member; groups reader; GROUP_REFUSED\nrepaired    left-2  left…  given member\n',
      stderr: '',
    });
  });

  it('keeps to its rate, and waits where the quota is used up', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await someone(`rate-${name}`, { groups: DUE });
    pool.misbehave = (_, count) => (count === 2 ? refusal('TooManyRequestsException') : undefined);
    const begin = performance.now();
    expect(await reconcile('--yes', '--rate', '2')).toMatchObject({ code: 0 });
    expect(performance.now() - begin).toBeGreaterThan(4 * 500);
    expect(members('reader')).toEqual(['rate-a', 'rate-b', 'rate-c', 'rate-d']);
  });
});

describe('--users', () => {
  it('finds whom nobody has written down; confirmed, not refused, and not older than --since', async () => {
    pool.pageSize = 2;
    await someone('fresh-1', null);
    await someone('external', null, { UserStatus: 'EXTERNAL_PROVIDER' });
    await someone('seen-1', { confirmedAt: null });
    await someone('known-1', { groups: { reader: 'done', member: 'done' } });
    await someone('waiting', { groups: DUE, welcome: 'none' });
    await someone('unconfirmed', null, { UserStatus: 'UNCONFIRMED' });
    await someone('disabled', null, { Enabled: false });
    await someone('older', null, { UserCreateDate: 1_700_000_000 });
    pool.users.push(
      wireUser('refused', { sub: 'refused', email: 'eve@evil.example', email_verified: 'true' }),
    );
    // These have a profile and no listing.
    for (const sub of ['known-1', 'waiting', 'seen-1']) {
      const marker = await store.get(unfinishedKey(POOL, sub));
      if (marker) await store.remove(marker);
    }
    const args = ['--users', '--since', '2026-01-01', '--show-users'];
    const row = (state: string, sub: string, told: string) =>
      `${state.padEnd(10)}  ${sub}  ${sub}@example.com  ${told}\n`;
    const all = 'groups reader, member; welcome mail not sent';
    const found = ['fresh-1', 'external', 'seen-1'];
    expect(await reconcile(...args)).toEqual({
      code: 1,
      stdout: found.map((sub) => row('unrecorded', sub, all)).join(''),
      stderr: NOTE,
    });
    expect(await reconcile(...args, '--yes')).toEqual({
      code: 1,
      stdout: found
        .map((sub) => row('unfinished', sub, 'given reader, member; welcome mail not sent'))
        .join(''),
      stderr: '',
    });
    expect(members('reader')).toEqual(['external', 'fresh-1', 'seen-1']);
    expect((await listed()).toSorted()).toEqual(['external', 'fresh-1', 'seen-1']);
    expect(await reconcile(...args, '--skip-welcome', '--yes')).toMatchObject({ code: 0 });
    expect(await reconcile(...args, '--yes')).toMatchObject({ code: 0, stdout: 'nothing is missing\n' });
    for (const sub of found) expect(await mailsOf(sub)).toBe(0);
  });

  it('prints JSON', async () => {
    await someone('json-1', null);
    await someone('json-2', { groups: DUE, welcome: 'sending' });
    const { stdout, code } = await reconcile('--users', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      dryRun: true,
      users: [
        {
          user: 'json-2',
          name: 'json…',
          groups: ['reader'],
          welcome: 'unknown',
          state: 'unfinished',
          problems: [],
        },
        {
          user: 'json-1',
          name: 'j…@example.com',
          groups: ['reader', 'member'],
          welcome: 'unsent',
          state: 'unrecorded',
          problems: [],
        },
      ],
      left: 2,
    });
    const done = await reconcile('--users', '--json', '--yes', '--skip-welcome');
    expect(JSON.parse(done.stdout)).toMatchObject({
      dryRun: false,
      left: 0,
      users: [{ state: 'repaired' }, { state: 'repaired' }],
    });
    expect(JSON.parse((await reconcile('--json')).stdout)).toEqual({ dryRun: true, users: [], left: 0 });
  });
});

describe('what cannot be', () => {
  it.each<[string, string[], RegExp, number]>([
    ['mail without a sender', ['--resend-welcome'], /needs a sender\n {2}help: give --from/, 2],
    ['both about mails', ['--resend-welcome', '--skip-welcome'], /cannot be used with/, 2],
    ['a sender that is none', ['--from', 'nobody'], /e-mail address/, 2],
    ['a rate above the quota', ['--rate', '25'], /from 1 to 20/, 2],
    ['a day that is none', ['--users', '--since', '2026-02-31'], /a day like/, 2],
    ['--since alone', ['--since', '2026-02-01'], /--since is for --users/, 2],
    [
      'templates that are not there',
      ['--resend-welcome', '--from', 'a@b.example', '--templates', 'nowhere'],
      /nowhere\/welcome\/subject\.txt: is missing/,
      3,
    ],
    ['two tables', ['--stack', 'gatehouse-dev'], /give either --table or --stack/, 2],
  ])('%s', async (_, args, message, code) => {
    const result = await reconcile(...args);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
  });

  it('a table that cannot be read, which leaves no half of a JSON text', async () => {
    const { code, stdout } = await reconcile('--json', '--endpoint', 'http://127.0.0.1:9');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });

  it('nothing for want of a Region, which the id of the pool says', async () => {
    const { AWS_REGION: _, ...env } = { ...pool.env, ...table.env };
    const args = [command, 'reconcile', POOL, '--table', table.name, '--policy', policy];
    const { code, stdout } = await run(process.execPath, args, { env: { HOME: folder.path, ...env } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'nothing is missing\n' });
  });

  it('a pool that cannot be read', async () => {
    pool.misbehave = () => refusal('AccessDeniedException');
    const { code, stderr } = await reconcile('--users');
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        /^error: the users of eu-west-1_AbCdEf123 cannot be read \(AccessDeniedException\)\n {2}help: .*cognito-idp:ListUsers\n$/,
      ),
    });
  });
});
