/** Puts a function together, once for each cold start: the one run-time file that reads the environment. */

import { embeddedKeys } from 'gatehouse:keys';
import { answerMode, policy, policyHash } from 'gatehouse:policy';
import { createTokenVerifier } from '../token/verifier.ts';
import { readAuthorizerConfig, readTriggerConfig } from './config.ts';
import { lazyRevocations } from './lazy-revocations.ts';
import { createLog } from './log.ts';
import { triggerNeeds } from './needs.ts';

/** Throws `ConfigError`, so that a function with a bad environment never starts. */
export function composeAuthorizer() {
  const config = readAuthorizerConfig(process.env, { keys: embeddedKeys, answerMode });
  const log = createLog('authorizer', policyHash, config.logLevel);
  const isRevoked = config.table && lazyRevocations(config.table, log);
  return {
    policy,
    policyHash,
    config,
    log,
    verify: createTokenVerifier(config.tokens),
    isRevoked,
    now: Date.now,
  };
}

/** Throws `ConfigError`, so that a function with a bad environment, or without what the policy needs, never starts. */
export function composeTrigger(name: string) {
  const config = readTriggerConfig(process.env, triggerNeeds(name, policy));
  const log = createLog(name, policyHash, config.logLevel);
  return { policy, config, log, now: Date.now };
}
