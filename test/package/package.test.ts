/** What `serverless package` gives, and what it refuses: offline, without credentials. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import * as keys from '../../shared/store/keys.ts';
import { HTTP_API, REST_API } from '../support/audited-account.ts';
import { POOL_ID } from '../support/audit-facts.ts';
import {
  buildCommand,
  checkout,
  FUNCTION_NAMES,
  offline,
  ROOT,
  run,
  temporaryFolder,
} from '../support/bundles.ts';
import { startReadingAws } from '../support/reading-aws.ts';
import { decided, dependenciesOf, type Resource, readTemplate, type Template } from '../support/template.ts';
import { accountOf } from '../support/template-account.ts';

const EXISTING = ['userPoolId=eu-west-1_AbCdEf123', 'appClientIds=client1'];
const folder = temporaryFolder();
const root = checkout(folder.path);
afterAll(folder.remove);

const env = offline(folder.path);
const build = (...args: string[]) =>
  run(process.execPath, [join(root, 'scripts', 'build.ts'), ...args], { cwd: root, env });
const pack = (params: string[] = [], stage = 'dev', more: Record<string, string> = {}) =>
  run(
    join(ROOT, 'node_modules', '.bin', 'serverless'),
    ['package', '--stage', stage, ...params.flatMap((param) => ['--param', param])],
    { cwd: root, env: { ...env, ...more } },
  );
const template = (): Template => readTemplate(join(root, '.serverless'));
const archive = (name: string) => readFileSync(join(root, '.serverless', `${name}.zip`));
const digests = () => FUNCTION_NAMES.map((name) => createHash('sha256').update(archive(name)).digest('hex'));

beforeAll(async () => {
  expect(await build()).toMatchObject({ code: 0 });
});

describe('the packaged stack', () => {
  let packed: Template;
  const of = (type: string) => Object.values(packed.Resources).filter((resource) => resource.Type === type);
  const resource = (name: string) => packed.Resources[name] as Resource;

  beforeAll(async () => {
    const { code, stdout, stderr } = await pack(['mailFrom=no-reply@mail.example', 'mailFromName=Example']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).not.toMatch(/warning|deprecat/i);
    packed = template();
  });

  it.each(FUNCTION_NAMES)('%s.zip holds its bundle, its chunks and its maps, and nothing else', (name) => {
    const files = unzipSync(archive(name));
    const built = join(root, 'build', name);
    expect(Object.keys(files).toSorted()).toEqual(readdirSync(built).toSorted());
    for (const [file, content] of Object.entries(files)) {
      expect(file).toMatch(/^(index|chunk-\w+)\.mjs(\.map)?$/);
      expect(readFileSync(join(built, file)).equals(content)).toBe(true);
    }
  });

  it('is the same to the byte when it is built and packed again, elsewhere in time', async () => {
    const before = digests();
    await build();
    await pack([], 'dev', { TZ: 'Pacific/Auckland' });
    expect(digests()).toEqual(before);
  });

  it('runs on Lambda’s Node, on arm64, within what callers wait', () => {
    const functions = of('AWS::Lambda::Function').map(({ Properties }) => Properties);
    expect(functions).toHaveLength(FUNCTION_NAMES.length);
    for (const each of functions) {
      expect(each).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
      });
      expect(each['Timeout']).toBeLessThan(5);
    }
  });

  it('keeps each function’s log for 90 days', () => {
    const groups = of('AWS::Logs::LogGroup').map(({ Properties }) => Properties['RetentionInDays']);
    expect(groups).toEqual(Array.from({ length: FUNCTION_NAMES.length + 1 }, () => 90));
  });

  it('lets each function do this, and nothing else', () => {
    const grants = Object.entries(packed.Resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([name, { Properties }]) => [
        name,
        grantsOf((Properties['Role'] as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0] ?? ''),
      ]);
    const log = (name: string) => [`logs:CreateLogStream logs:PutLogEvents on ${name}.Arn`];
    expect(Object.fromEntries(grants)).toEqual({
      AuthorizerLambdaFunction: [...log('AuthorizerLogGroup'), 'dynamodb:Query on Table.Arn for CUT'],
      DemoLambdaFunction: log('DemoLogGroup'),
      PostDashconfirmationLambdaFunction: [
        ...log('PostDashconfirmationLogGroup'),
        'dynamodb:GetItem dynamodb:PutItem on Table.Arn for PROFILE#* UNFINISHED#*',
        'dynamodb:DeleteItem on Table.Arn for UNFINISHED#*',
        'ses:SendEmail on identity/no-reply@mail.example identity/mail.example as no-reply@mail.example',
        'cognito-idp:AdminAddUserToGroup on the pool',
      ],
      InboundDashfederationLambdaFunction: log('InboundDashfederationLogGroup'),
      PreDashsignDashupLambdaFunction: [
        ...log('PreDashsignDashupLogGroup'),
        'dynamodb:GetItem on Table.Arn for INVITE',
        'cognito-idp:ListUsers cognito-idp:AdminLinkProviderForUser on the pool',
      ],
      PreDashtokenDashgenerationLambdaFunction: [
        ...log('PreDashtokenDashgenerationLogGroup'),
        'dynamodb:GetItem dynamodb:PutItem on Table.Arn for PROFILE#*',
        'dynamodb:GetItem dynamodb:DeleteItem on Table.Arn for UNFINISHED#*',
        'dynamodb:GetItem on Table.Arn for BLOCK#*',
        'cognito-idp:AdminAddUserToGroup on the pool',
      ],
      DefineDashauthDashchallengeLambdaFunction: log('DefineDashauthDashchallengeLogGroup'),
      CreateDashauthDashchallengeLambdaFunction: [
        ...log('CreateDashauthDashchallengeLogGroup'),
        'dynamodb:GetItem dynamodb:PutItem on Table.Arn for CHALLENGE#*',
        'ses:SendEmail on identity/no-reply@mail.example identity/mail.example as no-reply@mail.example',
      ],
      VerifyDashauthDashchallengeLambdaFunction: [
        ...log('VerifyDashauthDashchallengeLogGroup'),
        'dynamodb:GetItem dynamodb:PutItem on Table.Arn for CHALLENGE#*',
      ],
    });
    expect(resource('MailPolicy')).toMatchObject({ Condition: 'SendsMail' });
    expect(packed.Conditions?.['SendsMail']).toEqual({
      'Fn::Not': [{ 'Fn::Equals': ['no-reply@mail.example', ''] }],
    });
    // No role that no function has, no managed policy, and no policy on the side of any other role.
    expect(of('AWS::IAM::Role')).toHaveLength(FUNCTION_NAMES.length);
    expect(of('AWS::IAM::Role').some(({ Properties }) => 'ManagedPolicyArns' in Properties)).toBe(false);
    expect(of('AWS::IAM::ManagedPolicy')).toEqual([]);
    const others = of('AWS::IAM::Policy').flatMap(
      ({ Properties }) => Properties['Roles'] as { Ref: string }[],
    );
    for (const { Ref } of others) expect(resource(Ref).Type).toBe('AWS::IAM::Role');
  });

  it('lets each function reach the items that its bundle knows the keys of, and no others', () => {
    for (const name of FUNCTION_NAMES) {
      const role = `${name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}Role`;
      const granted = statementsOf(role).flatMap(leadingKeysOf).toSorted();
      const known = partitions().filter((partition) => knows(name, partition));
      expect({ name, granted: [...new Set(granted)] }).toEqual({ name, granted: known.toSorted() });
    }
  });

  const statementsOf = (role: string): Statement[] => {
    const { Policies = [] } = decided(packed, packed.Resources[role]?.Properties ?? {}) as {
      Policies?: Policy[];
    };
    const beside = of('AWS::IAM::Policy')
      .map(({ Properties }) => Properties as unknown as Policy)
      .filter(({ Roles = [] }) => Roles.some(({ Ref }) => Ref === role));
    return [...Policies, ...beside].flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  };

  function grantsOf(role: string): string[] {
    return statementsOf(role).map((statement) => {
      const { Effect, Action, Resource: on } = statement;
      expect(Effect).toBe('Allow');
      const keysOf = leadingKeysOf(statement);
      const items = keysOf.length > 0 ? ` for ${keysOf.join(' ')}` : '';
      const sender = statement.Condition?.['StringEquals']?.['ses:FromAddress'];
      const as = sender === undefined ? '' : ` as ${String(sender)}`;
      return `${[Action].flat().join(' ')} on ${[on].flat().map(nameOf).join(' ')}${items}${as}`;
    });
  }

  /** A resource of the stack, an identity of SES, or the one user pool, whoever has made it. */
  function nameOf(on: Target): string {
    if ('Fn::GetAtt' in on) return on['Fn::GetAtt'].join('.');
    if ('Fn::Sub' in on) {
      const [form = '', { domain = null } = {}] = [on['Fn::Sub']].flat() as [string?, { domain?: Domain }?];
      const arn = form.replace('${domain}', domain?.['Fn::Select'][1]['Fn::Split'][1].split('@')[1] ?? '');
      expect(arn).toMatch(
        /^arn:\$\{AWS::Partition\}:ses:\$\{AWS::Region\}:\$\{AWS::AccountId\}:identity\/[^*]+$/,
      );
      return arn.slice(arn.indexOf('identity/'));
    }
    const [condition, own, existing] = on['Fn::If'];
    expect({ condition, own }).toEqual({
      condition: 'MakesPool',
      own: { 'Fn::GetAtt': ['UserPool', 'Arn'] },
    });
    expect(JSON.stringify(existing)).toMatch(/^{"Fn::Sub":"[^*]*:userpool\/[^*]*"}$/);
    return 'the pool';
  }

  /** Of a statement about the table, which must say them; none of any other. */
  function leadingKeysOf({ Resource: on, Action, Condition = {} }: Statement): string[] {
    if (Array.isArray(on) || !('Fn::GetAtt' in on) || on['Fn::GetAtt'][0] !== 'Table') return [];
    const granted = (Condition['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []) as string[];
    // `ForAllValues` holds for a call without keys; such a call, and Scan above all, is shut out twice.
    expect(Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': granted },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    for (const action of [Action].flat())
      expect(action).toMatch(/^dynamodb:(?:(?:Get|Put|Delete)Item|Query)$/);
    return granted;
  }

  /** The forms of every partition key: `PROFILE#*`, or the whole of one that is always the same. */
  function partitions(): string[] {
    return [
      ...new Set(
        Object.values(keys).map((keyOf) => keyOf('-' as never, '-' as never, '-').pk.replace(/#.*/, '#*')),
      ),
    ];
  }

  /** Whether a function's code holds a partition key: what it does not use is not bundled. */
  function knows(name: string, partition: string): boolean {
    const form = partition.endsWith('*') ? partition.slice(0, -1) : `${partition}["'\`]`;
    const bundle = join(root, 'build', name);
    return readdirSync(bundle)
      .filter((file) => file.endsWith('.mjs'))
      .some((file) => new RegExp(`["'\`]${form}`).test(readFileSync(join(bundle, file), 'utf8')));
  }

  it('lets only these call a function', () => {
    const callers = of('AWS::Lambda::Permission').map(({ Properties }) => {
      const { Principal, SourceArn, SourceAccount } = Properties;
      expect(SourceArn).toBeDefined();
      return `${String(Principal)}${SourceAccount ? ' of this account' : ''}`;
    });
    expect(new Set(callers)).toEqual(
      new Set(['apigateway.amazonaws.com', 'cognito-idp.amazonaws.com of this account']),
    );
  });

  it('puts every route behind the authorizer, but for OPTIONS', () => {
    const methods = of('AWS::ApiGateway::Method').map(({ Properties }) => Properties);
    for (const { HttpMethod, AuthorizationType } of methods)
      expect({ HttpMethod, AuthorizationType }).toEqual(
        HttpMethod === 'OPTIONS'
          ? { HttpMethod, AuthorizationType: 'NONE' }
          : { HttpMethod, AuthorizationType: 'CUSTOM' },
      );
    const routes = of('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties);
    for (const { RouteKey, AuthorizationType } of routes)
      expect({ RouteKey, AuthorizationType }).toEqual({
        RouteKey,
        AuthorizationType: String(RouteKey).startsWith('OPTIONS ') ? undefined : 'CUSTOM',
      });
    expect([methods.length, routes.length]).toEqual([4, 4]);
  });

  it('answers what the gateway answers by itself with CORS headers, from the first deployment on', () => {
    const responses = Object.entries(packed.Resources).filter(
      ([, { Type }]) => Type === 'AWS::ApiGateway::GatewayResponse',
    );
    expect(responses.map(([, { Properties }]) => String(Properties['ResponseType'])).toSorted()).toEqual([
      'ACCESS_DENIED',
      'DEFAULT_4XX',
      'DEFAULT_5XX',
      'UNAUTHORIZED',
    ]);
    for (const [, { Properties }] of responses)
      expect(Properties['ResponseParameters']).toMatchObject({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
      });
    expect(resource('HttpApi').Properties['CorsConfiguration']).toMatchObject({
      AllowOrigins: ['*'],
      AllowHeaders: ['Authorization', 'Content-Type'],
    });
    const [deployment] = of('AWS::ApiGateway::Deployment');
    expect(deployment?.DependsOn).toEqual(expect.arrayContaining(responses.map(([name]) => name)));
  });

  it('makes a pool and APIs in which the audit finds nothing, and examines everything', async () => {
    const groups = ['admin', 'editor', 'reader'];
    const aws = await startReadingAws(accountOf(packed, groups));
    try {
      const args = [
        'audit',
        POOL_ID,
        '--rest-api',
        REST_API,
        '--http-api',
        HTTP_API,
        '--endpoint',
        aws.endpoint,
      ];
      const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
      const command = await buildCommand(join(folder.path, 'dist'));
      const { code, stdout } = await run(process.execPath, [command, ...args, '--json'], {
        cwd: root,
        env: { ...env, ...credentials },
      });
      expect(JSON.parse(stdout)).toMatchObject({
        findings: [],
        notExamined: [
          { kind: 'not_given', why: 'give --identity-pool' },
          { kind: 'not_given', why: 'give --rest-api with --stage' },
        ],
      });
      expect(code).toBe(0);
    } finally {
      await aws.close();
    }
  });

  it('keeps users and data when the stack goes', () => {
    expect(resource('UserPool')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtection: 'ACTIVE', UserPoolTier: 'ESSENTIALS' },
    });
    expect(resource('Table')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      },
    });
  });

  it('names no resource in a circle', () => {
    // Both sides of every condition at once, which is more than CloudFormation looks at.
    expect(circleIn(packed)).toBeNull();
    const withCircle = structuredClone(packed);
    withCircle.Resources['PreSignUpRole'] = { Type: 'x', Properties: { of: { Ref: 'UserPool' } } };
    expect(circleIn(withCircle)).toContain('PreSignUpRole');
  });

  it('tells other stacks what they need', () => {
    const exported = Object.values(packed.Outputs).flatMap((output) => output.Export?.Name ?? []);
    expect(exported).toEqual(
      expect.arrayContaining(
        [
          'AuthorizerArn',
          'PreSignUpArn',
          'InboundFederationArn',
          'PreTokenGenerationArn',
          'DefineAuthChallengeArn',
          'CreateAuthChallengeArn',
          'VerifyAuthChallengeArn',
          'UserPoolId',
          'AppClientIds',
          'TableName',
        ].map((name) => `gatehouse-dev-${name}`),
      ),
    );
  });
});

