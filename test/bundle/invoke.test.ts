import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkout, run, temporaryFolder } from '../support/bundles.ts';

const folder = temporaryFolder();
const root = checkout(folder.path);
afterAll(folder.remove);

const node = (script: string, ...args: string[]) =>
  run(process.execPath, [join(root, 'scripts', script), ...args], { cwd: root });
const invoke = (...args: string[]) => node('invoke.ts', ...args);

beforeAll(async () => {
  expect(await node('build.ts')).toMatchObject({ code: 0 });
});

describe('npm run invoke', () => {
  it.each<[string, string, number, RegExp]>([
    [
      'authorizer',
      'rest-request',
      0,
      /^ALLOW GET \/articles\/1 · allowed by rule readers-read\nfrom REST REQUEST\n\n\{/,
    ],
    ['authorizer', 'http-2.0-denied', 1, /^DENY .* · no_rule\nfrom HTTP API 2\.0\n/],
    [
      'authorizer',
      'rest-request-expired',
      1,
      /· token_invalid TOKEN_EXPIRED\n[^]*throws .*: Unauthorized\n$/,
    ],
    ['authorizer', 'http-2.0-cut-session', 1, /^DENY .* · revoked\nfrom HTTP API 2\.0\n/],
    ['pre-sign-up', 'sign-up', 0, /^ALLOW PreSignUp_SignUp · allowed\n/],
    ['pre-sign-up', 'sign-up-denied', 1, /throws UserFacingError: Please sign up with your work address\n$/],
    ['demo', 'rest', 0, /^no decision\n/],
  ])('%s %s: exit %i', async (fn, sample, code, said) => {
    expect(await invoke(fn, sample)).toEqual({ code, stdout: expect.stringMatching(said), stderr: '' });
  });

  it('lists what there is', async () => {
    const { code, stdout } = await invoke();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^authorizer\n {2}rest-token +REST TOKEN\n[^]*\n\ndemo\n/m);
    expect((await invoke('pre-sign-up')).stdout).not.toMatch(/^authorizer$/m);
  });

  it('says what is not there', async () => {
    expect(await invoke('authorizer', 'nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no authorizer nothing\n {2}help: /),
    });
    expect((await invoke('nothing')).code).toBe(2);
    rmSync(join(root, 'build', 'demo'), { recursive: true });
    expect((await invoke('demo', 'rest')).stderr).toMatch(/no bundle of demo\n {2}help: run `npm run build`/);
  });

  it('keeps its key and its tokens to itself, and takes only placeholders that it knows', async () => {
    for (const file of ['sample-key.json', join('events', 'authorizer', 'rest-request.json')])
      expect(statSync(join(root, '.local', file)).mode & 0o077).toBe(0);
    const bundles = readFileSync(join(root, 'build', 'authorizer', 'index.mjs'), 'utf8');
    const { jwk } = JSON.parse(readFileSync(join(root, '.local', 'sample-key.json'), 'utf8')) as {
      jwk: { n: string };
    };
    expect(bundles).not.toContain(jwk.n);
    writeFileSync(
      join(root, 'events', 'authorizer', 'rest-token.json'),
      '{"authorizationToken": "${adminToken}"}',
    );
    expect((await invoke('authorizer', 'rest-token')).stderr).toMatch(
      /\$\{adminToken\} is not one of idToken/,
    );
  });
});
