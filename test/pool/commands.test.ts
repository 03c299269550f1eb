/** The packed command against a pool that serves users: what it says, what it writes, and what it leaves alone. */

import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildCommand, temporaryFolder } from '../support/bundles.ts';
import { Pool } from '../support/pool-server/pool.ts';
import type { Json } from '../support/pool-server/schema.ts';
import { PoolServer } from '../support/pool-server/server.ts';
import {
  AUTHORIZER,
  ENVIRONMENT,
  functionArn,
  furnish,
  OURS,
  POOL_ID,
  type Ran,
  STACK,
  startCommand,
} from '../support/pool-server/world.ts';

const THEIRS = functionArn('theirs');
const SETTINGS: Json = {
  Name: 'people',
  LambdaConfig: { CustomMessage: THEIRS },
  Policies: { PasswordPolicy: { MinimumLength: 14 } },
  UserPoolTags: { team: 'web' },
};

const folder = temporaryFolder();
const backups = join(folder.path, 'gatehouse-backups');
const server = new PoolServer();
let command = '';
let policy = '';
let pool: Pool;

beforeAll(async () => {
  policy = folder.write(
    'policy.yml',
    'version: 1\ndomains: { allow: [example.com] }\nconfirmed: { welcome: false }\n',
  );
  [command] = await Promise.all([buildCommand(join(folder.path, 'dist')), server.start()]);
}, 120_000);
afterAll(() => server.stop());
beforeEach(() => {
  rmSync(backups, { recursive: true, force: true });
  pool = furnish(server, SETTINGS);
});

const run = (...args: string[]): Promise<Ran> =>
  startCommand(command, [...args, '--endpoint', server.endpoint], { cwd: folder.path }).done;
const attach = (...args: string[]) => run('attach', POOL_ID, '--stack', STACK, '--policy', policy, ...args);
const jsonOf = ({ stdout }: Ran) => JSON.parse(stdout) as { pools: Json[] } & Json;
const wasWritten = () => server.calls.some((call) => /Update|POST|PUT|DELETE/.test(call));
const lambdaConfig = () => pool.describe()['LambdaConfig'];

const ATTACHED = {
  CustomMessage: THEIRS,
  PreSignUp: OURS['pre-sign-up'],
  PostConfirmation: OURS['post-confirmation'],
  PreTokenGenerationConfig: { LambdaArn: OURS['pre-token-generation'], LambdaVersion: 'V2_0' },
};

function serveUsers(): void {
  const user = (email: string, more: Json = {}) => ({
    Username: `name-of-${email}`,
    Enabled: true,
    UserStatus: 'CONFIRMED',
    Attributes: [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: 'true' },
    ],
    ...more,
  });
  server.users = (page) => ({
    users: [user('ada@example.com'), user('eve@evil.io'), user('gone@evil.io', { Enabled: false })],
    more: page < 2,
  });
}

