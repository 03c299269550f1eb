/** Which declared route a request takes (contracts A10). */

import { decodeOnce, effectiveVerb, routedPath } from './method-arn.ts';
import type { Api, GatewayRequest, Switches } from './model.ts';

export interface Route {
  /** `GET /items/{id}`, `ANY /{proxy+}`, `$default`, `$connect`: always the template. */
  routeKey: string;
  verb: string;
  template: string;
  words: readonly string[];
  /** Whether the authorizer is asked. */
  authorized: boolean;
}

export interface RouteMatch extends Route {
  pathParameters: Readonly<Record<string, string>> | null;
}

/** Most specific first. Throws for what is no route. */
export function readRoutes({ kind, routes, openRoutes = [] }: Api): Route[] {
  const read = (routeKey: string, authorized: boolean): Route => {
    if (kind === 'websocket' ? routeKey === '$connect' : kind === 'http' && routeKey === '$default')
      return { routeKey, verb: 'ANY', template: '', words: [], authorized };
    const [, verb, template] = /^([A-Z]+) (\/\S*)$/.exec(routeKey) ?? [];
    if (kind === 'websocket' || verb === undefined || template === undefined)
      throw new Error(`\`${routeKey}\` is no route of this API`);
    const words = template.slice(1).split('/');
    if (words.slice(0, -1).some(isGreedy)) throw new Error(`\`${routeKey}\`: {name+} comes last`);
    return { routeKey, verb, template, words, authorized };
  };
  return [...routes.map((each) => read(each, true)), ...openRoutes.map((each) => read(each, false))].toSorted(
    bySpecificity,
  );
}

/** `null` where nothing is served. */
export function findRoute(
  api: Api,
  routes: readonly Route[],
  request: GatewayRequest,
  switches: Switches,
): RouteMatch | null {
  const [first] = routes;
  if (api.kind === 'websocket') return first ? { ...first, pathParameters: null } : null;
  const verb = effectiveVerb(api, request);
  const segments = routedPath(request.path, switches).slice(1).split('/');
  // Decoded already, or one by one so that `%2F` separates nothing.
  const decoded = switches.arnPath === 'decoded' ? segments : segments.map(decodeOnce);
  const takesPath = (route: Route) => route.routeKey === '$default' || fits(route.words, decoded);
  const takesVerb = (route: Route) => route.verb === 'ANY' || route.verb === verb;
  // A REST API looks for the resource, and then for the resource's method; an HTTP API for both at once.
  const template = api.kind === 'rest' ? routes.find(takesPath)?.template : undefined;
  const found = routes.find(
    (route) => takesPath(route) && takesVerb(route) && (template ?? route.template) === route.template,
  );
  return found ? { ...found, pathParameters: parametersOf(found.words, decoded) } : null;
}

function isGreedy(word: string): boolean {
  return word.endsWith('+}');
}

function isParameter(word: string): boolean {
  return word.startsWith('{') && word.endsWith('}');
}

/** `{name+}` takes at least one character: `/pets/{proxy+}` does not serve `/pets`. */
function fits(words: readonly string[], segments: readonly string[]): boolean {
  const greedy = isGreedy(words.at(-1) ?? '');
  if (greedy ? segments.length < words.length : segments.length !== words.length) return false;
  return words.every((word, index) => {
    if (isGreedy(word)) return segments.slice(index).join('/') !== '';
    return isParameter(word) ? segments[index] !== '' : word === segments[index];
  });
}

function parametersOf(
  words: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | null {
  const parameters = words.flatMap((word, index): [string, string][] => {
    if (isGreedy(word)) return [[word.slice(1, -2), segments.slice(index).join('/')]];
    return isParameter(word) ? [[word.slice(1, -1), segments[index] ?? '']] : [];
  });
  return parameters.length === 0 ? null : Object.fromEntries(parameters);
}

/** Segment by segment a literal before `{name}` before `{name+}`; then a verb before `ANY`; `$default` last. */
function bySpecificity(a: Route, b: Route): number {
  if (a.routeKey === '$default' || b.routeKey === '$default')
    return Number(a.routeKey === '$default') - Number(b.routeKey === '$default');
  for (const [index, word] of a.words.entries()) {
    const other = b.words[index];
    if (other === undefined) break;
    if (vagueness(word) !== vagueness(other)) return vagueness(word) - vagueness(other);
  }
  return Number(a.verb === 'ANY') - Number(b.verb === 'ANY');
}

function vagueness(word: string): number {
  if (isGreedy(word)) return 2;
  return isParameter(word) ? 1 : 0;
}
