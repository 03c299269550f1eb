/** The environment variables of every function, read and checked once at start (README, "Environment"). */

import { isJwks, type Jwks } from 'aws-jwt-verify/jwk';
import * as v from 'valibot';
import { type DomainSet, domainPattern, ldhHost } from '../policy/domain.ts';
import type { IssuerMap } from '../policy/principal.ts';
import { isLoopbackHttp } from '../token/keys.ts';
import { cognitoIssuers, type IssuerConfig, type TokenVerifierConfig } from '../token/verifier.ts';
import { type Environment, EnvReader } from './env.ts';

const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface AuthorizerConfig {
  tokens: TokenVerifierConfig;
  /** How long API Gateway may keep an answer. */
  ttlSeconds: number;
  httpResponse: 'simple' | 'iam';
  logLevel: LogLevel;
}

export interface TriggerConfig {
  /** The app clients that the policy governs; null for all. */
  clientIds: readonly string[] | null;
  mode: 'enforce' | 'observe';
  logLevel: LogLevel;
}

// As `CognitoJwtVerifier` takes it, but for China, whose issuer no source confirms (contracts C5).
const POOL_ID = /^(?!cn-)(?:eusc-[a-z]{2}|[a-z]{2})-(?:gov-)?[a-z]+-\d_[a-zA-Z0-9]+$/;
const CLIENT_ID = /^[\w+]{1,128}$/;

/** Throws `ConfigError` with everything that is wrong. `embeddedKeys`: what `keys.json` held at build time. */
export function readAuthorizerConfig(env: Environment, embeddedKeys: unknown = null): AuthorizerConfig {
  const reader = new EnvReader(env);
  const pools = reader.list(
    'USER_POOL_IDS',
    POOL_ID,
    'a comma list of user pool ids, like eu-west-1_AbCdEf123 (pools in China: use ISSUERS)',
  );
  const issuers = readIssuers(reader);
  if (
    pools.length === 0 &&
    issuers.length === 0 &&
    reader.text('USER_POOL_IDS') === null &&
    reader.text('ISSUERS') === null
  ) {
    reader.problem('USER_POOL_IDS', 'is missing: a comma list of user pool ids (or set ISSUERS)', null);
  }
  const config = {
    tokens: {
      pools,
      clientIds: readClientIds(reader),
      tokenUse: reader.oneOf('TOKEN_USE', ['access', 'id', 'any'], 'access'),
      audiences: reader.list('AUDIENCE', /^\S+$/, 'a comma list of the names of this API as a resource'),
      issuers,
      keys: readKeys(reader, embeddedKeys, [
        ...pools.map(cognitoIssuers),
        ...issuers.map(({ issuer }) => [issuer]),
      ]),
    },
    // API Gateway's longest, so that `auth_age` errs on the safe side where nobody has said.
    ttlSeconds: reader.integer('AUTHORIZER_TTL_SECONDS', { min: 0, max: 3600, fallback: 3600 }),
    httpResponse: reader.oneOf('HTTP_RESPONSE', ['simple', 'iam'], 'simple'),
    logLevel: readLogLevel(reader),
  };
  if (reader.text('ANSWER_MODE') !== null && reader.text('ANSWER_MODE') !== 'request') {
    reader.problem('ANSWER_MODE', 'must be request: this version answers in no other mode', null);
  }
  refuseTable(reader);
  reader.assertClean();
  return config;
}

/** Throws `ConfigError` with everything that is wrong. */
export function readTriggerConfig(env: Environment): TriggerConfig {
  const reader = new EnvReader(env);
  const config = {
    clientIds: readClientIds(reader),
    mode: reader.oneOf('MODE', ['enforce', 'observe'], 'enforce'),
    logLevel: readLogLevel(reader),
  };
  refuseTable(reader);
  reader.assertClean();
  return config;
}

/** Absent is an error, never "accept all": that is written `*`. */
function readClientIds(reader: EnvReader): string[] | null {
  const text = reader.text('APP_CLIENT_IDS');
  if (text === '*') return null;
  if (text === null)
    return reader.problem(
      'APP_CLIENT_IDS',
      'is missing: a comma list of app client ids, or * for any client of the pools',
      [],
    );
  return reader.list(
    'APP_CLIENT_IDS',
    CLIENT_ID,
    'a comma list of app client ids, or * alone for any client of the pools',
  );
}

