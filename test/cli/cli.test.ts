import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCommand, ROOT, run, temporaryFolder } from '../support/bundles.ts';
import { ISSUER, idClaims, rsaKey, signJwt } from '../support/tokens.ts';

const folder = temporaryFolder();

let command = '';
const gatehouse = (args: string[], options: { input?: string; env?: Record<string, string> } = {}) =>
  run(process.execPath, [command, ...args], options);

const policy = folder.write(
  'policy.yml',
  `version: 1
groups: { editor: { includes: [reader] }, reader: {} }
rules:
  - { id: read, allow: ["GET /articles/**"], to: { groups: [reader] } }
  - { id: own, allow: ["GET /users/{user}"], where: { user: "\${claims.sub}" } }
  - { id: fresh, deny: ["DELETE /**"], unless: { auth_age: 15m } }
  - { id: remove, allow: ["DELETE /articles/*"], to: { groups: [editor] } }
`,
);
const broken = folder.write('broken.yml', 'version: 1\nrulez: []\nrules: [{ id: a, allow: ["FETCH /"] }]\n');
const READER = '{"sub": "u1", "cognito:groups": ["reader"]}';

beforeAll(async () => {
  command = await buildCommand(folder.path);
});

describe('gatehouse', () => {
  it('shows its commands', async () => {
    const { code, stdout } = await gatehouse(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/check[^]*explain[^]*keys/);
  });

  it.each<[string, string[], RegExp]>([
    ['no command', [], /Usage: gatehouse/],
    ['an unknown command', ['chekc'], /unknown command 'chekc'\n\(Did you mean check\?\)/],
    ['an unknown option', ['check', '--jsno'], /unknown option '--jsno'\n\(Did you mean --json\?\)/],
    ['two policies', ['check', policy, '--policy', policy], /more than one file/],
    ['a parameter of no stage', ['check', policy, '--param', 'mode=observe'], /for a deployment/],
    ['no request', ['explain', '--claims', '{}'], /the request is missing/],
    ['no claims', ['explain', 'GET /'], /give either --claims or --token/],
    [
      'claims and token',
      ['explain', 'GET /', '--claims', '{}', '--token', 'x'],
      /give either --claims or --token/,
    ],
    [
      'a request that is none',
      ['explain', 'GET', '--claims', '{}', '--policy', policy],
      /that is not a request/,
    ],
    ['a batch with a request', ['explain', 'GET /', '--batch', 'x'], /--batch takes requests/],
    ['a TTL of text', ['explain', 'GET /', '--claims', '{}', '--ttl', '1m'], /whole number of seconds/],
    ['too many arguments', ['check', 'a', 'b'], /too many arguments/],
  ])('%s is a usage error: exit 2, on stderr', async (_, args, text) => {
    const { code, stdout, stderr } = await gatehouse(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(text);
  });
});

describe('gatehouse check', () => {
  it('says how long answers live, and how soon a revocation is felt: refresh and TTL', async () => {
    const args = ['check', policy, '--caching', '--ttl', '20', '--refresh', '5'];
    expect((await gatehouse(args)).stdout).toMatch(/ up to 20 s .*\n.* within 25 s: 5 s until .* 20 s\n$/);
    const { caching } = JSON.parse((await gatehouse([...args, '--json'])).stdout) as { caching: object };
    expect(caching).toMatchObject({ worstCaseSeconds: 20, revokedWithinSeconds: 25 });
  });

  it('warns of what is valid and may not work', async () => {
    const large = folder.write(
      'large.yml',
      'version: 1\ntokens:\n  claims: { a: "${user.a}", b: "${user.b}", c: "${user.c}" }\n',
    );
    const { code, stdout, stderr } = await gatehouse(['check', large]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^.*large\.yml is valid: 0 rules, 0 groups\n.*large\.yml:2:1 TOKEN_SIZE an access token .* to \d+ bytes, with 3 attributes .*\n {2}help: .*\n$/,
    );
    const json = await gatehouse(['check', large, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      errors: [],
      warnings: [{ code: 'TOKEN_SIZE', line: 2, column: 1, hint: expect.any(String) }],
    });
  });

  it('says that a policy is valid', async () => {
    expect(await gatehouse(['check', policy])).toEqual({
      code: 0,
      stdout: `${policy} is valid: 4 rules, 2 groups\n`,
      stderr: '',
    });
    expect(await gatehouse(['check', '--policy', policy, '--json'])).toEqual({
      code: 0,
      stdout: '{\n  "errors": [],\n  "warnings": []\n}\n',
      stderr: '',
    });
  });

  it('shows every error: exit 3', async () => {
    const { code, stdout, stderr } = await gatehouse(['check', broken]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout).toBe(
      [
        `${broken}:2:1 POLICY_UNKNOWN_KEY key \`rulez\` is not known here`,
        '  help: did you mean `rules`?',
        `${broken}:3:26 POLICY_PATTERN \`FETCH\` is not a method`,
        '  help: write `ANY` alone, or a comma list without spaces of GET HEAD POST PUT PATCH DELETE OPTIONS (a WebSocket: CONNECT)',
        `2 errors in ${broken}`,
        '',
      ].join('\n'),
    );
  });

  it('shows them as JSON', async () => {
    const { code, stdout } = await gatehouse(['check', broken, '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      errors: [
        { code: 'POLICY_UNKNOWN_KEY', file: broken, line: 2, column: 1, hint: 'did you mean `rules`?' },
        { code: 'POLICY_PATTERN' },
      ],
    });
  });

  it('reads UTF-8 and nothing else', async () => {
    const file = folder.write('latin.yml', '');
    writeFileSync(file, Buffer.from('version: 1\ngroups: { \xe9quipe: {} }\n', 'latin1'));
    expect(await gatehouse(['check', file])).toEqual({
      code: 3,
      stdout: '',
      stderr: `error: ${file} is not UTF-8 text\n  help: save it as UTF-8\n`,
    });
  });

  it('shows what a policy says without obeying it', async () => {
    const { stdout } = await gatehouse(['check', '-'], {
      input: 'version: 1\n"\\e[2Jx\\nfaked.yml:1:1 OK": 1\n',
    });
    expect(stdout).toContain('`\\u{1b}[2Jx\\u{a}faked.yml:1:1 OK`');
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  it('reads standard input, and says what it cannot read', async () => {
    expect(await gatehouse(['check', '-'], { input: 'version: 1' })).toMatchObject({
      code: 0,
      stdout: '- is valid: 0 rules, 0 groups\n',
    });
    expect(await gatehouse(['check', 'nowhere.yml'])).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'error: cannot read nowhere.yml (ENOENT)\n  help: give the path of a file, or - for standard input\n',
    });
  });
});

