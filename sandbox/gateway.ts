/**
 * A local API Gateway in front of an echo backend: asks the built authorizer about each request and does what it
 * says. First floor: no cache, no identity sources; the statuses and bodies are those of contracts A4.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DecisionLog } from './decisions.ts';
import { sendJson, serve } from './http.ts';
import type { LocalFunction } from './lambda.ts';

export type ApiKind = 'rest' | 'http';

const ACCOUNT = '123456789012';
const STAGES = { rest: 'local', http: '$default' } as const;

/** What an authorizer may answer: an IAM policy, a simple response, or HTTP API's 401. */
interface Answer {
  policyDocument?: { Statement: { Effect: string; Resource: string }[] };
  isAuthorized?: boolean;
  errorMessage?: string;
  context?: Record<string, unknown>;
}

/** Serves `/local/...` as a REST API (REQUEST authorizer) or `/...` as an HTTP API (format 2.0). */
export async function startGateway(
  kind: ApiKind,
  authorizer: LocalFunction,
  { region, port, decisions }: { region: string; port: number; decisions: DecisionLog },
) {
  const apiId = kind === 'rest' ? 'restapi000' : 'httpapi000';
  const prefix = kind === 'rest' ? '/local' : '';
  const server = await serve(port, async (request, response) => {
    const url = request.url ?? '/';
    if (!url.startsWith(`${prefix}/`)) return sendJson(response, 403, { message: 'Forbidden' });
    const [path = '/', query = ''] = url.slice(prefix.length).split('?', 2);
    const arn = `arn:aws:execute-api:${region}:${ACCOUNT}:${apiId}/${STAGES[kind]}/${request.method}${path}`;
    const event =
      kind === 'rest' ? restEvent(request, arn, path, query) : httpEvent(request, arn, path, query);
    const { answer, logLines } = await authorizer.invoke(event);
    decisions.add(logLines);
    const verdict = answer.ok ? judge(answer.payload as Answer, arn) : failure(answer.errorMessage);
    forward(request, response, path, verdict);
  });
  return { ...server, url: `${server.url}${prefix}` };
}

interface Verdict {
  status: 200 | 401 | 403 | 500;
  context: Record<string, unknown>;
}

/** REST knows a 401 by this exact text; every other error is a 500. */
function failure(errorMessage: string): Verdict {
  return { status: errorMessage === 'Unauthorized' ? 401 : 500, context: {} };
}

function judge(answer: Answer, arn: string): Verdict {
  const context = answer.context ?? {};
  if (answer.errorMessage === 'Unauthorized') return { status: 401, context };
  if (answer.isAuthorized !== undefined) return { status: answer.isAuthorized ? 200 : 403, context };
  const matching = answer.policyDocument?.Statement.filter(({ Resource }) => iamMatch(Resource, arn));
  if (!matching) return { status: 500, context };
  const allowed =
    matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny');
  return { status: allowed ? 200 : 403, context };
}

/** IAM wildcards: `*` is any run of characters, `/` included; `?` is one. */
function iamMatch(pattern: string, arn: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(arn);
}

const MESSAGES = { 401: 'Unauthorized', 403: 'Forbidden', 500: 'Internal Server Error' } as const;

/** The backend echoes what it was told of the caller. */
function forward(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { status, context }: Verdict,
): void {
  if (status === 200) sendJson(response, 200, { method: request.method, path, authorizer: context });
  else sendJson(response, status, { message: MESSAGES[status] });
}

/** Format of REST REQUEST (API Gateway guide, api-gateway-lambda-authorizer-input). */
function restEvent(request: IncomingMessage, methodArn: string, path: string, query: string) {
  return {
    type: 'REQUEST',
    methodArn,
    resource: '/{proxy+}',
    path,
    httpMethod: request.method,
    headers: singleHeaders(request),
    multiValueHeaders: multiHeaders(request),
    pathParameters: { proxy: path.slice(1) },
    queryStringParameters: queryParameters(query),
    multiValueQueryStringParameters: null,
    stageVariables: null,
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'restapi000',
      domainName: 'restapi000.execute-api.local.amazonaws.com',
      httpMethod: request.method,
      path: `/${STAGES.rest}${path}`,
      resourcePath: '/{proxy+}',
      stage: STAGES.rest,
      identity: { sourceIp: '127.0.0.1' },
    },
  };
}

/** Format 2.0 of HTTP APIs (API Gateway guide, http-api-lambda-authorizer). */
function httpEvent(request: IncomingMessage, routeArn: string, path: string, query: string) {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn,
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: singleHeaders(request),
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'httpapi000',
      domainName: 'httpapi000.execute-api.local.amazonaws.com',
      http: { method: request.method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
      routeKey: '$default',
      stage: STAGES.http,
    },
  };
}

function singleHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

function multiHeaders({ rawHeaders }: IncomingMessage): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    (headers[String(rawHeaders[index])] ??= []).push(String(rawHeaders[index + 1]));
  }
  return headers;
}

function queryParameters(query: string): Record<string, string> | null {
  return query === '' ? null : Object.fromEntries(new URLSearchParams(query));
}
