/** Identity sources: what a request must carry before the authorizer is asked, and what its answer is kept by. */

import { decodeOnce, headerValues } from './method-arn.ts';
import type { Api, GatewayRequest } from './model.ts';

export interface IdentitySource {
  from: 'header' | 'querystring' | 'stageVariables' | 'context';
  name: string;
}

/** Where the values of sources come from. */
export interface Identified {
  request: GatewayRequest;
  stageVariables: Readonly<Record<string, string>>;
  /** `$context` */
  context: Readonly<Record<string, unknown>>;
}

const FORMS = {
  rest: /^(?:method\.request\.(header|querystring)|(stageVariables|context))\.(\S+)$/,
  http: /^\$(?:request\.(header|querystring)|(stageVariables|context))\.(\S+)$/,
  websocket: /^(?:route\.request\.(header|querystring)|(stageVariables|context))\.(\S+)$/,
} as const;

/** Throws for what the API kind has no source for; path parameters are none anywhere. */
export function readIdentitySource(kind: Api['kind'], text: string): IdentitySource {
  const [, inRequest, elsewhere, name] = FORMS[kind].exec(text.trim()) ?? [];
  if (name === undefined) throw new Error(`\`${text}\` is no identity source of a ${kind} API`);
  return { from: (inRequest ?? elsewhere) as IdentitySource['from'], name };
}

/** The values in order; `null` if one is absent or empty. */
export function identityOf(sources: readonly IdentitySource[], identified: Identified): string[] | null {
  const values = sources.map((source) => valueOf(source, identified));
  return values.includes('') ? null : values;
}

export function queryValues(query: string, name: string): string[] {
  return query === '' ? [] : new URLSearchParams(query).getAll(name);
}

/** All values of a repeated header or parameter count, in order (console page of the guide). */
function valueOf({ from, name }: IdentitySource, identified: Identified): string {
  const { request, stageVariables, context } = identified;
  switch (from) {
    case 'header':
      return headerValues(request.headers, name).join(',');
    case 'querystring':
      return queryValues(request.query ?? '', decodeOnce(name)).join(',');
    case 'stageVariables':
      return Object.hasOwn(stageVariables, name) ? (stageVariables[name] ?? '') : '';
    case 'context':
      return contextValue(context, name);
  }
}

function contextValue(context: Readonly<Record<string, unknown>>, name: string): string {
  let value: unknown = context;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return '';
    value = (value as Record<string, unknown>)[part];
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