describe('parameters', () => {
  const environment = (name: string) => (template().Resources[name] as Resource).Properties['Environment'];

  it.each([0, 300])('one sets the gateway’s TTL and the bundle’s: %i s', async (seconds) => {
    expect(await pack([`authorizerTtl=${seconds}`])).toMatchObject({ code: 0 });
    const authorizer = Object.values(template().Resources).find(
      ({ Type }) => Type === 'AWS::ApiGateway::Authorizer',
    );
    expect(authorizer?.Properties).toMatchObject({
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: seconds,
      IdentitySource: 'method.request.header.Authorization, context.httpMethod, context.path',
    });
    expect(environment('AuthorizerLambdaFunction')).toMatchObject({
      Variables: { AUTHORIZER_TTL_SECONDS: String(seconds) },
    });
  });

  it.each([
    ['on', { Ref: 'Table' }],
    ['off', ''],
  ])('revocation=%s: the authorizer is told the table, or not', async (value, table) => {
    expect(await pack([`revocation=${value}`])).toMatchObject({ code: 0 });
    expect(environment('AuthorizerLambdaFunction')).toMatchObject({ Variables: { TABLE_NAME: table } });
  });

  it('revocation is on or off, and nothing else is packed', async () => {
    const { code, stdout, stderr } = await pack(['revocation=yes']);
    expect({ code, said: stdout + stderr }).toEqual({
      code: 1,
      said: expect.stringContaining('authorizer.environment.TABLE_NAME'),
    });
  });

  it('reserve concurrency, observe, name the web page’s origin, and leave the demo out', async () => {
    const origin = 'https://app.example.com';
    await pack([...EXISTING, 'reservedConcurrency=20', 'mode=observe', `corsOrigin=${origin}`]);
    const { Resources: resources } = template();
    expect(resources['AuthorizerLambdaFunction']?.Properties['ReservedConcurrentExecutions']).toBe(20);
    expect(environment('PreDashsignDashupLambdaFunction')).toMatchObject({ Variables: { MODE: 'observe' } });
    expect(JSON.stringify(resources)).toContain(
      `"gatewayresponse.header.Access-Control-Allow-Origin":"'${origin}'"`,
    );

    await pack([...EXISTING, 'demo=off']);
    const types = Object.values(template().Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type.startsWith('AWS::ApiGateway'))).toEqual([]);
  });
});

