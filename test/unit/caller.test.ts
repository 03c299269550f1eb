import { describe, expect, it } from '@jest/globals';
import {
  AMBIGUOUS,
  type CallerDocument,
  callerDocument,
  MAX_DOCUMENT,
  sizeOf,
} from '../../shared/policy/iam/document.ts';
import { type DeclaredRoute, parseDeclaredRoute } from '../../shared/policy/iam/declared-routes.ts';
import { callerIssues } from '../../shared/policy/iam/exactness.ts';
import { documentSizes } from '../../shared/policy/iam/size.ts';
import { meets, ONE, STAR, type Token, within } from '../../shared/policy/iam/language.ts';
import { claimedOrigin, principalOf } from '../../shared/policy/principal.ts';
import { compiled, NOW } from '../support/policy.ts';

const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/dev';
const CLAIMS = { sub: 'ada', token_use: 'access', username: 'ada', 'cognito:groups': ['editor'] };

/** `a/*` reads as [a, ONE], `**` as STAR. */
const tokens = (text: string): Token[] =>
  text
    .split('/')
    .filter(Boolean)
    .map((each) => (each === '*' ? ONE : each === '**' ? STAR : each));

describe('sets of paths', () => {
  it.each<[string, string, boolean]>([
    ['', '', true],
    ['', '**', true],
    ['', '*', false],
    ['a', 'a', true],
    ['a', 'b', false],
    ['a/*', '*/b', true],
    ['a/*/b', 'a/**', true],
    ['a/**', 'a', true],
    ['a/**', 'b/**', false],
    ['**/b', 'a/**', true],
    ['a/*/**/b', 'a/b', false],
    ['a/*/**/b', 'a/x/b', true],
    ['a/*/**/b', 'a/x/y/b', true],
    ['*/*/**', 'a', false],
    ['a/**/c', 'a/**/d', false],
  ])('%j meets %j: %j', (a, b, expected) => {
    expect([meets(tokens(a), tokens(b)), meets(tokens(b), tokens(a))]).toEqual([expected, expected]);
  });

  it.each<[string, string, boolean]>([
    ['', '**', true],
    ['**', '', false],
    ['a', '*', true],
    ['*', 'a', false],
    ['a/b', 'a/**', true],
    ['a', 'a/**', true],
    ['a/**', 'a/*/**', false],
    ['a/*/**', 'a/**', true],
    ['a/**', '**', true],
    ['a/b', 'a/*/**', true],
    ['a', 'a/*/**', false],
    ['a/**', 'a/*', false],
    ['a/b', 'a', false],
    ['a/b/**', 'a/b/*/**', false],
    ['a/b/**', 'a/b/**', true],
  ])('%j is within %j: %j', (a, b, expected) => {
    expect(within(tokens(a), tokens(b))).toBe(expected);
  });
});

interface Circumstances {
  revoked?: boolean;
  /** Who may hold an account. */
  domains?: string;
  stage?: string;
}

async function documentOf(
  rules: string,
  claims: object = CLAIMS,
  { revoked = false, domains, stage = STAGE }: Circumstances = {},
): Promise<CallerDocument> {
  const gate = domains === undefined ? '' : `domains: { allow: ${domains} }\n`;
  const policy = compiled(
    `version: 1\n${gate}groups: { editor: { includes: [reader] }, reader: {} }\nrules:\n${rules.replace(/^/gm, '  ')}`,
  );
  const principal = await principalOf({ ...claims }, claimedOrigin({ ...claims }));
  return callerDocument(policy, principal, { nowSeconds: NOW, ttlSeconds: 60, revoked }, stage);
}

/** The resources of one effect, below the stage, without what is always denied. */
function below({ Statement }: CallerDocument, effect: 'Allow' | 'Deny'): string[] {
  return Statement.filter(({ Effect }) => Effect === effect)
    .flatMap(({ Resource }) => Resource)
    .map((resource) => resource.slice(STAGE.length + 1))
    .filter((resource) => !resource.startsWith('*'));
}

