/** The account that a packaged template would make, as AWS would describe it, with groups that somebody has made. */

import { type Account, cleanAccount, HTTP_API, REST_API } from './audited-account.ts';
import { ACCOUNT, CLIENT_ID, functionArn, POOL_ARN, POOL_ID } from './audit-facts.ts';
import type { Resource, Template } from './template.ts';

const REFS: Record<string, unknown> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': 'eu-west-1',
  'AWS::Partition': 'aws',
  UserPool: POOL_ID,
  AppClient: CLIENT_ID,
  ApiGatewayRestApi: REST_API,
  HttpApi: HTTP_API,
};

export function accountOf({ Resources: resources }: Template, groups: string[]): Account {
  const named = (type: string) =>
    Object.entries(resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => ({ id, ...(resolved(Properties) as Resource['Properties']) }));
  const all = (type: string): Record<string, unknown>[] => named(type);
  const [userPool = {}] = all('AWS::Cognito::UserPool');
  const clean = cleanAccount();
  return {
    ...clean,
    pool: { ...userPool, Id: POOL_ID, Arn: POOL_ARN } as unknown as Account['pool'],
    mfa: {
      MfaConfiguration: userPool['MfaConfiguration'],
      SoftwareTokenMfaConfiguration: {
        Enabled: (userPool['EnabledMfas'] as string[]).includes('SOFTWARE_TOKEN_MFA'),
      },
    },
    clients: all('AWS::Cognito::UserPoolClient').map((client) => ({ ...client, ClientId: CLIENT_ID })),
    groups: groups.map((GroupName) => ({ GroupName })),
    providers: [],
    policies: Object.fromEntries(all('AWS::Lambda::Permission').map(policyOf)),
    environments: Object.fromEntries(
      all('AWS::Lambda::Function').map(({ id, Environment }) => [
        functionArn(String(id)),
        ((Environment ?? {}) as { Variables?: Record<string, string> }).Variables ?? {},
      ]),
    ),
    rest: {
      ...clean.rest,
      resources: restResources(all('AWS::ApiGateway::Method'), all('AWS::ApiGateway::Resource')),
      authorizers: all('AWS::ApiGateway::Authorizer').map(lowerCamel),
    },
    http: {
      ...clean.http,
      api: lowerCamel(all('AWS::ApiGatewayV2::Api')[0] ?? {}),
      routes: all('AWS::ApiGatewayV2::Route').map(lowerCamel),
      authorizers: named('AWS::ApiGatewayV2::Authorizer').map((each) => ({
        ...lowerCamel(each),
        authorizerId: each.id,
      })),
    },
  };
}

function resolved(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(resolved);
  const {
    Ref: ref,
    'Fn::GetAtt': attribute,
    'Fn::If': choice,
    'Fn::Join': join,
  } = value as Record<string, unknown>;
  if (typeof ref === 'string') return ref in REFS ? REFS[ref] : ref;
  // The stack makes its own pool.
  if (Array.isArray(choice)) return resolved(choice[1]);
  if (Array.isArray(join)) return (resolved(join[1]) as string[]).join(String(join[0]));
  if (Array.isArray(attribute)) {
    const [name = '', member] = attribute as string[];
    if (name === 'UserPool') return POOL_ARN;
    return member === 'Arn' ? functionArn(name) : `${name}.${member}`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each)]));
}

/** As Lambda writes down a permission. */
function policyOf({ FunctionName, Principal, Action, SourceArn, SourceAccount }: Record<string, unknown>) {
  const Condition = {
    ...(SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
    ...(SourceAccount !== undefined && { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
  };
  const statement = {
    Effect: 'Allow',
    Principal: { Service: Principal },
    Action,
    Resource: FunctionName,
    Condition,
  };
  return [FunctionName, { Version: '2012-10-17', Statement: [statement] }];
}

function restResources(methods: Record<string, unknown>[], resources: Record<string, unknown>[]) {
  const paths = new Map(resources.map(({ id, PathPart }) => [id, `/${String(PathPart)}`]));
  return methods.map((method) => ({
    path: paths.get(method['ResourceId']) ?? '/',
    resourceMethods: { [String(method['HttpMethod'])]: lowerCamel(method) },
  }));
}

/** API Gateway's wire has its members in lower camel case. */
function lowerCamel(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      value,
    ]),
  );
}
