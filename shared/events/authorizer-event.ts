/** What an authorizer is asked, told apart by the event alone: five front ends, one question. */

import type { AccessRequest } from '../policy/decide.ts';
import { segmentsOfPath } from '../policy/path.ts';
import { CONNECT } from '../policy/pattern.ts';
import { EventError } from './errors.ts';
import { type MethodArn, parseMethodArn } from './method-arn.ts';
import { readEvent } from './read.ts';
import { listOf, mapOf, maybe, objectWith, text, type ValueOf } from './shape.ts';

export type Front = 'rest-token' | 'rest-request' | 'http-1.0' | 'http-2.0' | 'websocket';

export interface AuthorizerCall {
  front: Front;
  /** The Authorization header's value; null without one. Several values come joined by a comma. */
  authorization: string | null;
  arn: MethodArn;
  verb: string;
  path: string;
  /** Why the request is unfit to decide on; null if it is fit. */
  flaw: AccessRequest['flaw'];
}

/** API Gateway refuses a longer resource in an authorizer's policy (authorizer output page). */
const MAX_ARN_CHARACTERS = 512;

const OVERRIDE_HEADERS = ['x-http-method-override', 'x-http-method', 'x-method-override'];

const optional = maybe(text);
const eventSchema = objectWith({
  type: optional,
  version: optional,
  methodArn: optional,
  routeArn: optional,
  authorizationToken: optional,
  httpMethod: optional,
  path: optional,
  rawPath: optional,
  resource: optional,
  routeKey: optional,
  headers: maybe(mapOf(optional)),
  multiValueHeaders: maybe(mapOf(maybe(listOf(text)))),
  requestContext: maybe(
    objectWith({
      domainName: optional,
      httpMethod: optional,
      path: optional,
      resourcePath: optional,
      routeKey: optional,
      http: maybe(objectWith({ method: optional, path: optional })),
    }),
  ),
});

type AuthorizerEvent = ValueOf<typeof eventSchema>;

/** Reads an authorizer event. Throws `EventError` for anything that no front end sends. */
export function readAuthorizerEvent(event: unknown): AuthorizerCall {
  const read = readEvent(eventSchema, event);
  const member = read.version === '2.0' ? 'routeArn' : 'methodArn';
  const arn = parseMethodArn(read[member] ?? '', member);
  const front = frontOf(read, arn);
  const call = {
    front,
    arn,
    authorization:
      front === 'rest-token' ? (read.authorizationToken ?? null) : headerValue(read, 'authorization'),
    verb: front === 'websocket' ? CONNECT : arn.verb,
    path: arn.path,
  };
  return { ...call, flaw: flawOf(read, call) };
}

function frontOf({ type, version }: AuthorizerEvent, arn: MethodArn): Front {
  if (type === 'TOKEN') return 'rest-token';
  if (type !== 'REQUEST') throw new EventError('type');
  if (version === '2.0') return 'http-2.0';
  if (version === '1.0') return 'http-1.0';
  // The whole rest of the ARN: a REST path may well end in `/$connect`.
  return arn.text === `${arn.stageArn}/$connect` ? 'websocket' : 'rest-request';
}

/** Header names in any case; more than one distinct value is joined, as HTTP does, and is then no bearer token. */
function headerValue({ headers, multiValueHeaders }: AuthorizerEvent, name: string): string | null {
  const values: string[] = [];
  for (const key of Object.keys(multiValueHeaders ?? {})) {
    if (isNamed(key, name)) values.push(...(multiValueHeaders?.[key] ?? []));
  }
  for (const key of Object.keys(headers ?? {})) {
    const value = headers?.[key];
    if (isNamed(key, name) && value != null && !values.includes(value)) values.push(value);
  }
  return values.length === 0 ? null : values.join(', ');
}

/** `name` in lower case. The length first: nothing of another length becomes ASCII of this one in lower case. */
function isNamed(header: string, name: string): boolean {
  return header.length === name.length && header.toLowerCase() === name;
}

