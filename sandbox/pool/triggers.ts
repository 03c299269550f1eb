/**
 * The Lambda side of the local pool: takes cognito-local's invocations and hands them to the built triggers as
 * Cognito would. cognito-local speaks a dialect of its own, which is translated here and nowhere else:
 *
 * - events carry version "0" and Region "local": presented as version "1" in the pool's Region;
 * - the token event lacks the user's groups: filled in from the pool;
 * - a group override is ignored: handed back as the claim `cognito:groups`, which it applies to the ID token.
 */

import {
  AdminListGroupsForUserCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import type { DecisionLog } from '../decisions.ts';
import { type LocalServer, readBody, sendJson, serve } from '../http.ts';
import type { Invocation, LocalFunction } from '../lambda.ts';
import { REGION } from './cognito-local.ts';

interface TriggerEvent {
  userPoolId: string;
  userName: string;
  request: Record<string, unknown>;
  response: { claimsOverrideDetails?: ClaimsOverride };
}

interface ClaimsOverride {
  claimsToAddOrOverride?: Record<string, unknown>;
  groupOverrideDetails?: { groupsToOverride?: string[] };
}

/** Serves `POST /2015-03-31/functions/NAME/invocations` (Lambda API reference, Invoke). */
export function startTriggers(
  functions: Record<string, LocalFunction>,
  client: Promise<CognitoIdentityProviderClient>,
  decisions: DecisionLog,
): Promise<LocalServer> {
  return serve(0, async (request, response) => {
    const name = /^\/2015-03-31\/functions\/(\w+)\/invocations$/.exec(request.url ?? '')?.[1] ?? '';
    const target = functions[name];
    if (!target) return sendJson(response, 404, { message: 'Function not found' });
    const event = JSON.parse(await readBody(request)) as TriggerEvent;
    const asked = {
      ...event,
      version: '1',
      region: REGION,
      request: await requestOf(name, event, await client),
    };
    const { answer, logLines }: Invocation = await target.invoke(asked);
    decisions.add(logLines);
    if (answer.ok) return sendJson(response, 200, inDialect(answer.payload as TriggerEvent));
    const { errorType, errorMessage } = answer;
    sendJson(response, 200, { errorType, errorMessage }, { 'x-amz-function-error': 'Unhandled' });
  });
}

async function requestOf(
  name: string,
  { userPoolId, userName, request }: TriggerEvent,
  pool: CognitoIdentityProviderClient,
): Promise<Record<string, unknown>> {
  if (name !== 'PreTokenGeneration') return request;
  const { Groups = [] } = await pool.send(
    new AdminListGroupsForUserCommand({ UserPoolId: userPoolId, Username: userName }),
  );
  return {
    ...request,
    groupConfiguration: {
      groupsToOverride: Groups.map(({ GroupName }) => GroupName),
      iamRolesToOverride: [],
    },
  };
}

function inDialect(event: TriggerEvent): TriggerEvent {
  const details = event.response.claimsOverrideDetails;
  const groups = details?.groupOverrideDetails?.groupsToOverride;
  if (!details || !groups) return event;
  const claims = { ...details.claimsToAddOrOverride, 'cognito:groups': groups };
  return {
    ...event,
    response: { ...event.response, claimsOverrideDetails: { ...details, claimsToAddOrOverride: claims } },
  };
}
