/** What an authorizer answers, in the shape that its front end reads. */

import type { Decision } from '../policy/decide.ts';
import type { AuthorizerCall, Front } from './authorizer-event.ts';

export type ContextValue = string | number | boolean;

export interface IamAnswer {
  principalId: string;
  policyDocument: {
    Version: '2012-10-17';
    Statement: [{ Action: 'execute-api:Invoke'; Effect: 'Allow' | 'Deny'; Resource: string }];
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

/**
 * 200 or 403. The answer is for this request alone (`ANSWER_MODE=request`): it names the request's own ARN and
 * nothing else, so that a cache whose key holds verb and path can keep it.
 */
export function answerDecision(
  call: AuthorizerCall,
  { effect, code, principal }: Decision,
  { context, httpResponse }: { context: Record<string, ContextValue>; httpResponse: 'simple' | 'iam' },
): IamAnswer | SimpleAnswer {
  if (call.front === 'http-2.0' && httpResponse === 'simple')
    return { isAuthorized: effect === 'allow', context };
  return {
    principalId: principal.sub ?? 'unknown',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: effect === 'allow' ? 'Allow' : 'Deny',
          // A resource over 512 characters would make the whole answer invalid, and a 500 of it.
          Resource: code === 'path_too_long' ? `${call.arn.stageArn}/*` : call.arn.text,
        },
      ],
    },
    context,
  };
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