describe('sign-in by code or link', () => {
  const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:gatehouse/codes-AbCdEf';
  const KMS = 'arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000';
  const SENDER = 'mailFrom=no-reply@mail.example';
  const propertiesOf = (name: string) => {
    const packed = template();
    return decided(packed, packed.Resources[name]?.Properties ?? {});
  };
  const policiesOf = (role: string) =>
    (propertiesOf(role)['Policies'] as { PolicyName: string; PolicyDocument: { Statement: object[] } }[]).map(
      ({ PolicyName, PolicyDocument }) => ({ PolicyName, ...PolicyDocument.Statement[0] }),
    );

  it('is off without a key: the pool calls nobody, and its client cannot begin', async () => {
    await pack();
    expect(Object.keys(propertiesOf('UserPool')['LambdaConfig'] as object).join(' ')).not.toContain(
      'Challenge',
    );
    expect(propertiesOf('AppClient')['ExplicitAuthFlows']).not.toContain('ALLOW_CUSTOM_AUTH');
  });

  it('reaches the one secret and its key, and the pool calls all three triggers', async () => {
    expect(await pack([`otpKeyId=${SECRET}`, `otpKmsKeyArn=${KMS}`, SENDER])).toMatchObject({ code: 0 });
    const secret = [
      {
        PolicyName: 'keys',
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'ssm:GetParameter'],
        Resource: SECRET,
      },
      { PolicyName: 'decrypt', Effect: 'Allow', Action: 'kms:Decrypt', Resource: KMS },
    ];
    expect(policiesOf('VerifyAuthChallengeRole').slice(2)).toEqual(secret);
    expect(policiesOf('CreateAuthChallengeRole').slice(2)).toEqual(secret);
    expect(policiesOf('DefineAuthChallengeRole')).toHaveLength(1);
    expect(propertiesOf('UserPool')['LambdaConfig']).toMatchObject(
      Object.fromEntries(
        [
          ['DefineAuthChallenge', 'Define'],
          ['CreateAuthChallenge', 'Create'],
          ['VerifyAuthChallengeResponse', 'Verify'],
        ].map(([slot, name]) => [
          slot,
          { 'Fn::GetAtt': [`${name}DashauthDashchallengeLambdaFunction`, 'Arn'] },
        ]),
      ),
    );
    expect(propertiesOf('AppClient')).toMatchObject({
      ExplicitAuthFlows: expect.arrayContaining(['ALLOW_CUSTOM_AUTH']),
      AuthSessionValidity: 15,
    });
    expect(propertiesOf('CreateDashauthDashchallengeLambdaFunction')['Environment']).toMatchObject({
      Variables: {
        OTP_KEY_ID: SECRET,
        TABLE_NAME: { Ref: 'Table' },
      },
    });
  });
});

