/**
 * An API Gateway without sockets: routes, identity sources, the cache of answers, and what comes of them. README.md
 * beside it says which behaviour has which source, and where AWS documents none.
 */

import { type Answered, type Context, readAnswer, type UsableAnswer } from './answer.ts';
import { evaluateDocument } from './evaluate.ts';
import { contextOf, eventFor } from './events.ts';
import { type IdentitySource, identityOf, readIdentitySource } from './identity.ts';
import { effectiveVerb, methodArn } from './method-arn.ts';
import { type Api, AS_SENT, type GatewayRequest, type ResponseType, type Switches } from './model.ts';
import { type Refusal, refuse } from './refusals.ts';
import { findRoute, type RouteMatch, readRoutes } from './routes.ts';

/** The function: answers, or throws. */
export type Authorize = (event: Record<string, unknown>) => Promise<unknown>;

export interface GatewayOptions {
  authorize: Authorize;
  now: () => number;
  switches?: Switches;
}

/** What the backend gets. */
export interface BackendCall {
  method: string;
  /** As sent. */
  path: string;
  routeKey: string;
  authorizer: Context;
}

/** What came of a request. `asked`: whether the function was invoked, its kept answer was used, or neither. */
export type GatewayResult = Refusal & { asked: 'invoked' | 'cached' | 'no'; backend: BackendCall | null };

export interface Gateway {
  handle: (request: GatewayRequest) => Promise<GatewayResult>;
  /** Forgets every answer: a deployment, or `FlushStageAuthorizersCache`. */
  flush: () => void;
}

/** The longest method ARN, in bytes (authorizer output page). */
const MAX_ARN_BYTES = 1600;

/** Throws for settings that AWS would not take. */
export function createGateway(api: Api, { authorize, now, switches = AS_SENT }: GatewayOptions): Gateway {
  const routes = readRoutes(api);
  const settings = readSettings(api);
  const memory = new AnswerMemory(settings.ttlSeconds, now);

  async function handle(request: GatewayRequest): Promise<GatewayResult> {
    const route = findRoute(api, routes, request, switches);
    if (!route) return refused(api, 'MISSING_AUTHENTICATION_TOKEN');
    if (!route.authorized) return forwarded(api, { request, route, asked: 'no', authorizer: {} });
    const arn = methodArn(api, request, switches);
    if (Buffer.byteLength(arn) > MAX_ARN_BYTES) return refused(api, 'URI_TOO_LONG');
    const context = contextOf({ api, request, switches, route }, now());
    const stageVariables = api.stageVariables ?? {};
    const identity = identityOf(settings.sources, { request, stageVariables, context });
    if (identity === null || settings.expression?.test(identity[0] ?? '') === false)
      return refused(api, 'UNAUTHORIZED');
    const event = () => eventFor({ api, request, switches, route, methodArn: arn, identity, context });
    const key = JSON.stringify(identity);
    const kept = memory.recall(key);
    const answer = kept ?? readAnswer(api, await invoke(authorize, event()));
    const asked = kept ? 'cached' : 'invoked';
    if (answer.kind === 'failure') return refused(api, 'AUTHORIZER_FAILURE', { asked });
    if (answer.kind === 'unauthorized') return refused(api, 'UNAUTHORIZED', { asked });
    if (!kept) memory.keep(key, answer);
    const effect = effectOf(answer, arn);
    if (effect !== 'allow') return refused(api, 'ACCESS_DENIED', { asked, explicit: effect === 'deny' });
    return forwarded(api, { request, route, asked, authorizer: answer.context });
  }

  return { handle, flush: () => memory.clear() };
}

/** Answers by the values of the identity sources; nothing is kept with a TTL of 0. */
class AnswerMemory {
  readonly #answers = new Map<string, { answer: UsableAnswer; until: number }>();
  readonly #ttlMs: number;
  readonly #now: () => number;

  constructor(ttlSeconds: number, now: () => number) {
    this.#ttlMs = ttlSeconds * 1000;
    this.#now = now;
  }

  recall(key: string): UsableAnswer | null {
    const found = this.#answers.get(key);
    return found && this.#now() < found.until ? found.answer : null;
  }

  keep(key: string, answer: UsableAnswer): void {
    if (this.#ttlMs > 0) this.#answers.set(key, { answer, until: this.#now() + this.#ttlMs });
  }

  clear(): void {
    this.#answers.clear();
  }
}

async function invoke(authorize: Authorize, event: Record<string, unknown>): Promise<Answered> {
  try {
    return { ok: true, payload: await authorize(event) };
  } catch (error) {
    return { ok: false, errorMessage: (error as { message?: string } | null)?.message ?? String(error) };
  }
}

/** A kept policy is evaluated for every ARN anew; a simple answer is one for everything under its key. */
function effectOf(answer: UsableAnswer, arn: string) {
  if (answer.kind === 'policy') return evaluateDocument(answer.document, arn);
  return answer.isAuthorized ? 'allow' : 'implicit-deny';
}

function refused(
  api: Api,
  type: ResponseType,
  { asked = 'no', explicit = false }: { asked?: GatewayResult['asked']; explicit?: boolean } = {},
): GatewayResult {
  return { ...refuse(api, type, { explicit }), asked, backend: null };
}

function forwarded(
  api: Api,
  {
    request,
    route: { routeKey },
    asked,
    authorizer,
  }: { request: GatewayRequest; route: RouteMatch; asked: GatewayResult['asked']; authorizer: Context },
): GatewayResult {
  const backend = { method: effectiveVerb(api, request), path: request.path, routeKey, authorizer };
  return { status: api.kind === 'websocket' ? 101 : 200, headers: {}, body: '', asked, backend };
}

interface Settings {
  sources: readonly IdentitySource[];
  ttlSeconds: number;
  expression: RegExp | null;
}

function readSettings(api: Api): Settings {
  const { kind, authorizer } = api;
  const token = authorizer.type === 'TOKEN';
  const sources = (token ? [authorizer.identitySource] : authorizer.identitySources).map((source) =>
    readIdentitySource(kind, source),
  );
  const ttlSeconds = authorizer.ttlSeconds ?? (kind === 'rest' ? 300 : 0);
  const expression =
    token && authorizer.identityValidationExpression !== undefined
      ? new RegExp(authorizer.identityValidationExpression)
      : null;
  const refusal = settingsRefused(api, sources, ttlSeconds);
  if (refusal) throw new Error(refusal);
  // An HTTP API keeps nothing without an identity source; a WebSocket API keeps nothing at all.
  const keeps = sources.length > 0 && kind !== 'websocket';
  return { sources, ttlSeconds: keeps ? ttlSeconds : 0, expression };
}

function settingsRefused({ kind, authorizer }: Api, sources: readonly IdentitySource[], ttl: number) {
  if (!(ttl >= 0 && ttl <= 3600)) return 'the TTL is 0 to 3600 seconds';
  if (authorizer.type === 'TOKEN') {
    if (kind !== 'rest') return 'only a REST API has TOKEN authorizers';
    return sources[0]?.from === 'header' ? null : 'a TOKEN authorizer has one header for an identity source';
  }
  const { payloadFormatVersion: version, enableSimpleResponses: simple } = authorizer;
  if (kind === 'rest' && ttl > 0 && sources.length === 0) return 'caching needs an identity source';
  if (kind === 'http' && version === undefined) return 'an HTTP API needs payloadFormatVersion';
  if (simple && (kind !== 'http' || version !== '2.0'))
    return 'simple responses are for HTTP APIs with payloadFormatVersion 2.0';
  return null;
}