type Asked = Pick<AuthorizerCall, 'front' | 'arn' | 'verb' | 'path'>;

function flawOf(event: AuthorizerEvent, asked: Asked): AuthorizerCall['flaw'] {
  if (asked.arn.text.length > MAX_ARN_CHARACTERS) return 'path_too_long';
  // `CONNECT` in a policy means a WebSocket; as an HTTP method it is none that an API serves.
  if (asked.front !== 'websocket' && asked.verb === CONNECT) return 'verb_unknown';
  if (!agrees(event, asked)) return 'path_ambiguous';
  const overrides = hasOverride(event.headers) || hasOverride(event.multiValueHeaders);
  return overrides ? 'method_override' : null;
}

function hasOverride(headers: object | null | undefined): boolean {
  return Object.keys(headers ?? {}).some((header) => OVERRIDE_HEADERS.some((name) => isNamed(header, name)));
}

/**
 * The ARN is what is decided on; whatever else the event says of verb, path and route must say the same, or the
 * backend could be reached under a name that was not judged. A TOKEN event says nothing else.
 */
function agrees(event: AuthorizerEvent, asked: Asked): boolean {
  const { front, arn, verb, path } = asked;
  if (front === 'rest-token') return true;
  const context = event.requestContext;
  if (front === 'websocket')
    return (context?.routeKey ?? '$connect') === '$connect' && event.httpMethod == null;
  const segments = segmentsOfPath(path);
  if (segments === null) return false;
  const verbs = [event.httpMethod, context?.httpMethod, context?.http?.method];
  const paths = [event.path, event.rawPath, context?.path, context?.http?.path];
  const prefix = { stage: arn.stage, anyPrefix: isCustomDomain(context?.domainName) };
  return (
    verbs.every((each) => each == null || each === verb) &&
    paths.every((each) => each == null || each === path || samePath(each, segments, prefix)) &&
    fitsTemplate(event, asked, segments)
  );
}

/** A path as the event carries it: bare, below `/{stage}`, or on a custom domain below a base path. */
function samePath(
  path: string,
  segments: readonly string[],
  prefix: { stage: string; anyPrefix: boolean },
): boolean {
  const carried = segmentsOfPath(path === '' ? '/' : path);
  if (carried === null || carried.length < segments.length) return false;
  const before = carried.slice(0, carried.length - segments.length);
  const allowed =
    before.length === 0 || prefix.anyPrefix || (before.length === 1 && before[0] === prefix.stage);
  return allowed && segments.every((segment, index) => segment === carried[before.length + index]);
}

function isCustomDomain(domainName: string | null | undefined): boolean {
  return domainName != null && !domainName.includes('.execute-api.');
}

/** `resource` (`/items/{id}`) and `routeKey` (`ANY /items/{id}`, `$default`) against the path, segment by segment. */
function fitsTemplate(event: AuthorizerEvent, { front, verb }: Asked, segments: readonly string[]): boolean {
  const context = event.requestContext;
  // No source says what a `resourcePath` of an HTTP API looks like.
  const resources = [event.resource, front === 'rest-request' ? context?.resourcePath : null];
  const routes = [event.routeKey, context?.routeKey];
  return (
    resources.every((each) => each == null || each === '$default' || templateTakes(each, segments)) &&
    routes.every((each) => each == null || each === '$default' || routeTakes(each, verb, segments))
  );
}

function routeTakes(routeKey: string, verb: string, segments: readonly string[]): boolean {
  const [routeVerb, template = ''] = routeKey.split(' ');
  return (routeVerb === 'ANY' || routeVerb === verb) && templateTakes(template, segments);
}

function templateTakes(template: string, segments: readonly string[]): boolean {
  const words = template.split('/').filter((word) => word !== '');
  const greedy = words.at(-1)?.endsWith('+}') === true;
  if (greedy ? segments.length < words.length - 1 : segments.length !== words.length) return false;
  return words.every((word, index) => {
    if (/^\{.+\}$/.test(word)) return true;
    return segmentsOfPath(`/${word}`)?.[0] === segments[index];
  });
}
