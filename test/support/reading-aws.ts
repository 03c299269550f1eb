/** AWS's reading calls over HTTP, as far as an audit makes them: every list in pages of one, with an empty one between. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, HTTP_API, REST_API } from './audited-account.ts';
import { IDENTITY_POOL_ID, POOL_ID, roleArn } from './audit-facts.ts';

export interface ReadingAws {
  endpoint: string;
  account: Account;
  /** Every call that was answered or refused, as IAM names it. */
  asked: string[];
  /** Calls that are refused, and how; `hang`: never answered. */
  refused: Map<string, 'AccessDenied' | 'Throttling' | 'hang'>;
  /** How often a throttled call is refused before it is answered. */
  throttles: number;
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  close: () => Promise<void>;
}

interface Call {
  /** `cognito-idp:DescribeUserPool`. */
  action: string;
  /** Null: there is no such thing. */
  answer: () => unknown;
  form: 'json' | 'rest' | 'xml';
}

/** Not listening yet if `listen` is false: `answer` serves another's server. */
export async function startReadingAws(account: Account, listen = true): Promise<ReadingAws> {
  const server = createServer((request, response) => void aws.answer(request, response));
  const throttled = new Map<string, number>();
  const aws: ReadingAws = {
    endpoint: '',
    account,
    asked: [],
    refused: new Map(),
    throttles: 1,
    answer: async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk as string;
      const call = callOf(aws.account, request, body);
      aws.asked.push(call.action);
      const refusal = aws.refused.get(call.action);
      if (refusal === 'hang') return;
      const times = (throttled.get(call.action) ?? 0) + 1;
      throttled.set(call.action, times);
      if (refusal === 'AccessDenied') refuse(response, call, 'AccessDenied');
      else if (refusal === 'Throttling' && times <= aws.throttles) refuse(response, call, 'TooManyRequests');
      else reply(response, call);
    },
    close: async () => {
      server.closeAllConnections();
      if (listen) await new Promise((resolve) => server.close(resolve));
    },
  };
  if (listen) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    aws.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  return aws;
}

function callOf(account: Account, request: IncomingMessage, body: string): Call {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string')
    return jsonCall(account, target, JSON.parse(body) as Record<string, string>);
  if (request.method === 'POST') return iamCall(account, new URLSearchParams(body));
  return restCall(account, request);
}

function jsonCall(account: Account, target: string, input: Record<string, string>): Call {
  const [service, operation = ''] = target.split('.');
  const ours = input['UserPoolId'] === POOL_ID;
  const named = (list: Record<string, unknown>[], key: string) =>
    list.find((each) => each[key] === input[key]);
  const list = (all: Record<string, unknown>[], name: string, keys: string[]) => () => {
    const { item, next } = page(all, input['NextToken']);
    return ours ? { [name]: item.map((each) => pick(each, keys)), ...(next && { NextToken: next }) } : null;
  };
  const member = (name: string, value: unknown) => () =>
    ours && value !== undefined ? { [name]: value } : null;
  const identity = (value: unknown) => () => (input['IdentityPoolId'] === IDENTITY_POOL_ID ? value : null);
  const answers: Record<string, () => unknown> = {
    DescribeUserPool: member('UserPool', account.pool),
    GetUserPoolMfaConfig: () => (ours ? account.mfa : null),
    ListUserPoolClients: list(account.clients, 'UserPoolClients', ['ClientId', 'ClientName', 'UserPoolId']),
    DescribeUserPoolClient: member('UserPoolClient', named(account.clients, 'ClientId')),
    ListGroups: list(account.groups, 'Groups', [
      'GroupName',
      'UserPoolId',
      'RoleArn',
      'Precedence',
      'Description',
    ]),
    ListIdentityProviders: list(account.providers, 'Providers', ['ProviderName', 'ProviderType']),
    DescribeIdentityProvider: member('IdentityProvider', named(account.providers, 'ProviderName')),
    DescribeIdentityPool: identity(account.identityPool),
    GetIdentityPoolRoles: identity({ IdentityPoolId: IDENTITY_POOL_ID, ...account.identityPoolRoles }),
  };
  const prefix = service === 'AWSCognitoIdentityService' ? 'cognito-identity' : 'cognito-idp';
  return { action: `${prefix}:${operation}`, answer: answers[operation] ?? (() => null), form: 'json' };
}

