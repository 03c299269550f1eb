/** Whether the functions would start: their environment, read by the code that reads it on Lambda. */

import type { Artefact } from '../policy/artefact.ts';
import { type AuthorizerConfig, readAuthorizerConfig, readTriggerConfig } from '../runtime/config.ts';
import { ConfigError } from '../runtime/env.ts';
import { triggerNeeds } from '../runtime/needs.ts';
import type { DeploymentIssue } from './issues.ts';
import { environmentOf, type Service } from './service.ts';

export const TRIGGERS = [
  'pre-sign-up',
  'inbound-federation',
  'post-confirmation',
  'pre-token-generation',
  'define-auth-challenge',
  'create-auth-challenge',
  'verify-auth-challenge',
] as const;

/** The parameters of our serverless.yml, for hints. */
const PARAMETERS: Record<string, string> = {
  USER_POOL_IDS: 'userPoolId',
  APP_CLIENT_IDS: 'appClientIds',
  TOKEN_USE: 'tokenUse',
  ANSWER_MODE: 'answerMode',
  AUTHORIZER_TTL_SECONDS: 'authorizerTtl',
  MODE: 'mode',
  MAIL_FROM: 'mailFrom',
  OTP_KEY_ID: 'otpKeyId',
};

export interface EnvironmentJudgement {
  issues: DeploymentIssue[];
  /** Null if the authorizer is not there or would not start. */
  authorizer: AuthorizerConfig | null;
}

export function judgeEnvironments(service: Service, policy: Artefact): EnvironmentJudgement {
  const issues: DeploymentIssue[] = [];
  const attempt = <T>(name: string, read: (env: Record<string, string>) => T): T | null => {
    if (!service.functions?.[name]) return null;
    try {
      return read(environmentOf(service, name));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      issues.push(...error.problems.map((problem) => environmentIssue(name, problem, service)));
      return null;
    }
  };
  const authorizer = attempt('authorizer', readAuthorizerConfig);
  for (const name of TRIGGERS) attempt(name, (env) => readTriggerConfig(env, triggerNeeds(name, policy)));
  return { issues, authorizer };
}

/** `problem` begins with the variable's name. */
function environmentIssue(name: string, problem: string, service: Service): DeploymentIssue {
  const variable = problem.split(' ')[0] ?? '';
  const parameter = service.custom?.gatehouse && PARAMETERS[variable];
  return {
    code: 'DEPLOY_ENVIRONMENT',
    path: ['functions', name, 'environment', variable],
    message: `\`${name}\` would not start: ${problem}`,
    hint: parameter
      ? `set the parameter \`${parameter}\`, under \`params\` for the stage or with --param="${parameter}=..."`
      : `set it in the function's \`environment\``,
  };
}