describe('gatehouse explain', () => {
  const explain = (request: string, claims: string, ...more: string[]) =>
    gatehouse(['explain', request, '--claims', claims, '--policy', policy, ...more]);

  it('tells people why', async () => {
    expect(await explain('GET /articles/1', READER)).toEqual({
      code: 0,
      stdout: [
        'ALLOW  GET /articles/1',
        `why    allowed by rule read  ${policy}:4:5`,
        'who    user u1; groups reader',
        'rules  for this verb and path:',
        `       ● allow read  ${policy}:4:5  groups: true`,
        '',
      ].join('\n'),
      stderr: '',
    });
    const denied = await explain('GET /articles/1', '{"sub": "u1"}');
    expect(denied.code).toBe(1);
    expect(denied.stdout).toContain(`near   would be allowed with group \`reader\`  ${policy}:4:5\n`);
  });

  it('tells tools the same', async () => {
    const { code, stdout } = await explain(
      'DELETE /articles/1',
      '{"sub": "u1", "cognito:groups": ["editor"], "auth_time": 1000}',
      '--json',
      '--now',
      '2000',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      effect: 'deny',
      code: 'denied_by_rule',
      rule: 'fresh',
      location: { file: policy, line: 6, column: 5 },
      nearMiss: {
        rule: 'fresh',
        needs: [{ key: 'auth_age', values: ['900'] }],
        text: 'rule `fresh` would not apply within 900 seconds of signing in',
        location: { file: policy, line: 6, column: 5 },
      },
      principal: {
        kind: 'user',
        sub: 'u1',
        username: null,
        email: null,
        emailVerified: false,
        domain: null,
        groups: ['editor', 'reader'],
        scopes: null,
        client: null,
        pool: null,
      },
      rules: [
        {
          id: 'fresh',
          effect: 'deny',
          applies: true,
          namesIssuer: true,
          location: { file: policy, line: 6, column: 5 },
          to: [],
          unless: [{ key: 'auth_age', truth: false }],
          where: [],
        },
        {
          id: 'remove',
          effect: 'allow',
          applies: true,
          namesIssuer: true,
          location: { file: policy, line: 7, column: 5 },
          to: [{ key: 'groups', truth: true }],
          unless: [],
          where: [],
        },
      ],
    });
  });

  it('decides as at --now and for --ttl', async () => {
    const claims = '{"sub": "u1", "cognito:groups": ["editor"], "auth_time": 1000}';
    expect(await explain('DELETE /articles/1', claims, '--now', '1900')).toMatchObject({ code: 0 });
    expect(await explain('DELETE /articles/1', claims, '--now', '1900', '--ttl', '1')).toMatchObject({
      code: 1,
    });
  });

  it('takes claims from a file and from standard input', async () => {
    expect(await explain('GET /articles/1', folder.write('claims.json', READER))).toMatchObject({ code: 0 });
    expect(
      await gatehouse(['explain', 'GET /articles/1', '--claims', '-', '--policy', policy], { input: READER }),
    ).toMatchObject({ code: 0 });
  });

  it('decodes a token, does not verify it, and says so; its exp is not judged', async () => {
    const token = signJwt(idClaims(1000, { 'cognito:groups': ['reader'] }), rsaKey('k'));
    for (const text of [token, `Bearer ${token}\n`]) {
      const result = await gatehouse([
        'explain',
        'GET /articles/1',
        '--token',
        folder.write('token.txt', text),
        '--policy',
        policy,
      ]);
      expect(result).toMatchObject({ code: 0, stderr: 'note: the token is decoded, not verified\n' });
    }
  });

  it.each<[string, string[], RegExp]>([
    [
      'a broken policy',
      ['GET /', '--claims', '{}', '--policy', broken],
      /POLICY_UNKNOWN_KEY[^]*POLICY_PATTERN/,
    ],
    ['no policy', ['GET /', '--claims', '{}', '--policy', 'nowhere.yml'], /cannot read nowhere\.yml/],
    [
      'claims that are no JSON',
      ['GET /', '--claims', '{', '--policy', policy],
      /what --claims gives is not JSON/,
    ],
    [
      'claims that are a list',
      ['GET /', '--claims', folder.write('list.json', '[]'), '--policy', policy],
      /claims must be a JSON object/,
    ],
    [
      'a token that is none',
      ['GET /', '--token', folder.write('none.txt', 'hello'), '--policy', policy],
      /does not hold a JWT/,
    ],
    [
      'issuers that are none',
      ['GET /', '--claims', '{}', '--issuers', '[{}]', '--policy', policy],
      /ISSUERS must be a JSON list/,
    ],
  ])('%s is an input failure: exit 3, on stderr', async (_, args, text) => {
    const { code, stdout, stderr } = await gatehouse(['explain', ...args]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(text);
  });

  it('applies the maps of other issuers', async () => {
    const open = folder.write(
      'foreign.yml',
      'version: 1\ngroups: { reader: {} }\nrules: [{ id: a, allow: ["GET /"], to: { pools: ["https://idp.example.com"], groups: [reader] } }]',
    );
    const issuers = JSON.stringify([
      {
        issuer: 'https://idp.example.com',
        jwksUri: 'https://idp.example.com/jwks',
        audience: 'api',
        map: { groups: { claim: 'roles', values: { R: 'reader' } } },
      },
    ]);
    const ask = (...more: string[]) =>
      gatehouse([
        'explain',
        'GET /',
        '--claims',
        '{"iss": "https://idp.example.com", "sub": "u", "roles": ["R"]}',
        '--policy',
        open,
        ...more,
      ]);
    expect(await ask('--issuers', issuers)).toMatchObject({ code: 0 });
    expect(await ask()).toMatchObject({ code: 1 });
  });

  it('says of an allow rule that it does not name the issuer, and of no deny rule', async () => {
    const open = folder.write(
      'unnamed.yml',
      'version: 1\nrules: [{ id: all, allow: ["GET /"] }, { id: odd, deny: ["GET /"], to: { claims: { odd: true } } }]',
    );
    const ask = (...more: string[]) =>
      gatehouse([
        'explain',
        'GET /',
        '--claims',
        '{"iss": "https://idp.example.com"}',
        '--policy',
        open,
        ...more,
      ]);
    expect(JSON.parse((await ask('--json')).stdout)).toMatchObject({
      effect: 'deny',
      rules: [
        { id: 'odd', applies: true, namesIssuer: true },
        { id: 'all', applies: false, namesIssuer: false },
      ],
    });
    const rules = (await ask()).stdout
      .split('\n')
      .filter((line) => line.includes('does not name the issuer'));
    expect(rules).toEqual([expect.stringContaining('allow all')]);
  });

  it('has colour on no pipe, and obeys no terminal code in a claim', async () => {
    const { stdout } = await gatehouse(
      ['explain', 'GET /articles/1', '--claims', '{"sub": "\\u001b[2J\\u001b[31mALLOW"}', '--policy', policy],
      { env: { ...process.env, FORCE_COLOR: '1' } },
    );
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('\\u{1b}[2J');
  });

  it('shows neither a token nor claims that were given in the wrong place', async () => {
    const token = signJwt(idClaims(1000), rsaKey('k'));
    for (const args of [
      ['GET /', '--token', token],
      ['GET /', '--claims', token],
      [token, '--claims', '{}'],
      ['GET /', '--claims', '[{"email":"ada@example.com"}]'],
      ['GET /', '--claims', '{"email":"ada@example.com"'],
    ]) {
      const { code, stdout, stderr } = await gatehouse(['explain', ...args, '--policy', policy]);
      expect({ refused: code >= 2, stdout }).toEqual({ refused: true, stdout: '' });
      expect(stderr).not.toContain(token.slice(0, 40));
      expect(stderr).not.toContain('ada@');
    }
  });
});

