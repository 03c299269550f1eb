import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import {
  buildFunctions,
  checkout,
  FUNCTION_NAMES,
  Functions,
  ROOT,
  run,
  temporaryFolder,
} from '../support/bundles.ts';
import { restRequestEvent } from '../support/events.ts';
import { CLIENT, ISSUER, idClaims, POOL, rsaKey, signJwt } from '../support/tokens.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const filesOf = (out: string) =>
  readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.mjs'))
    .toSorted();

describe('a build', () => {
  const out = join(folder.path, 'out');
  beforeAll(async () => {
    expect(await buildFunctions(out)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('has a bundle for each function, and nothing else', () => {
    expect(readdirSync(out).toSorted()).toEqual(['built-for.json', ...FUNCTION_NAMES].toSorted());
    for (const name of FUNCTION_NAMES) expect(existsSync(join(out, name, 'index.mjs'))).toBe(true);
  });

  it.each(FUNCTION_NAMES)(
    '%s is self-contained, maps beside it, and does not await at the top',
    async (name) => {
      for (const file of readdirSync(join(out, name)).filter((each) => each.endsWith('.mjs'))) {
        expect(existsSync(join(out, name, `${file}.map`))).toBe(true);
        const text = readFileSync(join(out, name, file), 'utf8');
        // In brackets: what a text of the SDK advises to load; and a text may end with `import`.
        const imports = [...text.matchAll(/(?<!\[)\b(?:from|import)\s*\(?\s*"([\w@.:/-]+)"/g)].map(
          (match) => match[1],
        );
        for (const source of imports) expect(source).toMatch(/^(?:\.\/chunk-|node:|crypto$|stream$|https?$)/);
        expect(text).not.toMatch(/Dynamic require|(?<!\[)\brequire\("/);
      }
      // `require` of a module refuses top-level await.
      const loaded = await run(
        process.execPath,
        ['-e', `require(${JSON.stringify(join(out, name, 'index.mjs'))})`],
        { env: { USER_POOL_IDS: 'eu-west-1_A', APP_CLIENT_IDS: '*' } },
      );
      expect(loaded).toEqual({ code: 0, stdout: '', stderr: '' });
    },
  );

  it('keeps the authorizer within 60 kB gzip, all but the client of the table included', () => {
    const files = readdirSync(join(out, 'authorizer')).filter((file) => file.endsWith('.mjs'));
    const isClient = (file: string) =>
      readFileSync(join(out, 'authorizer', file), 'utf8').includes('DynamoDB_20120810');
    const chunks = files.filter((file) => !isClient(file));
    expect(chunks).toContain('index.mjs');
    expect(chunks).toHaveLength(files.length - 1);
    const size = chunks.reduce(
      (sum, file) => sum + gzipSync(readFileSync(join(out, 'authorizer', file))).length,
      0,
    );
    expect(size).toBeLessThanOrEqual(60_000);
  });

  it('is the same, byte for byte, the next time', async () => {
    const again = join(folder.path, 'again');
    await buildFunctions(again);
    expect(filesOf(again)).toEqual(filesOf(out));
    for (const file of filesOf(out))
      expect(readFileSync(join(again, file)).equals(readFileSync(join(out, file)))).toBe(true);
  });

  it('contains no parser, no schema library of the policy, no command', () => {
    const bundle = readFileSync(join(out, 'authorizer', 'index.mjs'), 'utf8');
    for (const forbidden of ['uniqueKeys', 'did you mean', 'commander'])
      expect(bundle).not.toContain(forbidden);
    // But for the variable, the codes of what is wrong with a policy.
    expect(bundle).not.toMatch(/POLICY_(?!REFRESH_SECONDS)/);
  });
});

describe('a broken policy', () => {
  it('builds nothing, shows every error, and leaves what was there', async () => {
    const out = join(folder.path, 'kept');
    await buildFunctions(out);
    const before = readFileSync(join(out, 'authorizer', 'index.mjs'));
    const broken = folder.write(
      'broken.yml',
      'version: 1\nrules:\n  - { id: a, allow: ["FETCH /"], to: { groups: [x] } }\n',
    );
    const { code, stdout, stderr } = await buildFunctions(out, broken);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /broken\.yml:3:22 POLICY_PATTERN .*\n {2}help: .*\n.*broken\.yml:3:49 POLICY_UNDEFINED_GROUP/,
    );
    expect(stderr).toContain('2 errors in');
    expect(readFileSync(join(out, 'authorizer', 'index.mjs')).equals(before)).toBe(true);
    expect(readdirSync(out).toSorted()).toEqual(['built-for.json', ...FUNCTION_NAMES].toSorted());
  });

  it('that is not there', async () => {
    const { code, stderr } = await buildFunctions(join(folder.path, 'none'), join(folder.path, 'none.yml'));
    expect(code).toBe(3);
    expect(stderr).toMatch(/cannot read .*none\.yml/);
  });
});

describe('mail templates that would not do what they say', () => {
  it('build nothing, and each is named with its place', async () => {
    const root = checkout(join(folder.path, 'templates'));
    writeFileSync(join(root, 'templates', 'otp', 'body.txt'), 'Your code:\n{{cod}}\n');
    rmSync(join(root, 'templates', 'welcome', 'body.html'));
    const { code, stdout, stderr } = await run(process.execPath, [join(root, 'scripts', 'build.ts')], {
      cwd: root,
    });
    expect({ code, stdout, built: existsSync(join(root, 'build')) }).toEqual({
      code: 3,
      stdout: '',
      built: false,
    });
    expect(stderr).toBe(
      [
        'templates/welcome/body.html: is missing',
        '  help: every mail has subject.txt, body.txt, body.html',
        'templates/otp/body.txt:2:1 there is no value `cod`',
        '  help: there is {{code}}, {{minutes}}',
        'templates/otp/body.txt:1:1 `code` is nowhere in it',
        '  help: write {{code}} where people look for it',
        '',
      ].join('\n'),
    );
  });
});

describe('a folder with other things in it', () => {
  it('is not replaced', async () => {
    const out = join(folder.path, 'precious');
    mkdirSync(join(out, 'authorizer'), { recursive: true });
    writeFileSync(join(out, 'authorizer', 'notes.txt'), 'mine');
    const { code, stderr } = await buildFunctions(out);
    expect(code).toBe(3);
    expect(stderr).toMatch(/authorizer holds notes\.txt, which is no bundle/);
    expect(readFileSync(join(out, 'authorizer', 'notes.txt'), 'utf8')).toBe('mine');
  });
});

describe('caller mode', () => {
  const buildFor = (policyFile: string, mode = 'caller') =>
    run(
      process.execPath,
      [join(ROOT, 'scripts', 'build.ts'), '--policy', policyFile, '--out', join(folder.path, 'caller')],
      { env: { ...process.env, ANSWER_MODE: mode } },
    );

  it('is refused for what IAM cannot say, with the rules', async () => {
    const file = folder.write(
      'narrow.yml',
      'version: 1\nrules:\n  - { id: narrow, allow: ["GET /a/*"] }\n  - { id: deep, allow: ["GET /a/*/b"] }\n',
    );
    const { code, stderr } = await buildFor(file);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        /narrow\.yml cannot be answered for in `caller` mode:\n {2}narrow, deep: .* crosses `\/`\n {4}help: /,
      ),
    });
  });

  it('is built for what it can say, and a mode that is none is refused', async () => {
    const file = folder.write('wide.yml', 'version: 1\nrules: [{ id: wide, allow: ["GET /a/**"] }]\n');
    expect(await buildFor(file)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await buildFor(file, 'both')).toMatchObject({
      code: 3,
      stderr: 'ANSWER_MODE must be request or caller\n',
    });
  });
});

describe('the policy core', () => {
  it.each(['parse', 'compile', 'decide', 'explain', 'principal', 'tokens', 'sign-up'])(
    '%s.ts is pure: it bundles for a platform without any builtin',
    async (name) => {
      const { outputFiles } = await build({
        entryPoints: [join(ROOT, 'shared', 'policy', `${name}.ts`)],
        bundle: true,
        platform: 'neutral',
        mainFields: ['module', 'main'],
        format: 'esm',
        write: false,
        outdir: 'x',
        splitting: true,
        logLevel: 'silent',
      });
      expect(outputFiles.length).toBeGreaterThan(0);
    },
  );
});

describe('keys.json', () => {
  it('is embedded, so that the first token needs no network', async () => {
    // The file belongs at the root.
    const root = checkout(folder.path);
    const key = rsaKey('key-1');
    writeFileSync(join(root, 'keys.json'), JSON.stringify({ [ISSUER]: { keys: [key.jwk] } }));
    expect(await run(process.execPath, [join(root, 'scripts', 'build.ts')], { cwd: root })).toMatchObject({
      code: 0,
      stderr: '',
    });

    const functions = new Functions(join(root, 'build'));
    const authorizer = functions.start('authorizer', {
      USER_POOL_IDS: POOL,
      APP_CLIENT_IDS: CLIENT,
      TOKEN_USE: 'id',
    });
    const token = signJwt(idClaims(Math.floor(Date.now() / 1000)), key);
    const { answer } = await authorizer.invoke(restRequestEvent({ authorization: `Bearer ${token}` }));
    await functions.stop();
    expect(answer).toMatchObject({ ok: true, payload: { context: { decision: 'allowed' } } });
  });
});
