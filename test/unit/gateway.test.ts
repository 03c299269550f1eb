import { afterEach, describe, expect, it } from '@jest/globals';
import { DecisionLog } from '../../sandbox/decisions.ts';
import { startGateway } from '../../sandbox/gateway/server.ts';
import type { Invocation } from '../../sandbox/lambda.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Asks a gateway whose authorizer answers so for `GET /a`. */
async function ask(
  kind: 'rest' | 'http',
  answer: Invocation['answer'] | ((event: Json) => Invocation['answer']),
) {
  const authorizer = {
    invoke: async (event: unknown) => ({
      answer: typeof answer === 'function' ? answer(event as Json) : answer,
      logLines: [],
    }),
    close: async () => {},
  };
  const decisions = new DecisionLog();
  const gateway = await startGateway(kind, authorizer, { region: 'eu-west-1', port: 0, decisions });
  closers.push(gateway.close);
  const response = await fetch(`${gateway.url}/a`);
  return { status: response.status, body: (await response.json()) as Json };
}

type Json = Record<string, unknown>;
const given = (payload: unknown): Invocation['answer'] => ({ ok: true, payload });
const thrown = (errorMessage: string): Invocation['answer'] => ({
  ok: false,
  errorType: 'Error',
  errorMessage,
});
const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:restapi000/local/GET/a';
const statement = (Effect: string, Resource: string | string[] = ARN) => ({
  Action: 'execute-api:Invoke',
  Effect,
  Resource,
});
const iam = (...Statement: object[]) =>
  given({ principalId: 'u', policyDocument: { Version: '2012-10-17', Statement }, context: { sub: 'u' } });

const DENIED = 'User is not authorized to access this resource with an explicit deny';
const NOT_ALLOWED = 'User is not authorized to access this resource';
const FAILED = 'Internal Server Error';

describe('a REST API', () => {
  it('asks about the request, and tells the backend what the answer says', async () => {
    const answer = await ask('rest', ({ methodArn, httpMethod, path }) =>
      methodArn === ARN && httpMethod === 'GET' && path === '/a' ? iam(statement('Allow')) : thrown('x'),
    );
    expect(answer).toEqual({
      status: 200,
      body: { method: 'GET', path: '/a', authorizer: { sub: 'u', principalId: 'u' } },
    });
  });

  it.each<[string, Invocation['answer'], number, string]>([
    ['a deny', iam(statement('Deny')), 403, DENIED],
    ['allow and deny', iam(statement('Allow'), statement('Deny')), 403, DENIED],
    ['deny by wildcard', iam(statement('Allow'), statement('Deny', '*/GET/?')), 403, DENIED],
    ['deny in a list', iam(statement('Allow'), statement('Deny', ['x', ARN])), 403, DENIED],
    ['allow for another resource', iam(statement('Allow', ARN.replace('/a', '/b'))), 403, NOT_ALLOWED],
    ['deny for another resource', iam(statement('Deny', ARN.replace('/a', '/b'))), 403, NOT_ALLOWED],
    ['allow for more than the path', iam(statement('Allow', `${ARN}/*`)), 403, NOT_ALLOWED],
    ['Unauthorized, thrown', thrown('Unauthorized'), 401, 'Unauthorized'],
    ['another text, thrown', thrown('unauthorized'), 500, FAILED],
    ['Unauthorized, as an HTTP API has it', given({ errorMessage: 'Unauthorized' }), 500, FAILED],
    ['a simple answer', given({ isAuthorized: true }), 500, FAILED],
    ['an effect that is none', iam(statement('allow')), 500, FAILED],
    ['nothing', given(null), 500, FAILED],
    ['text', given('Allow'), 500, FAILED],
    [
      'a context that is nested',
      given({ ...(iam(statement('Allow')) as { payload: object }).payload, context: { groups: ['a'] } }),
      500,
      FAILED,
    ],
  ])('%s', async (_, answer, status, message) => {
    expect(await ask('rest', answer)).toEqual({ status, body: { message } });
  });
});

describe('an HTTP API with simple answers', () => {
  it('tells the backend what the answer says', async () => {
    expect(await ask('http', given({ isAuthorized: true, context: { sub: 'u' } }))).toEqual({
      status: 200,
      body: { method: 'GET', path: '/a', authorizer: { sub: 'u' } },
    });
  });

  it.each<[string, Invocation['answer'], number, string]>([
    ['not authorized', given({ isAuthorized: false }), 403, 'Forbidden'],
    ['Unauthorized, as an answer', given({ errorMessage: 'Unauthorized' }), 401, 'Unauthorized'],
    ['another text, as an answer', given({ errorMessage: 'unauthorized' }), 500, FAILED],
    ['Unauthorized, thrown', thrown('Unauthorized'), 500, FAILED],
    ['another text, thrown', thrown('x'), 500, FAILED],
    ['authorized in words', given({ isAuthorized: 'true' }), 500, FAILED],
    ['an IAM policy', iam(statement('Allow', '*')), 500, FAILED],
    ['nothing', given(null), 500, FAILED],
  ])('%s', async (_, answer, status, message) => {
    expect(await ask('http', answer)).toEqual({ status, body: { message } });
  });
});