describe('gatehouse attach', () => {
  it('shows what it would do, and does nothing', async () => {
    serveUsers();
    const { code, stdout, stderr } = await attach();
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'dry run: nothing was written; --yes writes\n' });
    expect(stdout).toContain(`user pool ${POOL_ID} (people, ESSENTIALS) in eu-west-1\n`);
    expect(stdout).toMatch(/^ {2}\+ pre-token-generation +arn:aws:lambda:\S+ V2_0$/m);
    expect(stdout).toContain('  kept: CustomMessage\n');
    expect(stdout).toContain('governed: web (webclient)\n         pass untouched: old (oldclient)');
    expect(stdout).toContain(
      'users    9 looked at: 3 would pass, 3 would get no token; not judged: 3 disabled',
    );
    expect(stdout).toMatch(/3 domain_denied: e…@evil.io, e…@evil.io, e…@evil.io$/m);
    expect(stdout).not.toContain('eve@');
    expect(stdout).toMatch(/^mode {5}observe: nobody is refused yet. Wait 60 minutes/m);
    expect(wasWritten()).toBe(false);
    expect(server.calls).not.toContain('AdminGetUser');
    expect(readdirSync(folder.path)).not.toContain('gatehouse-backups');
  });

  it('shows users to who asks', async () => {
    serveUsers();
    expect((await attach('--show-users')).stdout).toContain('name-of-eve@evil.io eve@evil.io');
  });

  it('allows the pool, remembers it, writes it, and compares', async () => {
    const before = pool.describe();
    const ran = await attach('--yes', '--json');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(lambdaConfig()).toEqual(ATTACHED);
    expect({ ...pool.describe(), LambdaConfig: null, LastModifiedDate: null }).toEqual({
      ...before,
      LambdaConfig: null,
      LastModifiedDate: null,
    });
    const [answer] = jsonOf(ran).pools;
    expect(answer).toMatchObject({
      pool: { id: POOL_ID, region: 'eu-west-1', name: 'people', tier: 'ESSENTIALS' },
      changes: [{ trigger: 'pre-sign-up', from: null }, {}, { to: { version: 'V2_0' } }],
      others: ['CustomMessage'],
      refusals: [],
      users: null,
      written: {
        permissions: [{ trigger: 'pre-sign-up', state: 'added' }, { state: 'added' }, { state: 'added' }],
        pool: { outcome: 'written', differences: [], error: null },
        clients: [],
      },
    });
    expect(server.functions.byArn.get(OURS['pre-sign-up'])?.statements).toEqual([
      {
        Sid: `gatehouse-${POOL_ID}`,
        Effect: 'Allow',
        Principal: { Service: 'cognito-idp.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: OURS['pre-sign-up'],
        Condition: {
          StringEquals: { 'AWS:SourceAccount': '123456789012' },
          ArnLike: { 'AWS:SourceArn': before['Arn'] },
        },
      },
    ]);
    // The permissions first: between the two no sign-in fails.
    expect(server.calls.lastIndexOf('POST policy')).toBeLessThan(server.calls.indexOf('UpdateUserPool'));
    const [file = ''] = readdirSync(backups);
    expect(statSync(join(backups, file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(backups, file), 'utf8'))).toMatchObject({ poolId: POOL_ID, before });
  });

  it('writes nothing the second time, but a permission that was taken', async () => {
    await attach('--yes');
    server.functions.add(OURS['pre-sign-up'], { ...ENVIRONMENT });
    server.calls.length = 0;
    const { code, stdout } = await attach('--yes');
    expect({ code, written: server.calls.filter((call) => /Update|POST|PUT/.test(call)) }).toEqual({
      code: 0,
      written: ['POST policy'],
    });
    expect(stdout).toContain('permitted  pre-sign-up\n');
    expect(stdout).toContain('unchanged  pool');
    expect(readdirSync(backups)).toHaveLength(1);
  });

  it('gives governed clients what the sign-in methods need, and shows no secret', async () => {
    const signIn = folder.write('sign-in.yml', 'version: 1\nsign_in: { methods: [email_otp] }\n');
    const [web, old] = server.clients.get(POOL_ID) ?? [];
    const before = web?.describe();
    const { code, stdout, stderr } = await attach('--policy', signIn, '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('+ ALLOW_CUSTOM_AUTH for webclient');
    expect({ ...web?.describe(), LastModifiedDate: 0 }).toEqual({
      ...before,
      LastModifiedDate: 0,
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_CUSTOM_AUTH'],
    });
    expect(old?.settings['ExplicitAuthFlows']).toContain('ALLOW_CUSTOM_AUTH');
    const files = readdirSync(backups).map((file) => readFileSync(join(backups, file), 'utf8'));
    expect([stdout, stderr, ...files].join()).not.toContain('never-to-be-seen');
  });

  it('takes functions one by one', async () => {
    const mine = server.functions.add(functionArn('mine'));
    const { code } = await run(
      'attach',
      POOL_ID,
      '--policy',
      policy,
      '--function',
      `pre-sign-up=${mine}`,
      '--yes',
    );
    expect(code).toBe(0);
    expect(lambdaConfig()).toEqual({ CustomMessage: THEIRS, PreSignUp: mine });
  });
});