function iamCall({ roles }: Account, form: URLSearchParams): Call {
  const operation = form.get('Action') ?? '';
  const role = roles[form.get('RoleName') ?? ''];
  const arn = form.get('PolicyArn') ?? '';
  const managed = Object.values(roles).flatMap((each) => Object.entries(each.managed));
  const document = managed.find(([name]) => arn.endsWith(`/${name}`))?.[1];
  const names = (all: string[], tag: string, say: (name: string) => string) => {
    const { item, next } = page(all, form.get('Marker') ?? undefined);
    const marker = next
      ? `<IsTruncated>true</IsTruncated><Marker>${next}</Marker>`
      : '<IsTruncated>false</IsTruncated>';
    return `<${tag}>${item.map((name) => `<member>${say(name)}</member>`).join('')}</${tag}>${marker}`;
  };
  const answers: Record<string, () => string | null> = {
    GetRole: () =>
      role
        ? `<Role><Path>/</Path><RoleName>${form.get('RoleName')}</RoleName><Arn>${roleArn(form.get('RoleName') ?? '')}</Arn><RoleId>AROAEXAMPLE</RoleId><CreateDate>2026-11-21T17:43:20Z</CreateDate><AssumeRolePolicyDocument>${encoded(role.trust)}</AssumeRolePolicyDocument></Role>`
        : null,
    ListRolePolicies: () => (role ? names(Object.keys(role.inline), 'PolicyNames', (name) => name) : null),
    ListAttachedRolePolicies: () =>
      role
        ? names(
            Object.keys(role.managed),
            'AttachedPolicies',
            (name) =>
              `<PolicyName>${name}</PolicyName><PolicyArn>arn:aws:iam::aws:policy/${name}</PolicyArn>`,
          )
        : null,
    GetRolePolicy: () => {
      const inline = role?.inline[form.get('PolicyName') ?? ''];
      return inline ? `<PolicyDocument>${encoded(inline)}</PolicyDocument>` : null;
    },
    GetPolicy: () => (document ? '<Policy><DefaultVersionId>v3</DefaultVersionId></Policy>' : null),
    GetPolicyVersion: () =>
      document && form.get('VersionId') === 'v3'
        ? `<PolicyVersion><Document>${encoded(document)}</Document><VersionId>v3</VersionId></PolicyVersion>`
        : null,
  };
  const wrapped = () => {
    const answer = answers[operation]?.() ?? null;
    return answer === null
      ? null
      : `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${operation}Result>${answer}</${operation}Result></${operation}Response>`;
  };
  return { action: `iam:${operation}`, answer: wrapped, form: 'xml' };
}

