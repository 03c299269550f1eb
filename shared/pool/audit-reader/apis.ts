/** The APIs that are named, and what their authorizers count on. */

import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Facts, Part } from '../audit/facts.ts';
import { readAuthorizers } from './authorizer-functions.ts';
import { readHttpApi } from './http-api.ts';
import { type Limit, notGiven, readPart } from './parts.ts';
import { readRestApi, type RestApi } from './rest-api.ts';

export interface ApiRequest {
  poolId: string;
  restApiId?: string | undefined;
  httpApiId?: string | undefined;
  stage?: string | undefined;
}

type ApiFacts = Pick<Facts, 'apis' | 'authorizers' | 'cachedRoutes'>;

/** One that nobody named is no gap beside the other. */
const NOT_NAMED: Part<never> = { value: null, gaps: [] };

export async function readApis(
  clients: { rest: APIGatewayClient; http: ApiGatewayV2Client; lambda: LambdaClient },
  { poolId, restApiId, httpApiId, stage }: ApiRequest,
  limit: Limit,
): Promise<ApiFacts> {
  if (restApiId === undefined && httpApiId === undefined) {
    const missing = notGiven<never>('an API', '--rest-api or --http-api');
    return { apis: missing, authorizers: missing, cachedRoutes: missing };
  }
  const [rest, http] = await Promise.all([
    restApiId === undefined
      ? NOT_NAMED
      : readPart(limit, (reader) => readRestApi(clients.rest, { restApiId, stageName: stage }, reader)),
    httpApiId === undefined
      ? NOT_NAMED
      : readPart(limit, (reader) =>
          readHttpApi(clients.http, { ApiId: httpApiId, StageName: stage }, reader),
        ),
  ]);
  const apis = [rest.value?.api, http.value].filter((api) => api != null);
  return {
    apis: { value: apis.length === 0 ? null : apis, gaps: [...rest.gaps, ...http.gaps] },
    authorizers: await readPart(limit, (reader) => readAuthorizers(clients.lambda, { apis, poolId }, reader)),
    cachedRoutes: cachedRoutesOf(rest, restApiId !== undefined && stage !== undefined),
  };
}

function cachedRoutesOf({ value, gaps }: Part<RestApi>, isNamed: boolean): Facts['cachedRoutes'] {
  if (!isNamed) return notGiven('a stage of a REST API', '--rest-api with --stage');
  return { value: value?.cached ?? null, gaps };
}