describe('gatehouse attach refuses', () => {
  const refused = async (code: string, ...args: string[]) => {
    const ran = await attach('--yes', '--json', ...args);
    expect(ran.code).toBe(3);
    const codes = jsonOf(ran).pools.flatMap(({ refusals }) => refusals as { code: string }[]);
    expect(codes.map((each) => each.code)).toContain(code);
    expect(wasWritten()).toBe(false);
  };

  it('settings that it does not know', async () => {
    pool = furnish(server, { ...SETTINGS, Quantum: { Level: 1 } }, { newer: ['Quantum'] });
    await refused('ATTACH_UNKNOWN_FIELDS');
    expect((await attach('--yes', '--force')).code).toBe(0);
    expect(pool.describe()).toMatchObject({ Quantum: { Level: 1 }, LambdaConfig: ATTACHED });
  });

  it("another's slot", async () => {
    pool.settings['LambdaConfig'] = { PreSignUp: THEIRS };
    await refused('ATTACH_SLOT_TAKEN');
  });

  it('a function that would fail', async () => {
    server.functions.byArn.delete(OURS['post-confirmation']);
    await refused('ATTACH_FUNCTION');
    server.functions.add(OURS['post-confirmation'], { MODE: 'observe' });
    await refused('ATTACH_FUNCTION');
  });

  it('tokens that could not carry the domain', async () => {
    pool.settings['UserPoolTier'] = 'LITE';
    await refused('ATTACH_TOKENS');
    server.functions.add(AUTHORIZER, { TOKEN_USE: 'id' });
    expect((await attach('--yes')).code).toBe(0);
    expect(lambdaConfig()).toMatchObject({ PreTokenGenerationConfig: { LambdaVersion: 'V1_0' } });
  });

  it('to lock users out without a word for it', async () => {
    serveUsers();
    for (const arn of Object.values(OURS)) server.functions.add(arn, { ...ENVIRONMENT, MODE: 'enforce' });
    await refused('ATTACH_USERS');
    await refused('ATTACH_USERS', '--no-users');
    expect((await attach('--yes', '--accept-refusals')).code).toBe(0);
  });

  it('all pools for the sake of one', async () => {
    const other = new Pool('eu-west-1_GhIjKl456', { LambdaConfig: { PreSignUp: THEIRS } });
    server.pools.set(other.id, other);
    const { code, stdout } = await attach(other.id, '--yes');
    expect(code).toBe(3);
    expect(stdout).toMatch(/AbCdEf123[^]*GhIjKl456[^]*ATTACH_SLOT_TAKEN/);
    expect(wasWritten()).toBe(false);
    expect((await attach(other.id, '--yes', '--replace')).code).toBe(0);
    expect(other.describe()['LambdaConfig']).toMatchObject({ PreSignUp: OURS['pre-sign-up'] });
  });

  it('without a folder for the backup', async () => {
    const { code, stdout } = await attach('--yes', '--backups', 'policy.yml');
    expect(code).toBe(3);
    expect(stdout).toMatch(/failed {2}pool failed\n {2}Error: E[^]*help: .*--backups/);
    expect(server.calls).not.toContain('UpdateUserPool');
  });

  it.each<[string, string[], number, RegExp]>([
    ['what is no pool', ['attach', 'people'], 2, /people is no user pool id/],
    ['what is no trigger', ['attach', POOL_ID, '--trigger', 'pre-sign-in'], 2, /It is one of pre-sign-up/],
    ['what is no function', ['attach', POOL_ID, '--function', 'pre-sign-up=mine'], 2, /Write it as/],
    ['nothing to attach', ['attach', POOL_ID, '--policy', 'policy.yml'], 2, /no function to attach/],
    ['no pool', ['attach', '--policy', 'policy.yml', '--region', 'eu-west-1'], 2, /no user pool is given/],
    ['no Region', ['status'], 2, /no Region is given/],
    ['pools of two Regions', ['status', POOL_ID, 'us-east-1_AbCdEf123'], 2, /several Regions/],
    [
      'a stack that is not there',
      ['status', POOL_ID, '--stack', 'nowhere'],
      3,
      /stack nowhere: ValidationError/,
    ],
    [
      'a pool that is not there',
      ['status', 'eu-west-1_Nowhere1'],
      3,
      /ResourceNotFoundException[^]*--region/,
    ],
  ])('%s', async (_, args, code, text) => {
    const ran = await run(...args);
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' });
    expect(ran.stderr).toMatch(text);
  });
});

