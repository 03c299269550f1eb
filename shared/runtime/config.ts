/** The environment variables of every function, read and checked once at start (README, "Environment"). */

import { cognitoIssuers, type TokenVerifierConfig } from '../token/verifier.ts';
import { type Environment, EnvReader } from './env.ts';
import { readIssuers } from './issuers.ts';
import { readKeys } from './primed-keys.ts';

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

// As `CognitoJwtVerifier` takes it, but for China and the European sovereign cloud: their domains are not
// amazonaws.com, and no source confirms their issuers (contracts C5).
export const POOL_ID = /^(?!cn-)[a-z]{2}-(?:gov-)?[a-z]+-\d_[a-zA-Z0-9]+$/;
const CLIENT_ID = /^[\w+]{1,128}$/;

/** Throws `ConfigError` with everything that is wrong. `embeddedKeys`: what `keys.json` held at build time. */
export function readAuthorizerConfig(env: Environment, embeddedKeys: unknown = null): AuthorizerConfig {
  const reader = new EnvReader(env);
  const pools = reader.list(
    'USER_POOL_IDS',
    POOL_ID,
    'a comma list of user pool ids, like eu-west-1_AbCdEf123 (pools outside amazonaws.com: use ISSUERS)',
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