describe('gatehouse explain --batch', () => {
  const batch = (text: string, ...more: string[]) =>
    gatehouse(['explain', '--policy', policy, ...more, '--batch', folder.write('batch.jsonl', text)]);
  const line = (claims: unknown, request: unknown) => JSON.stringify({ claims, request });
  const ALLOWED = '{"effect":"allow","code":"allowed","rule":"read"}';
  const DENIED = '{"effect":"deny","code":"no_rule","rule":null}';
  const INVALID = '{"effect":"deny","code":"input_invalid","rule":null}';
  const reader = JSON.parse(READER) as object;

  it('answers each line, in order', async () => {
    expect(
      await batch(
        [line(reader, 'GET /articles/1'), line({}, 'GET /articles/1'), line(reader, 'GET /articles')].join(
          '\n',
        ),
      ),
    ).toEqual({ code: 1, stdout: `${ALLOWED}\n${DENIED}\n${ALLOWED}\n`, stderr: '' });
    expect(await batch(`${line(reader, 'GET /articles/1')}\n`)).toEqual({
      code: 0,
      stdout: `${ALLOWED}\n`,
      stderr: '',
    });
    expect(await batch('')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('answers malformed lines too: exit 3', async () => {
    const malformed = [
      '{',
      'null',
      '[]',
      '""',
      '',
      '{}',
      line([], 'GET /'),
      line(null, 'GET /'),
      line({}, 'GET'),
      line({}, 'GET articles'),
      line({}, 'GET  /'),
      line({}, 5),
      line('x', 'GET /'),
      line({}, null),
    ];
    const { code, stdout } = await batch(
      [line(reader, 'GET /articles/1'), ...malformed, line(reader, 'GET /articles/2')].join('\r\n'),
    );
    expect(code).toBe(3);
    expect(stdout.trimEnd().split('\n')).toEqual([ALLOWED, ...malformed.map(() => INVALID), ALLOWED]);
  });

  it('judges verbs and paths, which are not malformed', async () => {
    const { stdout } = await batch(
      [line({}, 'get /articles'), line({}, 'GET //'), line({}, 'GET /a b'), line({}, 'GET /a?b=c')].join(
        '\n',
      ),
    );
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((each) => (JSON.parse(each) as { code: string }).code),
    ).toEqual(['verb_unknown', 'path_ambiguous', 'no_rule', 'path_ambiguous']);
  });

  it('reads standard input', async () => {
    expect(
      await gatehouse(['explain', '--policy', policy, '--batch', '-'], {
        input: line(reader, 'GET /articles/1'),
      }),
    ).toMatchObject({ code: 0, stdout: `${ALLOWED}\n` });
  });

  it('answers 20,000 lines in order', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) =>
      line({ sub: `u${index}` }, `GET /users/u${index % 7 === 0 ? index : 'x'}`),
    );
    const { stdout } = await batch(lines.join('\n'));
    const rules = stdout
      .trimEnd()
      .split('\n')
      .map((each) => (JSON.parse(each) as { rule: string | null }).rule);
    expect(rules).toEqual(lines.map((_, index) => (index % 7 === 0 ? 'own' : null)));
  });

  it('splits lines at line feeds and nowhere else', async () => {
    const { code, stdout } = await batch(
      `{"claims":{"sub":"a\u2028b\u2029c"},\r"request":"GET /articles/1"}\n${line(reader, 'GET /articles/1')}`,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: `${DENIED}\n${ALLOWED}\n` });
  });

  it('takes a line that is not UTF-8 for malformed, and any claims that are JSON for a question', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"claims":{"sub":"'),
      Buffer.from([0xff]),
      Buffer.from(`"},"request":"GET /"}\n${line({ iss: { toString: null } }, 'GET /articles/1')}`),
    ]);
    const file = folder.write('latin.jsonl', '');
    writeFileSync(file, bytes);
    expect(await gatehouse(['explain', '--policy', policy, '--batch', file])).toMatchObject({
      code: 3,
      stdout: `${INVALID}\n${DENIED}\n`,
    });
  });

  it('says what it cannot read', async () => {
    expect(await gatehouse(['explain', '--policy', policy, '--batch', 'nowhere.jsonl'])).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'error: cannot read nowhere.jsonl (ENOENT)\n  help: give the path of a file, or - for standard input\n',
    });
  });
});