describe('gatehouse attach, not alone', () => {
  it("stops at another's change, shows both sides, and undoes nothing", async () => {
    server.on = ({ operation, phase }) => {
      if (operation !== 'UpdateUserPool' || phase !== 'after') return undefined;
      server.on = () => undefined;
      pool.settings['UserPoolTags'] = { team: 'api' };
      pool.touch();
      return undefined;
    };
    const { code, stdout } = await attach('--yes');
    expect(code).toBe(3);
    expect(stdout).toContain('  UserPoolTags.team\n    meant: "web"\n    there: "api"\n');
    expect(stdout).toContain('gatehouse-backups/');
    expect(pool.describe()).toMatchObject({ UserPoolTags: { team: 'api' }, LambdaConfig: ATTACHED });
    expect(server.calls.filter((call) => call === 'UpdateUserPool')).toHaveLength(1);
    // Until somebody has looked at it, running it again says so again.
    const again = await attach('--yes');
    expect(again.code).toBe(3);
    expect(again.stdout).toContain('an earlier run was ended before it could compare');
  });

  it('sends nothing blindly a second time: what came between would be undone', async () => {
    server.on = ({ operation, phase }) => {
      if (operation !== 'UpdateUserPool' || phase !== 'after') return undefined;
      server.on = () => undefined;
      pool.settings['UserPoolTags'] = { team: 'api' };
      pool.touch();
      return 'drop';
    };
    const { code, stdout } = await attach('--yes');
    expect(code).toBe(3);
    expect(stdout).toContain('    meant: "web"\n    there: "api"\n');
    expect(pool.describe()).toMatchObject({ UserPoolTags: { team: 'api' }, LambdaConfig: ATTACHED });
  });

  it('tries again where AWS is busy', async () => {
    let refusals = 0;
    server.on = ({ operation, phase }) => {
      if (operation !== 'UpdateUserPool' || phase !== 'before' || refusals > 1) return undefined;
      refusals += 1;
      return { code: refusals === 1 ? 'ConcurrentModificationException' : 'TooManyRequestsException' };
    };
    expect((await attach('--yes')).code).toBe(0);
    expect(lambdaConfig()).toEqual(ATTACHED);
  });

  it('says why AWS does not take a write, and that nothing has changed', async () => {
    server.on = ({ operation, phase }) =>
      operation === 'UpdateUserPool' && phase === 'before'
        ? { code: 'InvalidSmsRoleAccessPolicyException' }
        : undefined;
    const { code, stdout } = await attach('--yes');
    expect(code).toBe(3);
    expect(stdout).toContain('failed  pool failed\n  InvalidSmsRoleAccessPolicyException');
    expect(stdout).toContain('SMS role is broken');
    expect(lambdaConfig()).toEqual({ CustomMessage: THEIRS });
    expect(readdirSync(backups)).toEqual([]);
  });

  it('tells of replicas', async () => {
    server.replicas.set(POOL_ID, [
      { RegionName: 'eu-west-1', Role: 'PRIMARY', Status: 'ACTIVE' },
      { RegionName: 'eu-central-1', Role: 'SECONDARY', Status: 'ACTIVE' },
    ]);
    const { stdout } = await attach();
    expect(stdout).toContain('a replica in eu-central-1 (SECONDARY, ACTIVE) with triggers of its own');
    expect(stdout.match(/a replica in/g)).toHaveLength(1);
  });
});

