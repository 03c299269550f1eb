/** Whether a policy and a serverless.yml fit together: everything that can be refused before anything is deployed. */

import { callerIssues } from '../policy/iam/exactness.ts';
import { compilePolicy } from '../policy/compile.ts';
import type { Policy } from '../policy/schema.ts';
import { PRE_TOKEN_VERSIONS } from '../pool/triggers.ts';
import type { AuthorizerConfig } from '../runtime/config.ts';
import { judgeCaching } from './caching.ts';
import { judgeEnvironments } from './environment.ts';
import type { DeploymentIssue } from './issues.ts';
import { knownApi } from './known-api.ts';
import { judgeResponseForm } from './responses.ts';
import type { Service } from './service.ts';
import { judgeClients, judgeTokens } from './tokens.ts';

/** Looks at the functions that are called as ours are, and at who calls them. */
export function judgeDeployment(service: Service, policy: Policy): DeploymentIssue[] {
  if (!service.functions?.['authorizer']) {
    return [
      {
        code: 'DEPLOY_FUNCTION',
        path: ['functions'],
        message: 'there is no function `authorizer`',
        hint: 'name the functions after their folders in functions/',
      },
    ];
  }
  const { issues, authorizer } = judgeEnvironments(service, compilePolicy(policy));
  return [
    ...issues,
    ...judgeValues(service),
    ...(authorizer
      ? [
          ...judgeCaching(service, authorizer),
          ...judgeAnswers(service, authorizer, policy),
          ...judgeResponses(service, authorizer),
          ...judgeTokens(service, authorizer, policy),
          ...judgeClients(service, authorizer, policy),
        ]
      : []),
  ];
}

/** What the framework takes, and nobody can want. */
function judgeValues({ functions = {}, custom: { gatehouse: settings } = {} }: Service): DeploymentIssue[] {
  const issues: DeploymentIssue[] = [];
  const { preTokenVersion, userPoolId, appClientIds } = settings ?? {};
  if (preTokenVersion !== undefined && !PRE_TOKEN_VERSIONS.some((version) => version === preTokenVersion)) {
    issues.push({
      code: 'DEPLOY_VALUE',
      path: ['custom', 'gatehouse', 'preTokenVersion'],
      message: '`preTokenVersion` is not a version of the pre-token-generation event',
      hint: `use ${PRE_TOKEN_VERSIONS.join(', ')}`,
    });
  }
  if (userPoolId === '' && appClientIds) {
    issues.push({
      code: 'DEPLOY_CLIENT',
      path: ['custom', 'gatehouse', 'appClientIds'],
      message: '`appClientIds` names clients, and `userPoolId` no pool that they could belong to',
      hint: 'set `userPoolId` as well; a stack that makes its own pool makes its client too',
    });
  }
  for (const [name, each] of Object.entries(functions)) {
    if (each?.reservedConcurrency === 0) {
      issues.push({
        code: 'DEPLOY_VALUE',
        path: ['functions', name, 'reservedConcurrency'],
        message: `\`${name}\` could never run: its reserved concurrency is 0`,
        hint: 'reserve at least 1, or leave `reservedConcurrency` out',
      });
    }
  }
  return issues;
}

/** `caller` mode is for policies that IAM can say exactly. */
function judgeAnswers(
  { custom }: Service,
  { answerMode }: AuthorizerConfig,
  policy: Policy,
): DeploymentIssue[] {
  if (answerMode === 'request') return [];
  const { api, wrong } = knownApi(custom?.gatehouse);
  return [
    ...wrong.map((text) => ({
      code: 'DEPLOY_VALUE' as const,
      path: ['custom', 'gatehouse', 'routes'],
      message: `\`${text}\` is no route of an API`,
      hint: 'write it as `GET /articles/{id}`, with one method or ANY',
    })),
    ...callerIssues(compilePolicy(policy), api).map(({ rules, message, hint }) => ({
      code: 'DEPLOY_ANSWERS' as const,
      path: ['functions', 'authorizer', 'environment', 'ANSWER_MODE'],
      message: `\`caller\` mode cannot answer for ${rules.map((id) => `\`${id}\``).join(', ')}: ${message}`,
      hint,
    })),
  ];
}

function judgeResponses({ provider }: Service, { httpResponse }: AuthorizerConfig): DeploymentIssue[] {
  return Object.entries(provider?.httpApi?.authorizers ?? {}).flatMap(([name, authorizer]) => {
    if (authorizer.functionName !== 'authorizer') return [];
    const issue = judgeResponseForm(authorizer, httpResponse);
    const path = ['provider', 'httpApi', 'authorizers', name, 'enableSimpleResponses'];
    return issue ? [{ ...issue, path }] : [];
  });
}
