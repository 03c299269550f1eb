/** Local APIs of each kind, on a clock that a test moves. */

import { type Authorize, createGateway } from '../../sandbox/gateway/gateway.ts';
import type { Api, Authorizer, GatewayRequest, Switches } from '../../sandbox/gateway/model.ts';

type Json = Record<string, unknown>;

const IDS = { region: 'eu-west-1', account: '123456789012', apiId: 'abcdef1234' };

const CATCH_ALL = ['ANY /', 'ANY /{proxy+}'];

export function restApi(authorizer: Authorizer, change: Partial<Api> = {}): Api {
  return { kind: 'rest', ...IDS, stage: 'dev', routes: CATCH_ALL, authorizer, ...change };
}

export function httpApi(authorizer: Authorizer, change: Partial<Api> = {}): Api {
  return { kind: 'http', ...IDS, stage: '$default', routes: CATCH_ALL, authorizer, ...change };
}

export function webSocketApi(authorizer: Authorizer): Api {
  return { kind: 'websocket', ...IDS, stage: 'dev', routes: ['$connect'], authorizer };
}

/** The ARN of a request to one of these APIs. */
export function arnOf(api: Api, verb: string, path: string): string {
  return `arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/${api.stage}/${verb}${path}`;
}

export interface Bench {
  /** `GET /articles/1`; a `?` begins the query. */
  ask: (
    call: string,
    headers?: GatewayRequest['headers'],
  ) => ReturnType<ReturnType<typeof createGateway>['handle']>;
  /** Status and whether the function was asked, for a table. */
  see: (call: string, headers?: GatewayRequest['headers']) => Promise<string>;
  /** Every event that the authorizer got. */
  events: Json[];
  passSeconds: (seconds: number) => void;
  flush: () => void;
}

export function bench(api: Api, authorize: Authorize, switches?: Switches): Bench {
  let now = 1_800_000_000_000;
  const events: Json[] = [];
  const gateway = createGateway(api, {
    authorize: (event) => {
      events.push(event);
      return authorize(event);
    },
    now: () => now,
    ...(switches && { switches }),
  });
  const ask: Bench['ask'] = (call, headers = { Authorization: 'Bearer a' }) => {
    const [, method = '', path = '', query = ''] = /^(\S+) ([^?]*)\??(.*)$/s.exec(call) ?? [];
    return gateway.handle({ method, path, query, headers });
  };
  return {
    ask,
    see: async (call, headers) => {
      const { status, asked } = await ask(call, headers);
      return `${status} ${asked}`;
    },
    events,
    passSeconds: (seconds) => {
      now += seconds * 1000;
    },
    flush: gateway.flush,
  };
}

/** An IAM answer. */
export function policy(Effect: string, Resource: unknown, change: Json = {}): Json {
  return {
    principalId: 'u',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }],
    },
    ...change,
  };
}

export function textOf({ body }: { body: string }): unknown {
  return (JSON.parse(body) as Json)['message'];
}

/** Where the cache gave another answer than the function would have: `call: from the cache -> asked`. */
export async function cacheErrors(
  api: Api,
  authorize: Authorize,
  calls: readonly (readonly [call: string, headers?: GatewayRequest['headers']])[],
  switches?: Switches,
): Promise<string[]> {
  const keeping = bench(api, authorize, switches);
  const asking = bench(api, authorize, switches);
  const errors: string[] = [];
  for (const [call, headers] of calls) {
    const kept = await keeping.ask(call, headers);
    asking.flush();
    const asked = await asking.ask(call, headers);
    if (kept.status !== asked.status) errors.push(`${call}: ${kept.status} -> ${asked.status}`);
  }
  return errors;
}