describe('gatehouse detach', () => {
  const detach = (...args: string[]) => run('detach', POOL_ID, '--stack', STACK, ...args);

  it('puts back what was there, and leaves what has changed since', async () => {
    server.functions.add(THEIRS);
    pool.settings['LambdaConfig'] = { PreSignUp: THEIRS, PreTokenGeneration: functionArn('gone') };
    await attach('--yes', '--replace');
    pool.settings['UserPoolTags'] = { team: 'api' };
    pool.settings['LambdaConfig'] = { ...(lambdaConfig() as Json), UserMigration: THEIRS };
    pool.touch();

    const dry = await detach();
    expect(dry).toMatchObject({ code: 0, stderr: 'dry run: nothing was written; --yes writes\n' });
    expect(dry.stdout).toMatch(/~ pre-sign-up +\S+gatehouse-dev-pre-sign-up -> \S+theirs$/m);
    expect(dry.stdout).toMatch(/- post-confirmation +\S+ -> nothing$/m);
    expect(dry.stdout).toMatch(/pre-token-generation called \S+gone before, which is not there any more/);

    const { code, stdout } = await detach('--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('permission removed  pre-sign-up, post-confirmation, pre-token-generation');
    expect(pool.describe()).toMatchObject({ UserPoolTags: { team: 'api' } });
    expect(lambdaConfig()).toEqual({ PreSignUp: THEIRS, UserMigration: THEIRS });
    expect(server.functions.byArn.get(OURS['pre-sign-up'])?.statements).toEqual([]);
    expect((await detach('--yes')).stdout).toContain('none of the functions is attached');
  });

  it('empties slots that no backup remembers, and takes one trigger at a time', async () => {
    await attach('--yes');
    const { code, stdout } = await detach('--yes', '--backups', 'elsewhere', '--trigger', 'pre-sign-up');
    expect(code).toBe(0);
    expect(stdout).toContain('no backup says what pre-sign-up called before: its slot is emptied');
    const { PreSignUp: _, ...left } = ATTACHED;
    expect(lambdaConfig()).toEqual(left);
    rmSync(join(folder.path, 'elsewhere'), { recursive: true });
  });
});

describe('gatehouse status', () => {
  it('shows what is attached, in which mode, and what would have been refused', async () => {
    await attach('--yes');
    server.metrics.set('would_deny pre-token-generation domain_denied', 12);
    server.metrics.set('deny pre-sign-up email_disposable', 3);
    const { code, stdout, stderr } = await run('status', '--stack', STACK, '--region', 'eu-west-1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/● pre-token-generation +\S+ V2_0 {2}\(mode observe, the pool may call it\)$/m);
    expect(stdout).toMatch(/○ define-auth-challenge +nothing$/m);
    expect(stdout).toContain('  others: CustomMessage\n');
    expect(stdout).toMatch(/would_deny in the last 24 h[^]* 12 pre-token-generation domain_denied/);
    expect(stdout).toMatch(/deny in the last 24 h[^]* 3 pre-sign-up email_disposable/);
  });

  it('finds a trigger that would fail whoever signs in', async () => {
    await attach('--yes');
    server.functions.add(OURS['pre-sign-up'], {});
    const ran = await run('status', POOL_ID, '--stack', STACK, '--json');
    expect(ran.code).toBe(1);
    expect(jsonOf(ran)['findings']).toEqual([
      `${POOL_ID}: pre-sign-up may not be called: no permission for the pool`,
      expect.stringContaining('pre-sign-up fails every call: it would not start: APP_CLIENT_IDS'),
    ]);
  });

  it("reads no settings of others' functions", async () => {
    pool.settings['LambdaConfig'] = { PreSignUp: server.functions.add(THEIRS) };
    const { stdout } = await run('status', POOL_ID);
    expect(stdout).toMatch(/● pre-sign-up +\S+theirs {2}\(the pool may NOT call it\)$/m);
    expect(server.calls).not.toContain('GET configuration');
  });
});

describe('gatehouse mode', () => {
  const mode = (...args: string[]) => run('mode', ...args, '--stack', STACK, '--region', 'eu-west-1');
  const modes = () => Object.values(OURS).map((arn) => server.functions.byArn.get(arn)?.environment['MODE']);

  it('enforces, and keeps everything else', async () => {
    const dry = await mode('enforce');
    expect({ code: dry.code, modes: new Set(modes()) }).toEqual({ code: 0, modes: new Set(['observe']) });
    const { code, stdout } = await mode('enforce', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('set the parameter `mode` in serverless.yml to enforce too');
    for (const arn of Object.values(OURS))
      expect(server.functions.byArn.get(arn)?.environment).toEqual({ ...ENVIRONMENT, MODE: 'enforce' });
    server.calls.length = 0;
    expect((await mode('enforce', '--yes')).code).toBe(0);
    expect(server.calls).not.toContain('PUT configuration');
  });

  it.each([
    'pre-token-generation email_unverified',
    'inbound-federation email_unverified',
    'pre-sign-up domain_denied',
  ])('does not enforce against people without a word for it: %s', async (counted) => {
    server.metrics.set(`would_deny ${counted}`, 2);
    expect((await mode('enforce')).code).toBe(1);
    const { code, stdout } = await mode('enforce', '--yes');
    expect({ code, modes: new Set(modes()) }).toEqual({ code: 3, modes: new Set(['observe']) });
    expect(stdout).toContain('refused  2 sign-ins and sign-ups would have been refused');
    expect((await mode('enforce', '--yes', '--accept-refusals')).code).toBe(0);
    expect((await mode('observe', '--yes')).code).toBe(0);
    expect(new Set(modes())).toEqual(new Set(['observe']));
  });

  it('writes back no environment that it cannot read', async () => {
    const sealed = server.functions.byArn.get(OURS['pre-sign-up']);
    if (sealed) sealed.hidden = true;
    const { code, stdout, stderr } = await mode('enforce', '--yes');
    expect({ code, stdout, environment: sealed?.environment }).toEqual({
      code: 3,
      stdout: '',
      environment: ENVIRONMENT,
    });
    expect(stderr).toMatch(/pre-sign-up: HiddenEnvironment: .*\n {2}help: .*kms:Decrypt/);
  });

  it("keeps another's change of the same moment", async () => {
    const theirs = server.functions.byArn.get(OURS['pre-sign-up']);
    server.on = ({ operation, phase }) => {
      if (operation !== 'PUT configuration' || phase !== 'before' || !theirs) return undefined;
      server.on = () => undefined;
      theirs.environment = { ...theirs.environment, ADDED: 'meanwhile' };
      theirs.revision += 1;
      return undefined;
    };
    expect((await mode('enforce', '--yes')).code).toBe(0);
    expect(theirs?.environment).toEqual({ ...ENVIRONMENT, MODE: 'enforce', ADDED: 'meanwhile' });
  });
});