describe('a function of somebody’s own', () => {
  const service = join(root, 'serverless.yml');
  const ours = readFileSync(service, 'utf8');
  afterAll(() => writeFileSync(service, ours));

  it('is packed by the framework, with what it names', async () => {
    writeFileSync(join(root, 'own.mjs'), 'export const handler = async () => "own";');
    const own = '    own: { handler: own.handler, package: { patterns: ["own.mjs"] } }';
    writeFileSync(
      service,
      ours.replace(/^functions:\n {2}- authorizer:/m, `functions:\n  - ${own.trim()}\n  - authorizer:`),
    );
    expect(await pack()).toMatchObject({ code: 0 });
    expect(Object.keys(unzipSync(archive('own')))).toEqual(['own.mjs']);
    expect(Object.keys(unzipSync(archive('demo')))).toEqual(['index.mjs', 'index.mjs.map']);
  });
});

describe('what cannot work is refused before anything is deployed', () => {
  it.each<[string, string[], RegExp]>([
    ['a parameter that is not one', ['authorizerTll=1'], /no parameter authorizerTll/],
    [
      'a pool without clients',
      ['userPoolId=eu-west-1_AbCdEf123'],
      /DEPLOY_ENVIRONMENT .*APP_CLIENT_IDS is missing/,
    ],
    ['clients without a pool', ['appClientIds=a'], /DEPLOY_CLIENT/],
    ['a pool id that is none', ['userPoolId=pool', 'appClientIds=a'], /USER_POOL_IDS must be/],
    [
      'a version 1 pool with access tokens and domains',
      [...EXISTING, 'preTokenVersion=V1_0'],
      /DEPLOY_TOKENS/,
    ],
    ['a version that is not one', [...EXISTING, 'preTokenVersion=V9_0'], /DEPLOY_VALUE/],
    ['a mode that the bundles were not built for', ['answerMode=caller'], /built for answerMode request/],
    ['functions that may never run', ['reservedConcurrency=0'], /DEPLOY_VALUE .*never run/],
    ['a key that is no ARN', ['otpKeyId=codes'], /DEPLOY_ENVIRONMENT .*OTP_KEY_ID must be the ARN/],
    ['a policy that is not there', ['policyFile=nowhere.yml'], /cannot read nowhere\.yml/],
  ])('%s', async (_, params, text) => {
    const { code, stderr, stdout } = await pack(params);
    expect({ code, said: stdout + stderr }).toEqual({ code: 1, said: expect.stringMatching(text) });
    expect(stdout + stderr).toMatch(/\n {2}help: /);
    expect(stdout + stderr).not.toMatch(/^ +at /m);
  });

  describe('bundles of another stage', () => {
    beforeAll(() => {
      writeFileSync(join(root, 'staging.yml'), 'version: 1\n');
      const service = join(root, 'serverless.yml');
      writeFileSync(
        service,
        readFileSync(service, 'utf8').replace(
          /^params:\n/m,
          'params:\n  staging: { policyFile: staging.yml }\n',
        ),
      );
    });

    it('by their policy', async () => {
      const { code, stdout, stderr } = await pack([], 'staging');
      expect(code).toBe(1);
      expect(stdout + stderr).toMatch(
        /the bundles hold policy \w{16}, and this stage.s is \w{16}\n {2}help: run `npm run build -- --stage staging`/,
      );
      expect(await build('--stage', 'staging')).toMatchObject({ code: 0 });
      expect((await pack([], 'staging')).code).toBe(0);
      expect((await pack()).code).toBe(1);
    });

    it('by their bytes', async () => {
      const bundle = join(root, 'build', 'authorizer', 'index.mjs');
      writeFileSync(bundle, `${readFileSync(bundle, 'utf8')}\n`);
      const { code, stdout, stderr } = await pack([], 'staging');
      expect({ code, said: stdout + stderr }).toEqual({
        code: 1,
        said: expect.stringMatching(/the bundle of `authorizer` is not the one that was built/),
      });
    });
  });
});

type Target =
  | { 'Fn::GetAtt': string[] }
  | { 'Fn::Sub': string | [string, object] }
  | { 'Fn::If': [string, unknown, unknown] };

interface Domain {
  'Fn::Select': [number, { 'Fn::Split': [string, string] }];
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: Target | Target[];
  Condition?: Record<string, Record<string, unknown>>;
}

interface Policy {
  PolicyDocument: { Statement: Statement[] };
  Roles?: { Ref: string }[];
}

/** A resource that depends on itself, with its way there; null if there is none. */
function circleIn(of: Template): string | null {
  const done = new Set<string>();
  const visit = (name: string, way: string[]): string | null => {
    if (way.includes(name)) return [...way, name].join(' > ');
    if (done.has(name)) return null;
    for (const next of dependenciesOf(of, name)) {
      const circle = visit(next, [...way, name]);
      if (circle) return circle;
    }
    done.add(name);
    return null;
  };
  for (const name of Object.keys(of.Resources)) {
    const circle = visit(name, []);
    if (circle) return circle;
  }
  return null;
}
