import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ROOT, run, temporaryFolder } from '../support/bundles.ts';

// Each test builds all functions and starts them.
jest.setTimeout(180_000);
const folder = temporaryFolder();

const MAIN = join(ROOT, 'sandbox', 'main.ts');
const sandbox = (...args: string[]) =>
  run(process.execPath, [MAIN, ...args], {
    env: { ...process.env, NO_COLOR: '1' },
  });
const policyText = readFileSync(join(ROOT, 'policy.yml'), 'utf8');

describe('npm start -- --once', () => {
  it('walks through the scenario, and every expectation holds', async () => {
    const { code, stdout, stderr } = await sandbox('--once');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^policy\.yml, and of the scenario: confirmed, sign_in, providers\n/);
    expect(stdout).toMatch(/all \d+ expectations held\n$/);
    // README shows some of these rows.
    const shown = /^```text\n(.*?)^```$/ms.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1] ?? '';
    const rows = stdout.split('\n');
    for (const line of shown.trimEnd().split('\n')) {
      expect({ line, printed: rows.some((row) => row.startsWith(line)) }).toEqual({ line, printed: true });
    }
    for (const row of [
      / ✓ sign up +eve@mail\.example +400 +domain_denied /,
      / ✓ sign in +pat@partner\.io +200 +allowed .*cognito:groups: \["partner"\]/,
      / ✓ sign in by code +Ada@Example\.com +200 +allowed/,
      / ✓ sign in by link +rob@sales\.example\.com +200 +allowed/,
      / ✓ sign in by provider +Ada@Example\.com +302 .*Already found an entry/,
      / ✓ GET \/articles\/1 +rob@sales\.example\.com +200 +allowed readers-read/,
      / ✓ POST \/articles +rob@sales\.example\.com +403 +no_rule/,
      / ✓ GET \/articles\/1 +rob@sales\.example\.com +401 +token_invalid TOKEN_EXPIRED +expired token; signed by the sandbox/,
      / ✓ POST \/orders +importer +200 +allowed orders-by-machine/,
      / ✓ revoke +pat@partner\.io +200 +cut off, and blocked\n ✓ GET \/reports\/q3 +pat@partner\.io +403 +revoked\n/,
      / ✓ sign in +pat@partner\.io +400 +blocked /,
    ]) {
      expect(stdout).toMatch(row);
    }
  });

  it('fails when one rule is changed: exit 1, with what was expected', async () => {
    const changed = policyText.replace('to: { groups: [reader] }', 'to: { groups: [editor] }');
    expect(changed).not.toBe(policyText);
    const { code, stdout } = await sandbox('--once', '--policy', folder.write('changed.yml', changed));
    expect(code).toBe(1);
    expect(stdout).toMatch(
      / ✗ GET \/articles\/1 +rob@sales\.example\.com +403 +no_rule\n +expected status 200\n +expected rule readers-read/,
    );
    expect(stdout).toMatch(/\d of \d+ expectations failed\n$/);
  });

  it('runs a policy and a scenario of one’s own', async () => {
    const policy = folder.write(
      'own.yml',
      'version: 1\ngroups: { staff: { members: { domains: [corp.example] } } }\nrules: [{ id: staff, allow: ["GET /"], to: { groups: [staff] } }]',
    );
    const scenario = folder.write(
      'scenario.yml',
      `people: { zoe: { email: zoe@corp.example } }
steps:
  - { sign_up: zoe, expect: { status: 200 } }
  - { confirm: zoe, expect: { status: 200 } }
  - { sign_in: zoe, answer: wrong, expect: { status: 400, message: Incorrect } }
  - { sign_in: zoe, expect: { status: 200, claims: { "cognito:groups": [staff] } } }
  - { call: GET /, as: zoe, expect: { status: 200, rule: staff } }
  - { call: GET /nothing, as: zoe, api: http, expect: { status: 403, code: no_rule, rule: null } }
`,
    );
    const { code, stdout } = await sandbox('--once', '--policy', policy, '--scenario', scenario);
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'all 6 expectations held',
    });
  });

  it.each<[string, string[], RegExp]>([
    [
      'a broken policy',
      ['--policy', folder.write('broken.yml', 'version: 1\nrulez: 1')],
      /broken\.yml:2:1 POLICY_UNKNOWN_KEY/,
    ],
    [
      'a scenario that is none',
      ['--scenario', folder.write('none.yml', 'steps: [{ sign_up: zoe }]')],
      /is not a scenario:\n.*steps\.0\.expect/,
    ],
    [
      'a scenario with a stranger',
      [
        '--scenario',
        folder.write('stranger.yml', 'steps: [{ call: GET /, as: zoe, expect: { status: 200 } }]'),
      ],
      /`zoe` is neither a person nor a machine/,
    ],
    [
      'a scenario that revokes a stranger',
      ['--scenario', folder.write('revoked.yml', 'steps: [{ revoke: zoe, expect: { status: 200 } }]')],
      /steps\.0: `zoe` is not one of the people/,
    ],
    [
      'a scenario with a stranger of a provider',
      [
        '--scenario',
        folder.write(
          'provider.yml',
          'people: { zoe: { email: a@b.c, provider: Okta } }\nsteps: [{ call: GET /, expect: { status: 200 } }]',
        ),
      ],
      /people\.zoe\.provider: `Okta` is not one of the providers/,
    ],
    [
      'a scenario that is not there',
      ['--scenario', 'nowhere.yml'],
      /^error: cannot read nowhere\.yml \(ENOENT\)\n {2}help: give the path of a file/,
    ],
    ['a scenario that is no YAML', ['--scenario', folder.write('yaml.yml', 'steps: [')], /is not valid YAML/],
    ['a port that is none', ['--port', 'x'], /--port must be a port number/],
    ['an unknown option', ['--policyfile', 'x'], /Unknown option '--policyfile'/],
  ])('refuses %s: exit 3', async (_, args, message) => {
    const { code, stdout, stderr } = await sandbox('--once', ...args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGINT');
});

/** The sandbox in a folder of its own for what it writes, so that nobody else's files are taken for its. */
function start(args: string[], stdout: 'pipe' | 'ignore') {
  const { path } = temporaryFolder();
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', stdout, 'ignore'],
    env: { ...process.env, NO_COLOR: '1', TMPDIR: path },
  });
  children.push(child);
  return { child, leftBehind: () => readdirSync(path) };
}

describe('npm start', () => {
  it('stays up, answers, and leaves nothing behind when it is interrupted', async () => {
    const { child, leftBehind } = start([], 'pipe');
    let output = '';
    const up = new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Ctrl-C')) resolve();
      });
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await up;
    expect(leftBehind()).not.toEqual([]);

    const curls = output.matchAll(/curl -i -X (\w+) '([^']+)' -H 'authorization: Bearer ([^']+)'/g);
    const calls = [...curls].map(([, method = '', url = '', token = '']) => ({ method, url, token }));
    expect(calls.length).toBeGreaterThan(2);
    for (const { method, url, token } of calls) {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/local\//);
      const { status } = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
      expect({ method, url, status }).toEqual({ method, url, status: 200 });
      expect((await fetch(url, { method })).status).toBe(401);
    }

    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(leftBehind()).toEqual([]);
    const pool = /user pool {2}(\S+)/.exec(output)?.[1] ?? '';
    await expect(fetch(pool)).rejects.toThrow();
  });

  it('leaves nothing behind when it is interrupted at the start', async () => {
    const { child, leftBehind } = start(['--once'], 'ignore');
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    while (leftBehind().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(leftBehind()).toEqual([]);
  });
});