describe('a caller’s document', () => {
  it.each<[string, string[], string[]]>([
    ['- { id: a, allow: ["GET /a"] }', ['GET/a'], []],
    ['- { id: a, allow: ["GET /"] }', ['GET/'], []],
    ['- { id: a, allow: ["GET,POST /a/**"] }', ['GET/a', 'GET/a/?*', 'POST/a', 'POST/a/?*'], []],
    ['- { id: a, allow: ["GET /**"] }', ['GET/', 'GET/?*'], []],
    ['- { id: a, allow: ["GET /a/*"] }', ['GET/a/?*'], ['GET/a/?*/?*']],
    ['- { id: a, allow: ["GET /a/*/b"] }', ['GET/a/?*/b'], ['GET/a/?*/?*/b']],
    ['- { id: a, allow: ["GET /a/*/**"] }', ['GET/a/?*'], []],
    ['- { id: a, allow: ["GET /a/*"] }\n- { id: b, allow: ["GET /a/**"] }', ['GET/a', 'GET/a/?*'], []],
    ['- { id: a, allow: ["GET /u/{u}"], where: { u: "${claims.sub}" } }', ['GET/u/ada'], []],
    ['- { id: a, allow: ["GET /a"], to: { groups: [reader] } }', ['GET/a'], []],
    [
      '- { id: a, allow: ["GET /a/**"] }\n- { id: b, deny: ["GET /a/b"] }',
      ['GET/a', 'GET/a/?*'],
      ['GET/a/b', 'GET/a/b/'],
    ],
    [
      '- { id: a, allow: ["GET /a/**"] }\n- { id: b, deny: ["GET /a/b/**"] }',
      ['GET/a', 'GET/a/?*'],
      ['GET/a/b', 'GET/a/b/', 'GET/a/b/?*'],
    ],
    [
      '- { id: a, allow: ["GET /a/**"] }\n- { id: b, deny: ["ANY /**"], unless: { groups: [editor] } }',
      ['GET/a', 'GET/a/?*'],
      [],
    ],
    ['- { id: a, allow: ["GET /a/*/b/*"] }', ['GET/a/?*/b/?*'], ['GET/a/?*/?*/b/?*', 'GET/a/?*/b/?*/?*']],
    [
      '- { id: a, allow: ["GET /a/*/b/**"] }',
      ['GET/a/?*/b', 'GET/a/?*/b/?*'],
      ['GET/a/?*/?*/b', 'GET/a/?*/?*/b/?*'],
    ],
    ['- { id: a, allow: ["GET /*/*/**"] }', ['GET/?*/?*'], []],
    [
      '- { id: a, allow: ["GET /z"] }\n- { id: b, allow: ["GET /y", "GET /"] }',
      ['GET/z', 'GET/', 'GET/y'],
      [],
    ],
    ...[
      ['/', 'GET/'],
      ['/**', 'GET/', 'GET/?*'],
      ['/a/*', 'GET/a/?*'],
      ['/a/*/b', 'GET/a/?*/b', 'GET/a/?*/b/'],
      ['/a/*/b/**', 'GET/a/?*/b', 'GET/a/?*/b/', 'GET/a/?*/b/?*'],
      ['/*/**', 'GET/?*'],
    ].map(([path, ...denied]): [string, string[], string[]] => [
      `- { id: a, allow: ["GET /a/**"] }\n- { id: b, deny: ["GET ${path}"] }`,
      ['GET/a', 'GET/a/?*'],
      denied,
    ]),
    // No answer of another verb can be denied.
    ['- { id: a, allow: ["GET /a"] }\n- { id: b, deny: ["DELETE /**"] }', ['GET/a'], []],
    ['- { id: a, allow: ["GET /a", "CONNECT /"] }', ['GET/a'], []],
  ])('of %s', async (rules, allowed, denied) => {
    const made = await documentOf(rules);
    expect([below(made, 'Allow'), below(made, 'Deny')]).toEqual([allowed, denied]);
    expect(made.Statement).toHaveLength(2);
  });

  it('is a policy of IAM’s language', async () => {
    expect(await documentOf('- { id: a, allow: ["GET /a"] }')).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [`${STAGE}/GET/a`] },
        {
          Effect: 'Deny',
          Action: 'execute-api:Invoke',
          Resource: AMBIGUOUS.map((path) => `${STAGE}/${path}`),
        },
      ],
    });
  });

  it('never holds a bare wildcard in what it allows, and spells every verb', async () => {
    const made = await documentOf('- { id: a, allow: ["ANY /**", "ANY /a/*/b/{x}"] }');
    for (const resource of below(made, 'Allow')) {
      expect(resource).toMatch(/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\//);
      expect(resource.replaceAll('?*', '')).not.toMatch(/[*?]/);
    }
  });

  const NOTHING = [{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE}/*`] }];
  const OWN = '- { id: a, allow: ["GET /u/{u}"], where: { u: "${claims.v}" } }';

  it.each<[string, string, object, boolean]>([
    ['no rule', '- { id: a, allow: ["GET /a"], to: { groups: [other] } }', {}, false],
    ['a cut', '- { id: a, allow: ["GET /a"] }', CLAIMS, true],
    [
      'a sign-in too old when the answer is used',
      '- { id: a, allow: ["GET /a"], to: { auth_age: 1m } }',
      { ...CLAIMS, auth_time: NOW - 1 },
      false,
    ],
    ...['a*', '?', 'a/b', '${x}', '', 'a b', 'é', '%2e', 'v'.repeat(500)].map(
      (v): [string, string, object, boolean] => [`the value ${v.slice(0, 9)}`, OWN, { ...CLAIMS, v }, false],
    ),
    ['a value that is no text', OWN, { ...CLAIMS, v: ['a'] }, false],
  ])('of a caller with %s denies everything', async (_, rules, claims, revoked) => {
    const known = rules.replace('groups: [other]', 'scopes: [other]');
    expect((await documentOf(known, claims, { revoked })).Statement).toEqual(NOTHING);
  });

  it.each<[string, object, string[]]>([
    ['of the domain', { ...CLAIMS, email: 'ada@a.io', email_verified: true }, ['GET/a']],
    ['of another domain', { ...CLAIMS, email: 'ada@b.io', email_verified: true }, []],
    ['without a domain', CLAIMS, []],
    ['that is a machine', { sub: 'm', client_id: 'm', token_use: 'access' }, ['GET/a']],
  ])('of a caller %s', async (_, claims, allowed) => {
    const made = await documentOf('- { id: a, allow: ["GET /a"] }', claims, { domains: '[a.io]' });
    expect(below(made, 'Allow')).toEqual(allowed);
  });

  it('does not grow with a hundred groups of 128 characters', async () => {
    const groups = Array.from({ length: 100 }, (_, index) => `${index}*/:,"`.padEnd(128, 'g'));
    const rules = '- { id: a, allow: ["GET /a"], to: { groups: [reader] } }';
    const many = await documentOf(rules, { ...CLAIMS, 'cognito:groups': [...groups, 'editor'] });
    expect(many).toEqual(await documentOf(rules));
    expect(below(many, 'Allow')).toEqual(['GET/a']);
  });

  it('is of 7600 bytes at the most', async () => {
    const rules = (last: number) =>
      [...Array<number>(14).fill(400), last]
        .map((length, index) => `- { id: r${index}, allow: ["GET /${String(index).padEnd(length, 'p')}"] }`)
        .join('\n');
    const spare = MAX_DOCUMENT - sizeOf(await documentOf(rules(100)));
    expect(sizeOf(await documentOf(rules(100 + spare)))).toBe(MAX_DOCUMENT);
    await expect(documentOf(rules(101 + spare))).rejects.toThrow('over 8 KB');
  });

  // What stands before the path in an ARN of 511 characters, `GET/` included.
  const ROOM = 511 - STAGE.length - '/GET/'.length;

  it.each<[string, string[], string[]]>([
    [`/${'p'.repeat(ROOM)}`, [`GET/${'p'.repeat(ROOM)}`], []],
    [`/${'p'.repeat(ROOM + 1)}`, [], []],
    // The grant has room, and what keeps it to one segment has not.
    [`/${'p'.repeat(ROOM - 3)}/*`, [], []],
  ])('leaves out what would have more than 511 characters: %s', async (path, allowed, denied) => {
    const made = await documentOf(`- { id: a, allow: ["GET ${path}"] }`);
    expect([below(made, 'Allow'), below(made, 'Deny')]).toEqual([allowed, denied]);
  });

  it('whose denial would have more is a failure', async () => {
    const rules = (length: number) =>
      `- { id: a, allow: ["GET /a"] }\n- { id: b, deny: ["GET /${'p'.repeat(length)}"] }`;
    expect(below(await documentOf(rules(ROOM - 1)), 'Deny')).toHaveLength(2);
    await expect(documentOf(rules(ROOM))).rejects.toThrow('a denial is over 511 characters');
  });

  it('over 8 KB is a failure, and so is a stage that is none', async () => {
    const rules = Array.from(
      { length: 100 },
      (_, index) => `- { id: r${index}, allow: ["GET /path-${index}/**"] }`,
    ).join('\n');
    await expect(documentOf(rules)).rejects.toMatchObject({
      name: 'CallerDocumentError',
      code: 'CALLER_DOCUMENT',
      message: 'the document is over 8 KB',
    });
    const policy = compiled('version: 1');
    const principal = await principalOf(CLAIMS, claimedOrigin(CLAIMS));
    for (const stage of ['arn:aws:execute-api:eu-west-1:1:a/*', 'arn:aws:execute-api:eu-west-1:1:a/d?v'])
      expect(() =>
        callerDocument(policy, principal, { nowSeconds: NOW, ttlSeconds: 0, revoked: false }, stage),
      ).toThrow('wildcard');
  });
});

