/** Which routes of an API are asked about, and by whom. */

import type { Api, ApiRoute } from './facts.ts';
import { type AuditRule, type Evidence, rule } from './rule.ts';

export const API_ROUTE_RULES: readonly AuditRule[] = [
  rule({
    id: 'API_ROUTE_OPEN',
    severity: 'medium',
    title: 'a route is open to everybody',
    mend: 'put the authorizer on it; if it is meant to be open, say so with --open',
    needs: ['apis', 'settings'],
    find: ({ apis, settings }) =>
      eachRoute(
        apis,
        (route, api) => !isCatchAll(route) && isOpen(route, api, settings.openRoutes) && openness(route),
      ),
  }),
  rule({
    id: 'API_CATCH_ALL_OPEN',
    severity: 'high',
    title: 'a catch-all route is open to everybody',
    mend: 'put the authorizer on it: whatever is added to the backend is behind it from its first day',
    needs: ['apis', 'settings'],
    find: ({ apis, settings }) =>
      eachRoute(
        apis,
        (route, api) =>
          isCatchAll(route) &&
          isOpen(route, api, settings.openRoutes) &&
          `${openness(route)}, and takes every path that no other route has`,
      ),
  }),
  rule({
    id: 'API_ROUTE_PAST_POLICY',
    severity: 'medium',
    title: 'a route is guarded by a built-in authorizer, which does not ask the policy',
    mend: 'put the same Lambda authorizer on it as on the other routes',
    needs: ['apis'],
    find: ({ apis }) =>
      eachRoute(
        // Where no route asks a function, nobody expects the policy to be asked.
        apis.filter(({ routes }) => routes.some(({ authorization }) => authorization === 'CUSTOM')),
        ({ authorization }) =>
          ['COGNITO_USER_POOLS', 'JWT'].includes(authorization) &&
          `is guarded by ${authorization}, others by a function`,
      ),
  }),
  rule({
    id: 'API_PREFLIGHT_SWALLOWED',
    severity: 'low',
    title: 'browsers’ preflight requests meet the authorizer, which they carry no token for',
    mend: 'add the route `OPTIONS /{proxy+}` without an authorizer',
    needs: ['apis'],
    find: ({ apis }) =>
      eachRoute(
        apis.filter(
          ({ cors, routes }) =>
            cors &&
            !routes.some(({ key, authorization }) => key === 'OPTIONS /{proxy+}' && authorization === 'NONE'),
        ),
        ({ key, authorization }) =>
          key === '$default' && authorization !== 'NONE' && 'takes OPTIONS too, though the API answers CORS',
      ),
  }),
];

export function eachRoute(
  apis: readonly Api[],
  say: (route: ApiRoute, api: Api) => string | false,
): Evidence[] {
  return apis.flatMap((api) =>
    api.routes.flatMap((route) => {
      const detail = say(route, api);
      return detail ? [{ subject: `${apiName(api)}: ${route.key}`, detail }] : [];
    }),
  );
}

export function apiName({ kind, name, id }: Api): string {
  return `${kind} API ${name} (${id})`;
}

/** A preflight carries no token; a WebSocket is asked about when it connects, and never again (contracts A7). */
function isOpen({ key, authorization }: ApiRoute, { kind }: Api, meant: readonly string[]): boolean {
  if (authorization !== 'NONE' || meant.includes(key)) return false;
  return kind === 'WEBSOCKET' ? key === '$connect' : !key.startsWith('OPTIONS ');
}

function openness({ apiKeyRequired }: ApiRoute): string {
  return `has no authorizer${apiKeyRequired ? ', but an API key, which says nothing of who calls' : ''}`;
}

function isCatchAll({ key }: ApiRoute): boolean {
  return key === '$default' || key.endsWith('+}');
}
