/** The packed command against an account at the wire. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { RULES } from '../../shared/pool/audit/rules.ts';
import { cleanAccount, HTTP_API, REST_API, SECRETS } from '../support/audited-account.ts';
import { IDENTITY_POOL_ID, POOL_ID } from '../support/audit-facts.ts';
import { buildCommand, run, temporaryFolder } from '../support/bundles.ts';
import { type ReadingAws, startReadingAws } from '../support/reading-aws.ts';

const folder = temporaryFolder();
let command = '';
let aws: ReadingAws;

const EVERYTHING = [
  '--identity-pool',
  IDENTITY_POOL_ID,
  '--rest-api',
  REST_API,
  '--http-api',
  HTTP_API,
  '--stage',
  'dev',
];

beforeAll(async () => {
  command = await buildCommand(folder.path);
});
beforeEach(async () => {
  aws = await startReadingAws(cleanAccount());
});
afterEach(() => aws.close());
afterAll(folder.remove);

const audit = (...args: string[]) =>
  run(process.execPath, [command, 'audit', POOL_ID, '--endpoint', aws.endpoint, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder.path,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  });

interface Report {
  pool: string;
  region: string;
  findings: { id: string; evidence: { subject: string; detail: string }[] }[];
  examined: string[];
  notExamined: { kind: string; what: string; why: string; rules: string[] }[];
  ignored: string[];
}
const reportOf = async (...args: string[]) => {
  const { code, stdout, stderr } = await audit('--json', ...args);
  expect(stderr).toBe('');
  return { code, report: JSON.parse(stdout) as Report };
};

describe('an account in which all is well', () => {
  it('has nothing found in it, and everything examined', async () => {
    expect(await audit(...EVERYTHING)).toEqual({
      code: 0,
      stdout: `${POOL_ID}: nothing found; ${RULES.length} rules examined in full\n`,
      stderr: '',
    });
  });

  it('needs no API and no identity pool, and says what was left out', async () => {
    const { code, report } = await reportOf();
    expect(code).toBe(0);
    expect(report).toMatchObject({ pool: POOL_ID, region: 'eu-west-1', findings: [], ignored: [] });
    expect(report.notExamined.map(({ kind, what, why }) => [kind, what, why])).toEqual([
      ['not_given', 'the identity pool', 'give --identity-pool'],
      ['not_given', 'an API', 'give --rest-api or --http-api'],
    ]);
    const rest = report.notExamined.flatMap(({ rules }) => rules);
    expect([...report.examined, ...rest].toSorted()).toEqual(RULES.map(({ id }) => id).toSorted());
  });
});

describe('what is found', () => {
  it('is told to people gravest first, without secrets', async () => {
    aws.account.pool['DeletionProtection'] = 'INACTIVE';
    aws.account.pool['UserAttributeUpdateSettings'] = {};
    aws.account.groups.push({ GroupName: 'be\u001b[2Jta' });
    const { code, stdout, stderr } = await audit();
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(
      stdout,
    ).toBe(`HIGH     POOL_CLIENT_WRITES_EMAIL  people can change their e-mail address to anybody’s
         app client web (1example23456789): WriteAttributes has \`email\`, and a change is effective at once
  mend   set AttributesRequireVerificationBeforeUpdate to [email] in the pool, or take \`email\` out of the client’s WriteAttributes
  page   docs/audit/POOL_CLIENT_WRITES_EMAIL.md

MEDIUM   POOL_UPDATE_UNVERIFIED  a changed address or number is effective before it is verified
         user pool: AttributesRequireVerificationBeforeUpdate lacks \`email\`
  mend   set UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate to every attribute of AutoVerifiedAttributes
  page   docs/audit/POOL_UPDATE_UNVERIFIED.md

MEDIUM   POOL_DELETION_UNPROTECTED  one call deletes the pool and all its users
         user pool: DeletionProtection is INACTIVE
  mend   set DeletionProtection to ACTIVE
  page   docs/audit/POOL_DELETION_UNPROTECTED.md

LOW      POOL_GROUP_UNKNOWN  the pool has a group that the policy does not know
         group be\\u{1b}[2Jta: is not under \`groups\`
  mend   name the group in the policy, or delete it; it stays in tokens, and no rule can be for it
  page   docs/audit/POOL_GROUP_UNKNOWN.md

not examined
  - the identity pool (give --identity-pool): 10 rules
  - an API (give --rest-api or --http-api): 9 rules

${POOL_ID}: 1 high, 2 medium, 1 low; ${RULES.length - 19} rules examined in full
`);
  });

  it('never holds a secret, in whatever form', async () => {
    aws.account.pool['DeletionProtection'] = 'INACTIVE';
    aws.refused.set('iam:GetRole', 'AccessDenied');
    for (const form of ['--json', '--sarif', '--fail-on=never']) {
      const { stdout, stderr } = await audit(form, ...EVERYTHING);
      for (const secret of [...SECRETS, 'user/auditor']) expect(stdout + stderr).not.toContain(secret);
    }
  });

  it.each([
    ['low', 1],
    ['medium', 1],
    ['high', 0],
    ['never', 0],
  ])('fails on a medium finding with --fail-on %s: %i', async (floor, code) => {
    aws.account.pool['DeletionProtection'] = 'INACTIVE';
    expect(await audit('--fail-on', floor)).toMatchObject({ code });
  });

  it('is left out with --ignore, which is said', async () => {
    aws.account.pool['DeletionProtection'] = 'INACTIVE';
    const { code, stdout } = await audit('--ignore', 'POOL_DELETION_UNPROTECTED');
    expect(code).toBe(0);
    expect(stdout).toContain('ignored  POOL_DELETION_UNPROTECTED\n');
  });

  it('is measured by the hosts and routes that are named', async () => {
    Object.assign(aws.account.clients[0] as object, {
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      CallbackURLs: ['https://app.example.com/'],
      SupportedIdentityProviders: ['COGNITO'],
    });
    aws.account.http.routes.push({ routeKey: 'GET /health', authorizationType: 'NONE' });
    const open = await reportOf('--http-api', HTTP_API, '--host', 'www.example.com');
    expect(open.report.findings.map(({ id }) => id).toSorted()).toEqual([
      'API_ROUTE_OPEN',
      'POOL_CLIENT_URL_FOREIGN',
    ]);
    const named = await reportOf('--http-api', HTTP_API, '--host', '*.example.com', '--open', 'GET /health');
    expect(named.report.findings).toEqual([]);
  });

  it('needs a policy for what only a policy says', async () => {
    const alone = folder.write('alone.yml', 'version: 1\n');
    const { report } = await reportOf('--policy', alone);
    expect(report.findings.map(({ id }) => id)).toEqual(['POOL_SIGN_UP_BESIDE_ADMINS', 'POOL_GROUP_UNKNOWN']);
    const { stdout, code } = await run(
      process.execPath,
      [command, 'audit', POOL_ID, '--endpoint', aws.endpoint, '--json'],
      { cwd: folder.path, env: { HOME: folder.path, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' } },
    );
    const without = JSON.parse(stdout) as Report;
    expect(code).toBe(0);
    expect(without.notExamined[0]).toMatchObject({ kind: 'not_given', why: 'give --policy' });
    expect(without.examined).not.toContain('POOL_GROUP_UNKNOWN');
  });
});

describe('what cannot be read', () => {
  it('is not examined: exit 3', async () => {
    aws.refused.set('lambda:GetPolicy', 'AccessDenied');
    const { code, stdout } = await audit();
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /! lambda:GetPolicy of arn:\S+ \(AccessDeniedException\): POOL_TRIGGER_NOT_CALLABLE, /,
    );
  });

  it('a finding still counts beside it', async () => {
    aws.account.pool['DeletionProtection'] = 'INACTIVE';
    aws.refused.set('lambda:GetPolicy', 'AccessDenied');
    expect(await audit()).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('  ! lambda:GetPolicy of arn:'),
    });
  });

  it.each<[string, string[], RegExp]>([
    [
      'a pool that is not there',
      ['eu-west-1_Nowhere'],
      /there is no user pool eu-west-1_Nowhere in this account and Region \(eu-west-1\)/,
    ],
    ['a policy that is none', [POOL_ID, '--policy', 'test/cases/example-errors.yml'], /POLICY_PATTERN/],
    ['a policy that is not there', [POOL_ID, '--policy', 'nowhere.yml'], /cannot read nowhere.yml/],
  ])('%s: exit 3', async (_, args, text) => {
    const { code, stdout, stderr } = await run(
      process.execPath,
      [command, 'audit', ...args, '--endpoint', aws.endpoint],
      {
        env: { HOME: folder.path, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
      },
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(text);
  });

  it('AWS that is out of reach is said, by how it is: exit 3', async () => {
    const { code, stderr } = await run(
      process.execPath,
      [command, 'audit', POOL_ID, '--endpoint', 'http://127.0.0.1:9'],
      { env: { HOME: folder.path, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' } },
    );
    expect(code).toBe(3);
    expect(stderr).toMatch(/cannot be described \(ECONNREFUSED\)\n {2}help: /);
  });

  it('a pool that may not be described: exit 3', async () => {
    aws.refused.set('cognito-idp:DescribeUserPool', 'AccessDenied');
    const { code, stderr } = await audit();
    expect(code).toBe(3);
    expect(stderr).toMatch(/cannot be described \(AccessDeniedException\)\n {2}help: /);
  });
});

describe('words that are off', () => {
  it.each<[string, string[], RegExp]>([
    ['no pool id', ['pool'], /no user pool id/],
    ['two forms', [POOL_ID, '--json', '--sarif'], /give one/],
    ['a stage of nothing', [POOL_ID, '--stage', 'dev'], /name the API/],
    ['a rule that is none', [POOL_ID, '--ignore', 'POOL_MFA_OF'], /did you mean POOL_MFA_OFF/],
    ['a host that is a URL', [POOL_ID, '--host', 'https://app.example.com'], /is no host name/],
    ['an identity pool that is none', [POOL_ID, '--identity-pool', POOL_ID], /no identity pool id/],
    ['a route without its verb', [POOL_ID, '--open', '/health'], /is no route\n {2}help: .*"GET \/health"/],
    ['an endpoint that is no URL', [POOL_ID, '--endpoint', 'localhost:4566'], /URL like http:/],
    ['a severity that is none', [POOL_ID, '--fail-on', 'grave'], /low, medium, high, never/],
  ])('%s: exit 2', async (_, args, text) => {
    const { code, stdout, stderr } = await run(process.execPath, [command, 'audit', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(text);
  });
});

describe('SARIF', () => {
  it('is valid, with a result for each piece of evidence', async () => {
    aws.account.pool['DeletionProtection'] = 'INACTIVE';
    aws.account.groups.push({ GroupName: 'one' }, { GroupName: 'two' });
    const { code, stdout } = await audit('--sarif');
    expect(code).toBe(1);
    const log: unknown = JSON.parse(stdout);
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', 'support', 'sarif-2.1.0.json'), 'utf8'),
    ) as object;
    const ajv = new Ajv({ strict: false, logger: false, validateFormats: false, unicodeRegExp: false });
    const validate = ajv.compile(schema);
    expect(validate(log) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...(log as object), version: '2.0.0' })).toBe(false);
    expect(log).toMatchObject({
      runs: [
        {
          invocations: [{ executionSuccessful: true }],
          results: [
            { ruleId: 'POOL_DELETION_UNPROTECTED', level: 'warning' },
            {
              ruleId: 'POOL_GROUP_UNKNOWN',
              level: 'note',
              message: { text: 'group one: is not under `groups`' },
            },
            { ruleId: 'POOL_GROUP_UNKNOWN', level: 'note' },
          ],
        },
      ],
    });
    const { results } = (log as { runs: { results: { partialFingerprints: object; ruleIndex: number }[] }[] })
      .runs[0] ?? { results: [] };
    expect(new Set(results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints))).size).toBe(
      3,
    );
  });
});