describe('the proof that documents are exact', () => {
  const issues = (rules: string, stage = 'dev', routes?: string[]) =>
    callerIssues(compiled(`version: 1\ngroups: { a: {}, b: {} }\nrules:\n${rules.replace(/^/gm, '  ')}`), {
      stage,
      routes: routes?.map((route) => parseDeclaredRoute(route) as DeclaredRoute),
    });

  it.each([
    ['- { id: r, allow: ["GET /a/**"] }'],
    ['- { id: r, allow: ["GET /a/*"] }\n- { id: s, allow: ["GET /a/**"] }'],
    ['- { id: r, allow: ["GET /a/*"] }\n- { id: s, allow: ["POST /a/*/b"] }'],
    ['- { id: r, allow: ["GET /a/*"] }\n- { id: s, allow: ["GET /b/**"] }'],
    ['- { id: r, allow: ["GET /a/{x}/**"], where: { x: "${claims.sub}" } }'],
    ['- { id: r, allow: ["GET /a/**"] }\n- { id: s, deny: ["GET /a/b/**", "DELETE /**"] }'],
    ['- { id: r, allow: ["GET /a/b/c"] }\n- { id: s, deny: ["GET /a/**"] }'],
    ['- { id: r, deny: ["GET /é/**"] }'],
    ['- { id: r, allow: ["CONNECT /"] }'],
    // Two denials do not disturb each other.
    ['- { id: r, deny: ["GET /a/*"] }\n- { id: s, deny: ["GET /a/**"] }'],
    ['- { id: r, deny: ["GET /a/*"] }\n- { id: s, allow: ["GET /b/**"] }'],
    ['- { id: r, allow: ["GET /*/*"] }\n- { id: s, allow: ["GET /*/**"] }'],
    [
      '- { id: r, allow: ["GET /{x}/*"], where: { x: "${claims.p}" } }\n- { id: s, allow: ["GET /{x}/**"], where: { x: "${claims.p}" } }',
    ],
  ])('is given for %s', (rules) => {
    expect(issues(rules)).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['- { id: r, allow: ["GET /a/*"] }\n- { id: s, allow: ["GET /a/*/b"] }', ['r', 's']],
    ['- { id: r, allow: ["GET /a/*"] }\n- { id: s, allow: ["GET /a/b/c"], to: { groups: [a] } }', ['r', 's']],
    [
      '- { id: r, allow: ["GET /a/*"] }\n- { id: s, allow: ["GET /{x}/**"], where: { x: "${claims.sub}" } }',
      ['r', 's'],
    ],
    ['- { id: r, allow: ["GET /*/b/**"] }', ['r']],
    ['- { id: r, allow: ["GET /a/**"] }\n- { id: s, deny: ["GET /a/*"] }', ['s', 'r']],
    ['- { id: r, allow: ["GET /é"] }', ['r']],
    [`- { id: r, allow: ["GET /${'a'.repeat(450)}"] }`, ['r']],
    [
      '- { id: r, allow: ["GET /a/*/b"] }\n- { id: s, allow: ["GET /{x}/{y}/{z}/b"], where: { x: "${claims.p}", z: "${claims.q}" } }',
      ['r', 's'],
    ],
    // A value may be any segment.
    [
      '- { id: r, allow: ["GET /{x}/*"], where: { x: "${claims.p}" } }\n- { id: s, allow: ["GET /a/**"] }',
      ['r', 's'],
    ],
    // One of its wildcards, or what is below them, disturbs; the other does not.
    ['- { id: r, deny: ["GET /*/b/*/c"] }\n- { id: s, allow: ["GET /x/y/b/z/c"] }', ['r', 's']],
    ['- { id: r, deny: ["GET /*/b/**"] }\n- { id: s, allow: ["GET /x/y/b/z"] }', ['r', 's']],
    // The wider grant is for another value, or for one where the narrow grant has any.
    ...['"GET /{x}/*"], where: { x: "${claims.p}" }', '"GET /*/*"]'].map((narrow): [string, string[]] => [
      `- { id: r, allow: [${narrow} }\n- { id: s, allow: ["GET /{x}/**"], where: { x: "\${claims.q}" } }`,
      ['r', 's'],
    ]),
    [
      '- { id: r, allow: ["GET /a/{x}/*"], where: { x: "${claims.p}" } }\n- { id: s, allow: ["GET /a/{x}/**"], where: { x: "${claims.q}" } }',
      ['r', 's'],
    ],
  ])('is refused for %s', (rules, named) => {
    expect(issues(rules).map((issue) => issue.rules)).toEqual([named]);
  });

  it('names each two rules once', () => {
    const rules =
      '- { id: r, allow: ["GET,PUT /a/*", "GET /b/*"] }\n- { id: s, allow: ["ANY /a/*/b", "GET /b/*/b"] }';
    expect(issues(`${rules}\n- { id: t, deny: ["GET /a/*"] }`).map((issue) => issue.rules)).toEqual([
      ['t', 's'],
      ['r', 's'],
    ]);
  });

  it.each<[string, string, string]>([
    [
      '- { id: r, allow: ["GET /*/b/**"] }',
      'a one-segment wildcard stands before a literal and `**`: in IAM a wildcard crosses `/`',
      'end the path at the literal, or use `answerMode: request`',
    ],
    ...(['allow', 'deny'] as const).map((effect): [string, string, string] => [
      `- { id: r, ${effect}: ["GET /a/*"] }\n- { id: s, allow: ["GET /a/*/b"] }`,
      `\`r\` ${effect === 'allow' ? 'grants' : 'denies'} one segment where \`s\` grants deeper paths: in IAM a wildcard crosses \`/\``,
      'use `**` in both, begin the paths differently, or use `answerMode: request`',
    ]),
    [
      '- { id: r, allow: ["GET /a/é"] }',
      '`é` may stand in an ARN in another form',
      'use letters, digits and . _ ~ @ : + = - in its paths, or `answerMode: request`',
    ],
    [
      `- { id: r, allow: ["GET /${'a'.repeat(450)}"] }`,
      'one of its paths takes a resource over the 511 characters that API Gateway takes',
      'shorten the path, or use `answerMode: request`',
    ],
  ])('says of %s what is wrong, and what helps', (rules, message, hint) => {
    expect(issues(rules)).toEqual([expect.objectContaining({ message, hint })]);
  });

  it('takes a resource of 511 characters at the longest', () => {
    const room =
      511 - 'arn:aws-us-gov:execute-api:us-gov-east-1:123456789012:abcdefghij/$default/DELETE/'.length;
    const rule = (length: number) => `- { id: r, allow: ["GET,DELETE /${'p'.repeat(length)}"] }`;
    expect([issues(rule(room)).length, issues(rule(room + 1)).length]).toEqual([0, 1]);
  });

  it.each<[string, string[], number]>([
    [
      '- { id: r, allow: ["DELETE /a/**"] }\n- { id: s, deny: ["DELETE /a/*"] }',
      ['DELETE /a/{id}', 'GET /{proxy+}'],
      0,
    ],
    ['- { id: r, allow: ["DELETE /a/**"] }\n- { id: s, deny: ["DELETE /a/*"] }', ['DELETE /a/{id}/b'], 1],
    ['- { id: r, allow: ["DELETE /a/**"] }\n- { id: s, deny: ["DELETE /a/*"] }', ['ANY /{proxy+}'], 1],
    [
      '- { id: r, allow: ["GET /a/*"] }\n- { id: s, allow: ["GET /a/*/b"] }',
      ['GET /a/{id}', 'POST /a/{id}/b'],
      0,
    ],
    [
      '- { id: r, allow: ["GET /a/*"] }\n- { id: s, allow: ["GET /a/*/b"] }',
      ['GET /a/{id}', 'GET /a/{id}/b'],
      1,
    ],
    ['- { id: r, allow: ["GET /a/*"] }\n- { id: s, allow: ["GET /a/*/b"] }', [], 0],
  ])('for %s with the routes %j: %i', (rules, routes, count) => {
    expect(issues(rules, 'dev', routes)).toHaveLength(count);
  });

  it.each<[string, boolean]>([
    ['GET /', true],
    ['ANY /{proxy+}', true],
    ['GET /a/{id}/b', true],
    ['get /', false],
    ['GET a', false],
    ['GET /a/', false],
    ['GET /{proxy+}/a', false],
    ['GET /a*', false],
    ['CONNECT /', false],
    ['', false],
    ['1 GET /a', false],
    ['GET /a b', false],
    ['GET /a{id}', false],
    ['GET /{id}a', false],
    ['GET /a{proxy+}', false],
    ['GET /{proxy+}a', false],
  ])('reads the declared route %j: %j', (text, isRoute) => {
    expect(parseDeclaredRoute(text) !== null).toBe(isRoute);
  });

  it('reads the root as no segment at all, and the rest as one or more', () => {
    const languages = ['GET /', 'GET /a/{id}', 'GET /a/{proxy+}'].map(
      (text) => parseDeclaredRoute(text)?.language,
    );
    expect(languages).toEqual([[], ['a', ONE], ['a', ONE, STAR]]);
  });

  it('is refused for what would be over 8 KB, the heaviest rule first', () => {
    const many = Array.from({ length: 100 }, (_, index) => `- { id: r${index}, allow: ["GET /p${index}"] }`);
    const [issue] = issues(
      [
        ...many,
        '- { id: r50-heavy, allow: ["ANY /h/*/i/*"] }',
        '- { id: web-socket, allow: ["CONNECT /"] }',
      ].join('\n'),
    );
    expect(issue?.rules[0]).toBe('r50-heavy');
    expect(issue?.rules).not.toContain('web-socket');
    expect(issue?.message).toMatch(/document of \d+ bytes, and API Gateway takes 7600/);
    expect(issue?.hint).toBe(
      'write verbs in place of `ANY`, use fewer patterns, or `answerMode: request`; the heaviest rules stand first',
    );
    // The longer the stage's name, the less fits.
    const some = many.slice(0, 30).join('\n');
    expect([issues(some).length, issues(some, 's'.repeat(128)).length]).toEqual([0, 1]);
  });

  it('never says fewer bytes than a document has', async () => {
    const rules = [
      '- { id: r, allow: ["ANY /a/*/b", "GET /c/**"], to: { groups: [reader] } }',
      '- { id: s, deny: ["GET /c/*"] }',
      '- { id: t, allow: ["GET /d"], to: { groups: [other] } }',
    ].join('\n');
    const text = `version: 1\ngroups: { editor: { includes: [reader] }, reader: {}, other: {} }\nrules:\n${rules.replace(/^/gm, '  ')}`;
    const sizes = Object.fromEntries(
      documentSizes(compiled(text), 'dev').map(({ group, bytes }) => [String(group), bytes]),
    );
    const made = await documentOf(rules.replace('groups: [other]', 'scopes: [other]'));
    expect(sizes['editor']).toBeGreaterThanOrEqual(JSON.stringify(made).length);
    expect(sizes['editor']).toBe(sizes['reader']);
    expect(Number(sizes['null'])).toBeLessThan(Number(sizes['other']));
    expect(Number(sizes['other'])).toBeLessThan(Number(sizes['reader']));
  });

  it('says the bytes of the document in the longest ARN of a stage: one more for a comma', async () => {
    const rules = [
      '- { id: r, allow: ["ANY /articles/*/b", "GET /c/**"] }',
      '- { id: s, deny: ["GET /c/*", "PUT /c/d"] }',
    ].join('\n');
    const longest = 'arn:aws-us-gov:execute-api:us-gov-east-1:123456789012:abcdefghij';
    const text = `version: 1\nrules:\n${rules.replace(/^/gm, '  ')}`;
    const bytes = (stage?: string) => documentSizes(compiled(text), stage)[0]?.bytes;
    for (const stage of ['$default', 'production', 's'.repeat(128)])
      expect(bytes(stage)).toBe(
        1 + sizeOf(await documentOf(rules, CLAIMS, { stage: `${longest}/${stage}` })),
      );
    // What an HTTP API calls its stage; and the longest name, where none is known.
    expect([bytes('dev'), bytes()]).toEqual([bytes('$default'), bytes('s'.repeat(128))]);
  });

  it('counts a rule for each of its groups', () => {
    const text =
      'version: 1\ngroups: { a: {}, b: {} }\nrules: [{ id: r, allow: ["GET /a"], to: { groups: [a, b] } }]';
    const [none = 0, ...some] = documentSizes(compiled(text)).map(({ bytes }) => bytes);
    expect(some.map((bytes) => bytes > none)).toEqual([true, true]);
  });

  it('takes a document of 7600 bytes at the largest', () => {
    const rules = (last: number) =>
      [...Array<number>(13).fill(400), last]
        .map((length, index) => `- { id: r${index}, allow: ["GET /${String(index).padEnd(length, 'p')}"] }`)
        .join('\n');
    const [size] = documentSizes(compiled(`version: 1\nrules:\n${rules(100).replace(/^/gm, '  ')}`), 'dev');
    const spare = MAX_DOCUMENT - Number(size?.bytes);
    expect([issues(rules(100 + spare)).length, issues(rules(101 + spare)).length]).toEqual([0, 1]);
  });
});
