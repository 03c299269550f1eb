/**
 * A local API Gateway in front of an echo backend: asks the built authorizer about each request and does what it
 * says. First floor: no cache, no identity sources; statuses, and the bodies of refusals, are those of contracts A4.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { DecisionLog } from './decisions.ts';
import { sendJson, serve } from './http.ts';
import type { Invocation, LocalFunction } from './lambda.ts';

export type ApiKind = 'rest' | 'http';

const ACCOUNT = '123456789012';
const STAGES = { rest: 'local', http: '$default' } as const;

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
    const verdict = kind === 'rest' ? judgeRest(answer, arn) : judgeHttp(answer);
    forward(request, response, path, verdict);
  });
  return { ...server, url: `${server.url}${prefix}` };
}

type Answer = Invocation['answer'];

/** What the client gets: the backend, told `context`, or a refusal. */
type Verdict =
  | { status: 200; context: Record<string, unknown> }
  | { status: 401 | 403 | 500; message: string };

const UNAUTHORIZED: Verdict = { status: 401, message: 'Unauthorized' };
const FAILURE: Verdict = { status: 500, message: 'Internal Server Error' };

const iamAnswer = v.object({
  principalId: v.string(),
  policyDocument: v.object({
    Statement: v.array(
      v.object({
        Effect: v.picklist(['Allow', 'Deny']),
        Resource: v.union([v.string(), v.array(v.string())]),
      }),
    ),
  }),
  // A nested value makes the whole answer invalid (contracts A3).
  context: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
});

/** A REST API knows a 401 as an error with this exact text, and an IAM policy. */
function judgeRest(answer: Answer, arn: string): Verdict {
  if (!answer.ok) return answer.errorMessage === 'Unauthorized' ? UNAUTHORIZED : FAILURE;
  const read = v.safeParse(iamAnswer, answer.payload);
  if (!read.success) return FAILURE;
  const { policyDocument, context } = read.output;
  const effects = policyDocument.Statement.filter(({ Resource }) =>
    [Resource].flat().some((each) => iamMatch(each, arn)),
  ).map(({ Effect }) => Effect);
  if (effects.includes('Deny'))
    return { status: 403, message: 'User is not authorized to access this resource with an explicit deny' };
  if (!effects.includes('Allow'))
    return { status: 403, message: 'User is not authorized to access this resource' };
  return { status: 200, context };
}

const simpleAnswer = v.object({
  isAuthorized: v.boolean(),
  context: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** An HTTP API with simple responses knows a 401 as an answer; an error is a failure, whatever its text. */
function judgeHttp(answer: Answer): Verdict {
  if (!answer.ok) return FAILURE;
  if (v.is(v.object({ errorMessage: v.literal('Unauthorized') }), answer.payload)) return UNAUTHORIZED;
  const read = v.safeParse(simpleAnswer, answer.payload);
  if (!read.success) return FAILURE;
  const { isAuthorized, context } = read.output;
  return isAuthorized ? { status: 200, context } : { status: 403, message: 'Forbidden' };
}

/** IAM wildcards: `*` is any run of characters, `/` included; `?` is one. */
function iamMatch(pattern: string, arn: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(arn);
}

/** The backend echoes what it was told of the caller. */
function forward(request: IncomingMessage, response: ServerResponse, path: string, verdict: Verdict): void {
  const { status } = verdict;
  if (status === 200) sendJson(response, 200, { method: request.method, path, authorizer: verdict.context });
  else sendJson(response, status, { message: verdict.message });
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
