/** The environment variables of every function, read and checked once at start (README, "Environment"). */

import { cognitoIssuers, type TokenVerifierConfig } from '../token/verifier.ts';
import { type Environment, EnvReader } from './env.ts';
import { readIssuers } from './issuers.ts';
import { readKeys } from './primed-keys.ts';

const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** For what an answer may be used: the one request, or everything that the caller may do (docs/caching.md). */
export type AnswerMode = 'request' | 'caller';

export interface AuthorizerConfig {
  tokens: TokenVerifierConfig;
  /** How long API Gateway may keep an answer. */
  ttlSeconds: number;
  httpResponse: 'simple' | 'iam';
  answerMode: AnswerMode;
  logLevel: LogLevel;
  /** Where revocations are; null if there is no revocation. */
  table: TableConfig | null;
}

/** Seconds are how old what was read may be, and how long it serves while the table does not answer. */
export interface TableConfig {
  name: string;
  refreshSeconds: number;
  maxStaleSeconds: number;
}

export interface TriggerConfig {
  /** The app clients that the policy governs; null for all. */
  clientIds: readonly string[] | null;
  mode: 'enforce' | 'observe';
  logLevel: LogLevel;
  /** The DynamoDB table; null if nothing that the policy asks of this function needs one. */
  tableName: string | null;
  /** The sender of mail; null as above. */
  mailFrom: string | null;
  /** Where the key for code hashes is kept; null as above. */
  otpKeyId: string | null;
}

/** Variables without which a function does not start, and what in the policy asks for each. */
export type TriggerNeeds = Readonly<Partial<Record<'TABLE_NAME' | 'MAIL_FROM' | 'OTP_KEY_ID', string>>>;

// As `CognitoJwtVerifier` takes it, but for China and the European sovereign cloud: their domains are not
// amazonaws.com, and no source confirms their issuers (contracts C5).
export const POOL_ID = /^(?!cn-)[a-z]{2}-(?:gov-)?[a-z]+-\d_[a-zA-Z0-9]+$/;
const CLIENT_ID = /^[\w+]{1,128}$/;
const TABLE_NAME = /^[\w.-]{3,255}$/;
// An address, or `Name <address>`; what SES makes of it is SES's to say.
export const MAIL_FROM = /^(?:[^<>\p{Cc}]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/u;
const OTP_KEY_ID = /^arn:aws[a-z-]*:(?:secretsmanager|ssm):[a-z0-9-]+:\d{12}:(?:secret:|parameter\/).+$/;

/** What a bundle was built with. */
export interface Built {
  /** What `keys.json` held; null without one. */
  keys: unknown;
  /** The mode that the policy was checked for; null if there is no bundle to ask. */
  answerMode: AnswerMode | null;
}

/** Throws `ConfigError` with everything that is wrong. */
export function readAuthorizerConfig(
  env: Environment,
  built: Built = { keys: null, answerMode: null },
): AuthorizerConfig {
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
      keys: readKeys(reader, built.keys, [
        ...pools.map(cognitoIssuers),
        ...issuers.map(({ issuer }) => [issuer]),
      ]),
    },
    // API Gateway's longest, so that `auth_age` errs on the safe side where nobody has said.
    ttlSeconds: reader.integer('AUTHORIZER_TTL_SECONDS', { min: 0, max: 3600, fallback: 3600 }),
    httpResponse: reader.oneOf('HTTP_RESPONSE', ['simple', 'iam'], 'simple'),
    answerMode: reader.oneOf('ANSWER_MODE', ['request', 'caller'], 'request'),
    logLevel: readLogLevel(reader),
    table: readTable(reader),
  };
  // A policy is fit for `caller` or not, which the build has looked at.
  if (built.answerMode !== null && config.answerMode !== built.answerMode)
    reader.problem('ANSWER_MODE', `must be ${built.answerMode}, for which the bundle was built`, null);
  reader.assertClean();
  return config;
}

/** Throws `ConfigError` with everything that is wrong. */
export function readTriggerConfig(env: Environment, needs: TriggerNeeds = {}): TriggerConfig {
  const reader = new EnvReader(env);
  const config = {
    clientIds: readClientIds(reader),
    mode: reader.oneOf('MODE', ['enforce', 'observe'], 'enforce'),
    logLevel: readLogLevel(reader),
    tableName: readTableName(reader),
    mailFrom: reader.matching('MAIL_FROM', MAIL_FROM, 'an e-mail address, or a name and an address in <>'),
    otpKeyId: reader.matching(
      'OTP_KEY_ID',
      OTP_KEY_ID,
      'the ARN of a Secrets Manager secret or SSM parameter',
    ),
  };
  for (const [name, reason] of Object.entries(needs)) {
    if (reader.text(name) === null) reader.problem(name, `is missing: ${reason} needs it`, null);
  }
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

/** Defaults and limits of `POLICY_REFRESH_SECONDS` and `MAX_STALE_SECONDS`. */
export const REFRESH = { min: 1, max: 3600, fallback: 30 } as const;
export const MAX_STALE = { min: 1, max: 86_400, fallback: 300 } as const;

function readTable(reader: EnvReader): TableConfig | null {
  const name = readTableName(reader);
  const refreshSeconds = reader.integer('POLICY_REFRESH_SECONDS', REFRESH);
  const maxStaleSeconds = reader.integer('MAX_STALE_SECONDS', MAX_STALE);
  if (maxStaleSeconds < refreshSeconds)
    return reader.problem('MAX_STALE_SECONDS', 'must not be less than POLICY_REFRESH_SECONDS', null);
  return name === null ? null : { name, refreshSeconds, maxStaleSeconds };
}

function readTableName(reader: EnvReader): string | null {
  return reader.matching('TABLE_NAME', TABLE_NAME, 'the name of a DynamoDB table');
}
