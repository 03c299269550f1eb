/** What an authorizer answers, in the shape that its front end reads. */

import type { Decision } from '../policy/decide.ts';
import type { CallerDocument } from '../policy/iam/document.ts';
import type { AuthorizerCall, Front } from './authorizer-event.ts';

export type ContextValue = string | number | boolean;

export interface IamAnswer {
  principalId: string;
  policyDocument: {
    Version: '2012-10-17';
    Statement: { Action: 'execute-api:Invoke'; Effect: 'Allow' | 'Deny'; Resource: string | string[] }[];
  };
  context: Record<string, ContextValue>;
}

export interface SimpleAnswer {
  isAuthorized: boolean;
  context: Record<string, ContextValue>;
}

export interface UnauthorizedAnswer {
  errorMessage: 'Unauthorized';
}

export type AuthorizerAnswer = IamAnswer | SimpleAnswer | UnauthorizedAnswer;

export interface AnswerOptions {
  context: Record<string, ContextValue>;
  httpResponse: 'simple' | 'iam';
  /** Everything that the caller may do (`ANSWER_MODE=caller`); null to answer for the request alone (`request`). */
  callerDocument: (() => CallerDocument) | null;
}

/**
 * 200 or 403. A simple response is always for the request, and so is a WebSocket's answer, which is never cached
 * (contracts A7).
 */
export function answerDecision(
  call: AuthorizerCall,
  decision: Decision,
  { context, httpResponse, callerDocument }: AnswerOptions,
): IamAnswer | SimpleAnswer {
  if (call.front === 'http-2.0' && httpResponse === 'simple')
    return { isAuthorized: decision.effect === 'allow', context };
  const policyDocument =
    callerDocument === null || call.front === 'websocket'
      ? requestDocument(call, decision)
      : denyingOwn(callerDocument(), call, decision);
  return { principalId: decision.principal.sub ?? 'unknown', policyDocument, context };
}

/** Names the request's own ARN and nothing else, so that a cache whose key holds verb and path can keep it. */
function requestDocument(call: AuthorizerCall, { effect, code }: Decision): IamAnswer['policyDocument'] {
  const Effect = effect === 'allow' ? 'Allow' : 'Deny';
  return {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: ownResource(call, code) }],
  };
}

/**
 * What is decided on may be more than an ARN says (a method override, a path that differs from the ARN's): a request
 * that is denied is denied by its name as well.
 */
function denyingOwn(
  document: CallerDocument,
  call: AuthorizerCall,
  { effect, code }: Decision,
): IamAnswer['policyDocument'] {
  if (effect === 'allow') return document;
  const own = { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: ownResource(call, code) } as const;
  return { ...document, Statement: [...document.Statement, own] };
}

/** A resource over 512 characters would make the whole answer invalid, and a 500 of it. */
function ownResource({ arn }: AuthorizerCall, code: Decision['code']): string {
  return code === 'path_too_long' ? `${arn.stageArn}/*` : arn.text;
}

/**
 * 401. REST and WebSocket APIs know it only as an error with exactly this text; HTTP APIs as this object
 * (API Gateway guide, apigateway-use-lambda-authorizer and http-api-lambda-authorizer).
 */
export function answerUnauthorized(front: Front): UnauthorizedAnswer {
  if (front === 'http-1.0' || front === 'http-2.0') return { errorMessage: 'Unauthorized' };
  throw new Unauthorized();
}

/** The one error whose text API Gateway acts on. */
export class Unauthorized extends Error {
  constructor() {
    super('Unauthorized');
  }
}
