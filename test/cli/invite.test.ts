import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildCommand, run, temporaryFolder } from '../support/bundles.ts';
import { AWS_ENV, type LocalDynamodb, startDynamodb } from '../support/dynamodb.ts';
import { WireStack } from '../support/stack.ts';

const folder = temporaryFolder();
const dynamodb: LocalDynamodb = await startDynamodb();
const stack = new WireStack();
let command = '';
let table = '';
let env: Record<string, string>;
const invite = (...args: string[]) =>
  run(process.execPath, [command, 'invite', ...args], { env: { PATH: process.env['PATH'], ...env } });
const DRY = 'note: nothing was written; --yes writes it\n';

beforeAll(async () => {
  command = await buildCommand(folder.path);
});
beforeEach(async () => {
  ({ name: table, env } = await dynamodb.table());
});

describe('gatehouse invite', () => {
  it('says what it would do, does it with --yes, and the same again changes nothing', async () => {
    const add = (...more: string[]) =>
      invite('add', 'Ada@Example.COM', 'partner.io', '--table', table, ...more);
    const would = 'new       ada@example.com\nnew       @partner.io\n';
    expect(await add()).toEqual({ code: 0, stdout: would, stderr: DRY });
    expect((await invite('list', '--table', table)).stdout).toBe('');
    expect(await add('--yes')).toEqual({ code: 0, stdout: would, stderr: '' });
    expect(await add('--yes')).toMatchObject({ stdout: would.replaceAll('new      ', 'unchanged') });
    expect(await add('--yes', '--expires', '2099-01-31')).toMatchObject({
      stdout:
        'changed   ada@example.com  until 2099-02-01T00:00:00Z\nchanged   @partner.io  until 2099-02-01T00:00:00Z\n',
    });
    expect((await invite('list', '--table', table)).stdout).toBe(
      '@partner.io  until 2099-02-01T00:00:00Z\nada@example.com  until 2099-02-01T00:00:00Z\n',
    );
    const remove = (...more: string[]) => invite('remove', 'ada@example.com', '--table', table, ...more);
    expect(await remove()).toEqual({ code: 0, stdout: 'removed   ada@example.com\n', stderr: DRY });
    expect(await remove('--yes')).toEqual({ code: 0, stdout: 'removed   ada@example.com\n', stderr: '' });
    expect(await remove('--yes')).toEqual({ code: 0, stdout: 'absent    ada@example.com\n', stderr: '' });
  });

  it('prints JSON', async () => {
    const added = await invite('add', 'a@x.io', '--table', table, '--yes', '--json', '--expires', '14d');
    const { invitations } = JSON.parse(added.stdout) as { invitations: { expires: string }[] };
    expect(JSON.parse(added.stdout)).toMatchObject({
      dryRun: false,
      invitations: [{ invited: 'a@x.io', change: 'new' }],
    });
    const days = (Date.parse(invitations[0]?.expires ?? '') - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(14);
    expect(JSON.parse((await invite('list', '--table', table, '--json')).stdout)).toEqual({
      invitations: [
        { invited: 'a@x.io', expires: invitations[0]?.expires, since: expect.stringMatching(/^20/) },
      ],
    });
  });

  it.each<[string, string[], number, RegExp]>([
    ['no table', ['list'], 2, /give either --table or --stack/],
    ['two tables', ['list', '--table', 'a', '--stack', 'b'], 2, /give either --table or --stack/],
    ['nobody', ['add', '--table', 'x'], 2, /missing required argument 'who'/],
    [
      'an end that is past',
      ['add', 'a@x.io', '--table', 'x', '--expires', '2020-01-01'],
      2,
      /a time from now/,
    ],
    [
      'an end that is no day',
      ['add', 'a@x.io', '--table', 'x', '--expires', '2099-02-31'],
      2,
      /a time from now/,
    ],
    ['no address', ['add', 'a@x.io', '*.x.io', 'ada', '--table', 'x'], 3, /neither .*: \*\.x\.io, ada\n/],
    [
      'no such table',
      ['list', '--table', 'nowhere'],
      3,
      /nowhere does not answer .*ResourceNotFoundException/,
    ],
  ])('%s: exit %i', async (_, args, code, text) => {
    const result = await invite(...args);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
    expect(result.stderr).toMatch(text);
  });

  it('needs a Region, and says so', async () => {
    env = { AWS_EC2_METADATA_DISABLED: 'true', HOME: folder.path };
    expect(await invite('list', '--table', table)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no Region is given'),
    });
  });

  describe('with --stack', () => {
    const list = () => {
      env = { ...AWS_ENV, AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint, ...stack.env };
      return invite('list', '--stack', 'gatehouse-dev', '--json');
    };

    it('takes the table from the stack’s outputs', async () => {
      stack.outputs = { UserPoolId: 'x', TableName: table };
      expect(await list()).toEqual({ code: 0, stdout: '{\n  "invitations": []\n}\n', stderr: '' });
    });

    it.each<[string, Record<string, string> | null, RegExp]>([
      ['without that output', { UserPoolId: 'x' }, /gatehouse-dev has no output TableName/],
      ['that is not there', null, /gatehouse-dev cannot be read \(ValidationError\)/],
    ])('a stack %s: exit 3', async (_, outputs, text) => {
      stack.outputs = outputs;
      const { code, stderr } = await list();
      expect(code).toBe(3);
      expect(stderr).toMatch(text);
    });
  });
});
