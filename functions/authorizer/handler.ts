/** The API Gateway authorizer: verifies the token, decides by the policy, answers in the front end's shape. */

import { callerDocument } from 'gatehouse:caller-document';
import {
  type AuthorizerAnswer,
  answerDecision,
  answerUnauthorized,
} from '../../shared/events/authorizer-answer.ts';
import { readAuthorizerEvent } from '../../shared/events/authorizer-event.ts';
import { backendContext } from '../../shared/events/backend-context.ts';
import { decide } from '../../shared/policy/decide.ts';
import { composeAuthorizer } from '../../shared/runtime/compose.ts';
import { lambdaHandler } from '../../shared/runtime/lambda.ts';
import { bearerToken } from '../../shared/token/bearer.ts';
import { TokenError } from '../../shared/token/errors.ts';

const { policy, policyHash, config, log, verify, isRevoked, now } = composeAuthorizer();
const { answerMode } = config;
const documentFor = callerDocument;

async function authorize(event: unknown): Promise<AuthorizerAnswer> {
  const call = readAuthorizerEvent(event);
  const route = `${call.verb} ${call.path}`;
  try {
    const { principal } = await verify(bearerToken(call.authorization));
    // Of each request, also of a token that is remembered.
    const revoked = isRevoked !== null && (await isRevoked(principal));
    const circumstances = { nowSeconds: now() / 1000, ttlSeconds: config.ttlSeconds, revoked };
    const decision = decide(policy, principal, call, circumstances);
    const { effect, code, rule } = decision;
    const { sub, client, pool } = principal;
    log.audit({ effect, code, rule, sub, client, pool, route });
    return answerDecision(call, decision, {
      context: backendContext(policy, decision, { policyHash, answerMode }),
      httpResponse: config.httpResponse,
      callerDocument: documentFor && (() => documentFor(policy, principal, circumstances, call.arn.stageArn)),
    });
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const code = error.code === 'TOKEN_MISSING' ? 'token_missing' : 'token_invalid';
    log.audit({ effect: 'deny', code, reason: error.code, route });
    return answerUnauthorized(call.front);
  }
}

export const handler = lambdaHandler(log, authorize);
