/** What a request is called: its verb, its path and its ARN, in each reading that AWS leaves open. */

import type { Api, GatewayRequest, Switches } from './model.ts';

/** `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{VERB}/{path}`, or `…/$connect` (contracts A8). */
export function methodArn(api: Api, request: GatewayRequest, switches: Switches): string {
  const stageArn = `arn:aws:execute-api:${api.region}:${api.account}:${api.apiId}/${api.stage}`;
  if (api.kind === 'websocket') return `${stageArn}/$connect`;
  return `${stageArn}/${authorizedVerb(api, request, switches)}${arnPath(request.path, switches)}`;
}

/** The verb that the authorizer is asked about. */
export function authorizedVerb(api: Api, request: GatewayRequest, { overriddenVerb }: Switches): string {
  return overriddenVerb === 'seen' ? effectiveVerb(api, request) : request.method;
}

/** The verb that is routed and that the backend sees. REST APIs put the override in its place. */
export function effectiveVerb({ kind }: Pick<Api, 'kind'>, { method, headers = {} }: GatewayRequest): string {
  if (kind !== 'rest') return method;
  const override = headerValues(headers, 'x-http-method-override').at(-1) ?? '';
  return /^[a-z]+$/i.test(override) ? override.toUpperCase() : method;
}

export function arnPath(path: string, { arnPath: form, trailingSlash }: Switches): string {
  const read = form === 'decoded' ? decodeOnce(path) : path;
  return trailingSlash === 'dropped' ? withoutTrailingSlash(read) : read;
}

/** The path by which the route is found. */
export function routedPath(path: string, switches: Switches): string {
  const read = arnPath(path, switches);
  return switches.trailingSlash === 'kept' ? read : withoutTrailingSlash(read);
}

/** The path that the event and `$context.path` carry. */
export function carriedPath(path: string, { eventPath }: Switches): string {
  return eventPath === 'raw' ? path : withoutTrailingSlash(decodeOnce(path));
}

/** All values of a header, in order; its name in any case. */
export function headerValues(headers: GatewayRequest['headers'] = {}, name: string): string[] {
  const values: string[] = [];
  for (const key of Object.keys(headers)) {
    if (key.length === name.length && key.toLowerCase() === name.toLowerCase())
      values.push(...[headers[key] ?? []].flat());
  }
  return values;
}

/** Decodes once; what is no escape stays as it is. */
export function decodeOnce(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
