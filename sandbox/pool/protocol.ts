/**
 * The pool's HTTP side: the user pools API (JSON 1.1), the OAuth endpoints, and the keys. An operation that is not
 * ours is cognito-local's; sign-in of any kind never is.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDate } from 'node:util/types';
import { readBody, sendJson } from '../http.ts';
import { PoolError } from './errors.ts';
import { type OAuth, OAuthError } from './oauth.ts';
import { POOL_ID } from './settings.ts';

export type Operation = (input: never) => Promise<object>;

export interface Api {
  operations: Record<string, Operation>;
  /** For all others. */
  elsewhere: (operation: string, input: Record<string, unknown>) => Promise<object>;
  oauth: OAuth;
  jwks: object;
}

const TARGET = /^AWSCognitoIdentityProviderService\.(\w+)$/;
/** Browsers may call the pool, as they may call Cognito. */
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

export function handlerOf(api: Api): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') return void response.writeHead(200).end();
    const url = new URL(request.url ?? '/', 'http://pool');
    switch (`${request.method} ${url.pathname}`) {
      case `GET /${POOL_ID}/.well-known/jwks.json`:
        return sendJson(response, 200, api.jwks);
      case 'GET /oauth2/authorize':
        return withOAuthErrors(response, async () => {
          const location = await api.oauth.authorize(url.searchParams);
          response.writeHead(302, { location }).end();
        });
      case 'POST /oauth2/token':
        return withOAuthErrors(response, async () => {
          const form = new URLSearchParams(await readBody(request));
          sendJson(response, 200, await api.oauth.token(form, request.headers.authorization));
        });
      case 'POST /':
        return answerOperation(api, request, response);
      default:
        return sendJson(response, 404, { message: 'not a path of this pool' });
    }
  };
}

async function answerOperation(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const operation = TARGET.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
  const input = JSON.parse(await readBody(request)) as Record<string, unknown>;
  try {
    const ours = Object.hasOwn(api.operations, operation) ? api.operations[operation] : undefined;
    const output = ours ? await ours(input as never) : await api.elsewhere(operation, input);
    sendJson(response, 200, withEpochSeconds(output), { 'content-type': 'application/x-amz-json-1.1' });
  } catch (error) {
    const { type, status } = errorOf(error);
    sendJson(
      response,
      status,
      { __type: type, message: (error as Error).message },
      { 'x-amzn-errortype': type },
    );
  }
}

async function withOAuthErrors(response: ServerResponse, answer: () => Promise<void>): Promise<void> {
  try {
    await answer();
  } catch (error) {
    if (error instanceof OAuthError) return sendJson(response, 400, { error: error.message });
    if (!(error instanceof PoolError)) throw error;
    sendJson(response, 400, { error: 'invalid_request', error_description: error.message });
  }
}

/** Ours are named as the API names them; cognito-local's say so in `code`; all else is a defect. */
function errorOf(error: unknown): { type: string; status: number } {
  if (error instanceof PoolError) return { type: error.name, status: 400 };
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && code.endsWith('Exception')) return { type: code, status: 400 };
  return { type: 'InternalErrorException', status: 500 };
}

/** The protocol's form of a time stamp. */
function withEpochSeconds(output: object): unknown {
  const text = JSON.stringify(output, function (this: Record<string, unknown>, key, value: unknown) {
    const original = this[key];
    return isDate(original) ? Math.floor(original.getTime() / 1000) : value;
  });
  return JSON.parse(text);
}
