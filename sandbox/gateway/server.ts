/** Serves the local API Gateway on loopback, in front of a backend that echoes what it was told of the caller. */

import type { IncomingMessage } from 'node:http';
import type { DecisionLog } from '../decisions.ts';
import { sendJson, serve } from '../http.ts';
import type { LocalFunction } from '../lambda.ts';
import { createGateway } from './gateway.ts';
import type { Api } from './model.ts';

/** No cache and no identity source, so that the function is asked about everything and its 401 can be seen. */
const APIS = {
  rest: {
    kind: 'rest',
    account: '123456789012',
    apiId: 'restapi000',
    stage: 'local',
    routes: ['ANY /', 'ANY /{proxy+}'],
    authorizer: { type: 'REQUEST', identitySources: [], ttlSeconds: 0 },
  },
  http: {
    kind: 'http',
    account: '123456789012',
    apiId: 'httpapi000',
    stage: '$default',
    routes: ['$default'],
    authorizer: {
      type: 'REQUEST',
      identitySources: [],
      payloadFormatVersion: '2.0',
      enableSimpleResponses: true,
    },
  },
} as const satisfies Record<string, Omit<Api, 'region'>>;

/** Serves `/local/...` as a REST API (REQUEST authorizer) or `/...` as an HTTP API (format 2.0). */
export async function startGateway(
  kind: keyof typeof APIS,
  authorizer: LocalFunction,
  { region, port, decisions }: { region: string; port: number; decisions: DecisionLog },
) {
  const api = APIS[kind];
  const prefix = kind === 'rest' ? `/${api.stage}` : '';
  const authorize = async (event: Record<string, unknown>) => {
    const { answer, logLines } = await authorizer.invoke(event);
    decisions.add(logLines);
    if (!answer.ok) throw new Error(answer.errorMessage);
    return answer.payload;
  };
  const gateway = createGateway({ ...api, region }, { authorize, now: Date.now });
  const server = await serve(port, async (request, response) => {
    const url = request.url ?? '/';
    if (!url.startsWith(`${prefix}/`)) return sendJson(response, 403, { message: 'Forbidden' });
    const [path = '/', ...query] = url.slice(prefix.length).split('?');
    const { status, headers, body, backend } = await gateway.handle({
      method: request.method ?? '',
      path,
      query: query.join('?'),
      headers: sentHeaders(request),
    });
    if (backend) sendJson(response, 200, { method: backend.method, path, authorizer: backend.authorizer });
    else response.writeHead(status, headers).end(body);
  });
  return { ...server, url: `${server.url}${prefix}` };
}

/** Names as they were written, and every value. */
function sentHeaders({ rawHeaders }: IncomingMessage): Record<string, string[]> {
  const headers = Object.create(null) as Record<string, string[]>;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    (headers[String(rawHeaders[index])] ??= []).push(String(rawHeaders[index + 1]));
  }
  return headers;
}
