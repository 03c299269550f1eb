/** A serverless.yml as the framework has resolved it, as far as Gatehouse reads it; anything may be missing. */

export interface Service {
  provider?: {
    region?: string;
    environment?: Record<string, unknown>;
    httpApi?: { authorizers?: Record<string, HttpApiAuthorizer> };
  };
  functions?: Record<string, ServiceFunction | null>;
  custom?: { gatehouse?: GatehouseSettings };
  resources?: { Conditions?: Record<string, unknown> };
}

export interface ServiceFunction {
  environment?: Record<string, unknown>;
  reservedConcurrency?: unknown;
  events?: { http?: { authorizer?: RestAuthorizer | string } }[];
}

export interface RestAuthorizer {
  name?: string;
  type?: string;
  resultTtlInSeconds?: number | string;
  identitySource?: string;
}

export interface HttpApiAuthorizer {
  type?: string;
  functionName?: string;
  resultTtlInSeconds?: number;
  identitySource?: string | string[];
  enableSimpleResponses?: boolean;
  payloadVersion?: string;
}

/** `custom.gatehouse`: what is not in any function's environment. */
export interface GatehouseSettings {
  stage?: string;
  policyFile?: string;
  answerMode?: string;
  preTokenVersion?: string;
  userPoolId?: string;
  appClientIds?: string;
  /** Every route of the API, for `caller` mode: `GET /articles/{id}`. */
  routes?: string[];
}

/** Stands for a value that only the deployment knows, where something must stand. */
const KNOWN_LATER: Record<string, string> = {
  USER_POOL_IDS: 'eu-west-1_KnownAtDeployment',
  APP_CLIENT_IDS: 'KnownAtDeployment',
  MAIL_FROM: 'known@deployment.example',
  OTP_KEY_ID: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:KnownAtDeployment',
};

/** A function's environment as it will be; what only the deployment knows is replaced by a well-formed stand-in. */
export function environmentOf(service: Service, name: string): Record<string, string> {
  const given = { ...service.provider?.environment, ...service.functions?.[name]?.environment };
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => {
      const literal = literalOf(value, service.resources?.Conditions ?? {});
      if (literal === undefined) return [];
      return [[key, literal ?? KNOWN_LATER[key] ?? 'KnownAtDeployment']];
    }),
  );
}

/** The app clients whose tokens the authorizer will take; null for any, and where only the deployment knows. */
export function knownClients(service: Service): string[] | null {
  const { functions, resources } = service;
  const literal = literalOf(
    functions?.['authorizer']?.environment?.['APP_CLIENT_IDS'],
    resources?.Conditions ?? {},
  );
  if (literal == null || literal === '*') return null;
  return literal
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
}

/** What CloudFormation will make of a value: null where only the deployment knows, undefined where there is none. */
function literalOf(value: unknown, conditions: Record<string, unknown>): string | null | undefined {
  if (value == null) return undefined;
  if (typeof value !== 'object') return String(value);
  const { Ref: ref, 'Fn::If': choice } = value as { Ref?: unknown; 'Fn::If'?: unknown[] };
  if (ref === 'AWS::NoValue') return undefined;
  if (!Array.isArray(choice)) return null;
  const holds = truthOf(conditions[String(choice[0])], conditions);
  return holds === null ? null : literalOf(choice[holds ? 1 : 2], conditions);
}

function truthOf(condition: unknown, conditions: Record<string, unknown>): boolean | null {
  const { 'Fn::Equals': equals, 'Fn::Not': not } = (condition ?? {}) as {
    'Fn::Equals'?: unknown[];
    'Fn::Not'?: unknown[];
  };
  if (Array.isArray(equals)) {
    const [left, right] = equals.map((each) => literalOf(each, conditions));
    return left == null || right == null ? null : left === right;
  }
  const inner = Array.isArray(not) ? truthOf(not[0], conditions) : null;
  return inner === null ? null : !inner;
}
