/** What the local API Gateway is made of: an API with its authorizer, a request, and what nobody has documented. */

export type ApiKind = 'rest' | 'http' | 'websocket';

/** A Lambda authorizer's settings, under the names that AWS gives them. */
export type Authorizer = TokenAuthorizer | RequestAuthorizer;

/** REST only: one header, and a policy kept by its value. */
export interface TokenAuthorizer {
  type: 'TOKEN';
  /** `method.request.header.NAME` */
  identitySource: string;
  /** What the header's value must match before the function is asked. */
  identityValidationExpression?: string;
  /** `authorizerResultTtlInSeconds`; absent: 300, as on AWS. */
  ttlSeconds?: number;
}

export interface RequestAuthorizer {
  type: 'REQUEST';
  identitySources: readonly string[];
  /** Absent: 300 on REST APIs, 0 on HTTP APIs. A WebSocket API keeps nothing. */
  ttlSeconds?: number;
  /** HTTP APIs have no default. */
  payloadFormatVersion?: '1.0' | '2.0';
  /** With 2.0 only. */
  enableSimpleResponses?: boolean;
}

export interface Api {
  kind: ApiKind;
  region: string;
  account: string;
  apiId: string;
  stage: string;
  /** Behind the authorizer: `GET /items/{id}`, `ANY /{proxy+}`, `$default` (HTTP), `$connect` (WebSocket). */
  routes: readonly string[];
  /** Without an authorizer. */
  openRoutes?: readonly string[];
  authorizer: Authorizer;
  stageVariables?: Readonly<Record<string, string>>;
  /** REST only. */
  gatewayResponses?: GatewayResponses;
}

/** What a REST API calls its refusals. */
export type ResponseType =
  | 'UNAUTHORIZED'
  | 'ACCESS_DENIED'
  | 'AUTHORIZER_FAILURE'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'URI_TOO_LONG';

export type GatewayResponses = Partial<
  Record<ResponseType | 'DEFAULT_4XX' | 'DEFAULT_5XX', GatewayResponseSettings>
>;

export interface GatewayResponseSettings {
  statusCode?: number;
  headers?: Readonly<Record<string, string>>;
  /** May hold `$context.error.messageString`, `$context.error.message` and `$context.error.responseType`. */
  template?: string;
}

export interface GatewayRequest {
  method: string;
  /** As sent, below the stage: what follows `/{stage}`, or the host on a `$default` stage; without the query. */
  path: string;
  /** Without the `?`. */
  query?: string;
  /** Names as sent; several values of one name in a list. */
  headers?: Readonly<Record<string, string | readonly string[]>>;
  sourceIp?: string;
}

/** What AWS leaves undocumented. A test that must hold on AWS holds with every setting. */
export interface Switches {
  /** Percent-encoding in the ARN: as the client sent it, or decoded once. Routing reads the same text. */
  arnPath: 'raw' | 'decoded';
  /** `/a/`: another route and another ARN than `/a`; the route of `/a` under its own ARN; or `/a` altogether. */
  trailingSlash: 'kept' | 'routed' | 'dropped';
  /** `path` in the event and `$context.path`: as sent, or decoded once and without a trailing slash. */
  eventPath: 'raw' | 'normalised';
  /** With `X-HTTP-Method-Override` (REST): ARN, event and cache key hold the verb put in its place, or the one sent. */
  overriddenVerb: 'seen' | 'hidden';
}

export const AS_SENT: Switches = {
  arnPath: 'raw',
  trailingSlash: 'kept',
  eventPath: 'raw',
  overriddenVerb: 'seen',
};

/** Every combination. */
export const EVERY_SETTING: readonly Switches[] = (['raw', 'decoded'] as const).flatMap((arnPath) =>
  (['kept', 'routed', 'dropped'] as const).flatMap((trailingSlash) =>
    (['raw', 'normalised'] as const).flatMap((eventPath) =>
      (['seen', 'hidden'] as const).map((overriddenVerb) => ({
        arnPath,
        trailingSlash,
        eventPath,
        overriddenVerb,
      })),
    ),
  ),
);
