/** An HTTP API or a WebSocket API: its routes and its authorizers. */

import {
  type ApiGatewayV2Client,
  type Authorizer,
  GetApiCommand,
  GetAuthorizersCommand,
  GetRoutesCommand,
  GetStageCommand,
  type Route,
} from '@aws-sdk/client-apigatewayv2';
import type { Api, ApiAuthorizer, ApiRoute } from '../audit/facts.ts';
import { functionOf } from './authorizer-functions.ts';
import { allPages, type PartReader } from './parts.ts';

const PAGE = '500';

export async function readHttpApi(
  client: ApiGatewayV2Client,
  { ApiId, StageName }: { ApiId: string; StageName: string | undefined },
  { ask }: PartReader,
): Promise<Api | null> {
  const get = <T>(call: () => Promise<T>) => ask(`apigateway:GET of HTTP API ${ApiId}`, call);
  const found = await get(() => client.send(new GetApiCommand({ ApiId })));
  if (found === null) return null;
  const [routes, authorizers] = await Promise.all([
    get(() =>
      allPages(async (NextToken?: string) => {
        const command = new GetRoutesCommand({ ApiId, MaxResults: PAGE, NextToken });
        const { Items: items, NextToken: next } = await client.send(command);
        return { items, next };
      }),
    ),
    get(() =>
      allPages(async (NextToken?: string) => {
        const command = new GetAuthorizersCommand({ ApiId, MaxResults: PAGE, NextToken });
        const { Items: items, NextToken: next } = await client.send(command);
        return { items, next };
      }),
    ),
  ]);
  if (routes === null || authorizers === null) return null;
  // One `--stage` is for a REST API too, and most HTTP APIs have `$default` alone: asked only where it tells something.
  const isNamedByStage = authorizers.some(({ AuthorizerUri }) =>
    AuthorizerUri?.includes('${stageVariables.'),
  );
  const stage =
    StageName !== undefined && isNamedByStage
      ? await get(() => client.send(new GetStageCommand({ ApiId, StageName })))
      : null;
  return {
    kind: found.ProtocolType === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP',
    id: ApiId,
    name: found.Name ?? '',
    routes: routes.map(routeOf),
    authorizers: authorizers.map((each) => authorizerOf(each, stage?.StageVariables)),
    cors: found.CorsConfiguration !== undefined,
  };
}

function routeOf({
  RouteKey = '',
  AuthorizationType = 'NONE',
  AuthorizerId,
  ApiKeyRequired,
}: Route): ApiRoute {
  return {
    key: RouteKey,
    authorization: AuthorizationType,
    authorizerId: AuthorizerId ?? null,
    apiKeyRequired: ApiKeyRequired === true,
  };
}

function authorizerOf(authorizer: Authorizer, variables: Record<string, string> | undefined): ApiAuthorizer {
  return {
    id: authorizer.AuthorizerId ?? '',
    name: authorizer.Name ?? '',
    type: authorizer.AuthorizerType ?? '',
    // HTTP APIs keep nothing unless they are told to (contracts A5).
    ttlSeconds: authorizer.AuthorizerResultTtlInSeconds ?? 0,
    identitySources: authorizer.IdentitySource ?? [],
    functionArn: functionOf(authorizer.AuthorizerUri, variables),
    payloadVersion: authorizer.AuthorizerPayloadFormatVersion ?? null,
    simpleResponses: authorizer.EnableSimpleResponses === true,
  };
}