describe('gatehouse check --serverless', () => {
  const serverless = join(ROOT, 'serverless.yml');
  const check = (...params: string[]) =>
    gatehouse([
      'check',
      '--serverless',
      serverless,
      '--stage',
      'test',
      ...params.flatMap((param) => ['--param', param]),
    ]);

  it('takes ours as it is', async () => {
    expect(await check()).toEqual({
      code: 0,
      stdout: `${serverless} is valid for stage test, with policy.yml\n`,
      stderr: '',
    });
  });

  it('says what could not work, where, and how to mend it', async () => {
    const { code, stdout } = await check(
      'userPoolId=eu-west-1_Abc',
      'preTokenVersion=V1_0',
      'appClientIds=a',
    );
    expect(code).toBe(3);
    const lines = readFileSync(serverless, 'utf8').split('\n');
    const [, line] =
      /serverless\.yml:(\d+):\d+ DEPLOY_TOKENS .*every user would be refused\n {2}help: /.exec(stdout) ?? [];
    expect(lines[Number(line) - 1]).toMatch(/^ +preTokenVersion: /);
  });

  it.each<[string, string[], RegExp]>([
    [
      'a misspelt parameter',
      ['authorizerTll=0'],
      /there is no parameter authorizerTll\n {2}help: use userPoolId, /,
    ],
    ['an impossible TTL', ['authorizerTtl=3601'], /must be <= 3600/],
    ['an unknown mode of answering', ['answerMode=both'], /answerMode|identitySource/],
  ])('refuses %s: exit 3, on stderr', async (_, params, text) => {
    const { code, stdout, stderr } = await check(...params);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(text);
  });

  it('refuses a file that is not there', async () => {
    expect(await gatehouse(['check', '--serverless', 'nowhere.yml'])).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('gatehouse export cedar', () => {
  it('writes what Cedar takes: valid policies, and groups that they decide by', async () => {
    const out = join(folder.path, 'new', 'cedar');
    const files = ['policies.cedar', 'schema.cedarschema', 'groups.json'].map((name) => join(out, name));
    for (let time = 0; time < 2; time += 1)
      expect(await gatehouse(['export', 'cedar', policy, '--out', out])).toEqual({
        code: 0,
        stdout: `${files.join('\n')}\n`,
        stderr: '',
      });
    const [policies = '', schema = '', groups = ''] = files.map((file) => readFileSync(file, 'utf8'));
    expect(cedar.validate({ schema, policies: { staticPolicies: policies } })).toMatchObject({
      type: 'success',
      validationErrors: [],
    });
    const ask = (listed: string) => {
      const principal = { type: 'User', id: 'u1' };
      const resource = { type: 'Path', id: '/articles/1' };
      const user = {
        uid: principal,
        attrs: { foreign: false, listing_unreadable: false },
        parents: [{ type: 'Listing', id: listed }],
        tags: {},
      };
      const path = { uid: resource, attrs: { depth: 2 }, parents: [], tags: { 0: 'articles', 1: '1' } };
      return cedar.isAuthorized({
        principal,
        action: { type: 'Action', id: 'GET' },
        resource,
        context: { now: 1, until: 1 },
        policies: { staticPolicies: policies },
        entities: [...(JSON.parse(groups) as cedar.EntityJson[]), user, path],
        schema,
      });
    };
    expect(ask('editor')).toMatchObject({ response: { decision: 'allow', diagnostics: { errors: [] } } });
    expect(ask('visitor')).toMatchObject({ response: { decision: 'deny', diagnostics: { errors: [] } } });
  });

  it('prints the same as text and as JSON', async () => {
    const { code, stdout, stderr } = await gatehouse(['export', 'cedar', '--policy', policy]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const json = JSON.parse((await gatehouse(['export', 'cedar', policy, '--json'])).stdout) as {
      policies: Record<string, string>;
    };
    expect(Object.keys(json)).toEqual(['policies', 'schema', 'groups']);
    expect(Object.keys(json.policies)).toEqual(['rule:read', 'rule:own', 'rule:fresh', 'rule:remove']);
    expect(stdout).toMatch(/^\/\/ [^\n]+\n\/\/ [^\n]+\n\n@id/);
    expect(stdout.endsWith(`\n\n${Object.values(json.policies).join('\n\n')}\n`)).toBe(true);
  });

  it.each<[string, string[], number, RegExp]>([
    ['a policy that is not valid', [broken], 3, /POLICY_UNKNOWN_KEY/],
    ['two policies', [policy, '--policy', policy], 2, /more than one file/],
    ['--json with --out', [policy, '--json', '--out', 'x'], 2, /give one of the two/],
    [
      'a folder that is a file',
      [policy, '--out', policy],
      3,
      /cannot write .*policies\.cedar \(EEXIST\)\n {2}help: /,
    ],
  ])('refuses %s', async (_, args, exit, text) => {
    const { code, stdout, stderr } = await gatehouse(['export', 'cedar', ...args]);
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).toMatch(text);
  });
});

describe('against AWS’s endpoints, faked at the wire', () => {
  const POOL = 'eu-west-1_AbCdEf123';
  let server: Server;
  let endpoint = '';
  let pool: object = {};
  let status = 200;
  const key = rsaKey('kid-1');

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const target = String(request.headers['x-amz-target']);
        const fail = (type: string, code = 400) =>
          response.writeHead(code).end(JSON.stringify({ __type: type, message: type }));
        if (request.url === `/${POOL}/.well-known/jwks.json`)
          response.end(JSON.stringify({ keys: [key.jwk] }));
        else if (status !== 200) fail('InternalErrorException', status);
        else if (target.endsWith('.DescribeUserPool')) response.end(JSON.stringify({ UserPool: pool }));
        else if (target.endsWith('.DescribeUserPoolClient')) {
          const { ClientId: id } = JSON.parse(Buffer.concat(chunks).toString()) as { ClientId: string };
          if (id === 'known') response.end('{"UserPoolClient": {}}');
          else if (id === 'unreadable') fail('NotAuthorizedException');
          else fail('ResourceNotFoundException');
        } else fail('ResourceNotFoundException', 404);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  const credentials = {
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const check = (clients: string, env: Record<string, string> = credentials) =>
    gatehouse(
      ['check', '--serverless', join(ROOT, 'serverless.yml'), '--endpoint', endpoint].concat(
        [`userPoolId=${POOL}`, `appClientIds=${clients}`].flatMap((param) => ['--param', param]),
      ),
      { env: { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...env } },
    );

  it('check finds an app client that the pool does not have', async () => {
    pool = { UserPoolTier: 'ESSENTIALS' };
    status = 200;
    expect(await check('known')).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout } = await check('known,unknown');
    expect({ code, stdout }).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(
        /DEPLOY_CLIENT user pool eu-west-1_AbCdEf123 has no app client unknown\n {2}help: /,
      ),
    });
  });

  it('check finds a tier that knows no such version', async () => {
    pool = { UserPoolTier: 'LITE' };
    status = 200;
    expect((await check('known')).stdout).toMatch(/DEPLOY_POOL .*tier LITE/);
  });

  it.each<[string, number, Record<string, string>, RegExp]>([
    ['without credentials', 200, { AWS_EC2_METADATA_DISABLED: 'true' }, /CredentialsProviderError/],
    ['of a service that fails', 500, credentials, /InternalErrorException/],
  ])('check says what it could not ask %s', async (_, answers, env, reason) => {
    status = answers;
    const { code, stderr } = await check('unknown', env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(reason) });
    expect(stderr).toMatch(
      /^note: user pool eu-west-1_AbCdEf123 did not answer .*; its app clients and tier are not checked\n$/,
    );
  });

  it('check keeps what it has found when a later answer fails, and says from where on', async () => {
    pool = { UserPoolTier: 'LITE' };
    status = 200;
    const { code, stdout, stderr } = await check('known,unknown,unreadable,other');
    expect({ code, stdout, stderr }).toEqual({
      code: 3,
      stdout: expect.stringMatching(/DEPLOY_POOL[^]*DEPLOY_CLIENT .* no app client unknown\n/),
      stderr: expect.stringMatching(
        /\(NotAuthorizedException\); app client unreadable and those after it are not checked\n$/,
      ),
    });
    expect(stdout).not.toMatch(/other/);
  });

  it('keys pull writes the keys by issuer, keeps other pools’, and can be repeated', async () => {
    const out = folder.write('pulled.json', '{"https://other.example": {"keys": []}}');
    for (const _ of [1, 2]) {
      expect(await gatehouse(['keys', 'pull', POOL, '--endpoint', endpoint, '--out', out])).toEqual({
        code: 0,
        stdout: `${ISSUER}: 1 key\n`,
        stderr: '',
      });
    }
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({
      'https://other.example': { keys: [] },
      [ISSUER]: { keys: [key.jwk] },
    });
  });

  it.each<[string, string[], number, RegExp]>([
    [
      'a pool that is not there',
      ['eu-west-1_Nowhere', '--out', 'none.json'],
      3,
      /no keys from .*\n {2}help: /,
    ],
    ['what is no pool id', ['nonsense'], 2, /nonsense is no user pool id/],
    ['a file that holds something else', [POOL, '--out', policy], 3, /is not JSON/],
    ['a folder in place of a file', [POOL, '--out', '.'], 3, /cannot read \. \(EISDIR\)/],
    [
      'a file below a file',
      [POOL, '--out', join(policy, 'keys.json')],
      3,
      /cannot write .*keys\.json \(\w+\)\n {2}help: give another --out/,
    ],
  ])('keys pull refuses %s', async (_, args, code, text) => {
    const answer = await gatehouse(['keys', 'pull', ...args, '--endpoint', endpoint]);
    expect(answer).toMatchObject({ code, stdout: '' });
    expect(answer.stderr).toMatch(text);
  });
});