function restCall(account: Account, request: IncomingMessage): Call {
  const url = new URL(request.url ?? '', 'http://aws');
  const path = decodeURIComponent(url.pathname);
  const [, name = '', what = ''] = /^\/2015-03-31\/functions\/(.+)\/(policy|configuration)$/.exec(path) ?? [];
  if (what !== '' && request.method === 'GET') {
    const arn = [name, url.searchParams.get('Qualifier')].filter(Boolean).join(':');
    return what === 'policy'
      ? { action: 'lambda:GetPolicy', answer: () => policyAnswer(account, arn), form: 'rest' }
      : {
          action: 'lambda:GetFunctionConfiguration',
          answer: () => environmentAnswer(account, arn),
          form: 'rest',
        };
  }
  const position = url.searchParams.get('position') ?? url.searchParams.get('nextToken') ?? undefined;
  const { rest, http } = account;
  const items = (all: object[]) => {
    const { item, next } = page(all, position);
    return { item, ...(next && { position: next }) };
  };
  const listed = (all: object[]) => {
    const { item, next } = page(all, position);
    return { items: item, ...(next && { nextToken: next }) };
  };
  const embedded = url.searchParams.getAll('embed').includes('methods');
  const answers: Record<string, () => unknown> = {
    [`/restapis/${REST_API}`]: () => rest.api,
    [`/restapis/${REST_API}/resources`]: () => (embedded ? items(rest.resources) : { item: [] }),
    [`/restapis/${REST_API}/authorizers`]: () => items(rest.authorizers),
    [`/restapis/${REST_API}/stages/${String(rest.stage['stageName'])}`]: () => rest.stage,
    [`/v2/apis/${HTTP_API}`]: () => http.api,
    [`/v2/apis/${HTTP_API}/routes`]: () => listed(http.routes),
    [`/v2/apis/${HTTP_API}/authorizers`]: () => listed(http.authorizers),
    [`/v2/apis/${HTTP_API}/stages/dev`]: () => http.stage,
  };
  return { action: `apigateway:${request.method}`, answer: answers[path] ?? (() => null), form: 'rest' };
}

function policyAnswer({ policies }: Account, arn: string): unknown {
  const policy = policies[arn];
  return policy ? { Policy: JSON.stringify(policy), RevisionId: 'r' } : null;
}

function environmentAnswer({ environments }: Account, arn: string): unknown {
  const Variables = environments[arn];
  return Variables ? { FunctionArn: arn, Runtime: 'nodejs24.x', Environment: { Variables } } : null;
}

/** Items one by one, and after the first an empty page that is not the last. */
function page<T>(all: readonly T[], token: string | undefined): { item: T[]; next: string | undefined } {
  if (token === 'empty') return { item: [], next: '1' };
  const index = Number(token ?? 0);
  const isLast = index >= all.length - 1;
  return {
    item: all.slice(index, index + 1),
    next: isLast ? undefined : index === 0 ? 'empty' : String(index + 1),
  };
}

function reply(response: ServerResponse, call: Call): void {
  const answer = call.answer();
  if (answer === null) refuse(response, call, 'NotFound');
  else if (call.form === 'xml') response.writeHead(200, { 'content-type': 'text/xml' }).end(answer);
  else
    response
      .writeHead(200, {
        'content-type': call.form === 'json' ? 'application/x-amz-json-1.1' : 'application/json',
      })
      .end(JSON.stringify(answer));
}

const CODES = {
  AccessDenied: { json: 'AccessDeniedException', xml: 'AccessDenied', status: 403 },
  NotFound: { json: 'ResourceNotFoundException', xml: 'NoSuchEntity', status: 404 },
  TooManyRequests: { json: 'TooManyRequestsException', xml: 'Throttling', status: 429 },
} as const;

function refuse(response: ServerResponse, { action, form }: Call, code: keyof typeof CODES): void {
  const { json, xml, status } = CODES[code];
  const text = `User: arn:aws:iam::123456789012:user/auditor is not authorized to perform: ${action}`;
  if (form === 'xml') {
    const error = `<ErrorResponse><Error><Type>Sender</Type><Code>${xml}</Code><Message>${text}</Message></Error></ErrorResponse>`;
    response.writeHead(status, { 'content-type': 'text/xml' }).end(error);
  } else if (form === 'json') {
    const body = JSON.stringify({ __type: json, message: text });
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  } else {
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': json };
    response.writeHead(status, headers).end(JSON.stringify({ message: text }));
  }
}

function pick(from: Record<string, unknown>, keys: string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]]));
}

/** As IAM does: RFC 3986, quotes and all. */
function encoded(document: object): string {
  return encodeURIComponent(JSON.stringify(document)).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16)}`,
  );
}