function readLogLevel(reader: EnvReader): LogLevel {
  return reader.oneOf('LOG_LEVEL', LOG_LEVELS, 'INFO');
}

/** Whoever sets a table expects revocation; starting without it would be a check that vanishes. */
function refuseTable(reader: EnvReader): void {
  if (reader.text('TABLE_NAME') !== null)
    reader.problem('TABLE_NAME', 'must not be set: this version has no store', null);
}

const names = v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.minLength(1));
const claim = v.pipe(v.string(), v.nonEmpty());
const issuersSchema = v.array(
  v.strictObject({
    issuer: v.pipe(v.string(), v.check(isTrustedUrl)),
    jwksUri: v.pipe(v.string(), v.check(isTrustedUrl)),
    audience: v.union([v.pipe(v.string(), v.nonEmpty()), names]),
    map: v.optional(
      v.strictObject({
        groups: v.optional(
          v.strictObject({ claim, values: v.record(v.string(), v.pipe(v.string(), v.nonEmpty())) }),
        ),
        scopes: v.optional(v.strictObject({ claim, values: names })),
        email: v.optional(
          v.strictObject({
            claim,
            domains: v.pipe(
              names,
              v.check((list) => list.every((each) => domainPattern(each, ldhHost) !== null)),
            ),
          }),
        ),
      }),
      {},
    ),
  }),
);

/** `ISSUERS`; also for the command line. */
export function readIssuers(reader: EnvReader): IssuerConfig[] {
  const json = reader.json('ISSUERS');
  if (json === null) return [];
  const result = v.safeParse(issuersSchema, json);
  if (!result.success) {
    const where = v.getDotPath(result.issues[0]) ?? 'the whole';
    return reader.problem(
      'ISSUERS',
      `must be a JSON list of {issuer, jwksUri, audience, map} with https: URLs (http: on loopback only); look at ${where}`,
      [],
    );
  }
  const issuers = result.output.map(({ issuer, jwksUri, audience, map }) => ({
    issuer,
    jwksUri,
    audience: [audience].flat(),
    map: issuerMap(map),
  }));
  const twice = new Set(issuers.map(({ issuer }) => issuer)).size < issuers.length;
  return twice ? reader.problem('ISSUERS', 'must name each issuer once', []) : issuers;
}

function issuerMap({
  groups,
  scopes,
  email,
}: NonNullable<v.InferOutput<typeof issuersSchema>[number]['map']>): IssuerMap {
  return {
    ...(groups && { groups }),
    ...(scopes && { scopes }),
    ...(email && { email: { claim: email.claim, domains: domainSet(email.domains) } }),
  };
}

function domainSet(patterns: string[]): DomainSet {
  return Object.fromEntries(
    patterns.map((pattern) => [domainPattern(pattern, ldhHost) ?? pattern, true as const]),
  );
}

function isTrustedUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === 'https:' || isLoopbackHttp(url);
}

/**
 * Primed keys by issuer. One bare JWKS needs one pool or issuer to belong to: keys of one must never verify the
 * tokens of another. `accepted`: for each pool both its issuers, for each other issuer itself.
 */
function readKeys(reader: EnvReader, embedded: unknown, accepted: string[][]): Map<string, Jwks> {
  const given = reader.json('JWKS');
  const source = given ?? embedded;
  if (source === null) return new Map();
  const fail = (expected: string) => reader.problem('JWKS', expected, new Map<string, Jwks>());
  if (isJwks(source as never)) {
    const [only] = accepted;
    if (accepted.length !== 1 || !only)
      return fail('must be {issuer: JWKS} where there is more than one issuer');
    return new Map(only.map((issuer) => [issuer, source as unknown as Jwks]));
  }
  const entries = Object.entries(typeof source === 'object' && !Array.isArray(source) ? source : {});
  if (entries.length === 0 || !entries.every(([, jwks]) => isJwks(jwks)))
    return fail('must be a JWKS, or {issuer: JWKS}');
  const known = new Set(accepted.flat());
  // keys.json may hold another stage's pools; the variable is written for this function.
  if (given !== null && entries.some(([issuer]) => !known.has(issuer)))
    return fail('names an issuer that is not configured');
  return new Map(entries.filter(([issuer]) => known.has(issuer)) as [string, Jwks][]);
}
