/** A serverless.yml with the policy that it deploys: what could not work, before anything is deployed. */

import { dirname, relative, resolve } from 'node:path';
import type { DeploymentIssue } from '../shared/deployment/issues.ts';
import { judgeDeployment } from '../shared/deployment/judge.ts';
import type { Service } from '../shared/deployment/service.ts';
import { parsePolicy } from '../shared/policy/parse.ts';
import type { PrintableIssue } from '../shared/policy/print.ts';
import type { AwsOptions } from './aws-options.ts';
import { readInput } from './input.ts';
import { positionIn, readService, type Stage } from './serverless.ts';

export interface DeploymentOptions extends AwsOptions, Stage {
  offline?: true;
}

/** Throws `CommandFailure` if the file cannot be resolved. */
export async function checkDeployment(
  file: string,
  options: DeploymentOptions,
): Promise<{ valid: string; issues: PrintableIssue[] }> {
  const service = await readService(file, options);
  const policyFile = relative(
    process.cwd(),
    resolve(dirname(file), service.custom?.gatehouse?.policyFile ?? 'policy.yml'),
  );
  const parsed = parsePolicy(readInput(policyFile), policyFile);
  if (!parsed.ok) return { valid: '', issues: parsed.issues };
  const judged = judgeDeployment(service, parsed.policy);
  // What cannot start is not worth a question.
  const found = judged.length > 0 || options.offline ? judged : await ask(service, options);
  const positionOf = positionIn(readInput(file));
  return {
    valid: `${file} is valid for stage ${options.stage}, with ${policyFile}`,
    issues: found.map(({ path, ...issue }) => ({ ...issue, file, ...positionOf(path) })),
  };
}

/** The SDK is loaded for those who ask. */
async function ask(service: Service, options: AwsOptions): Promise<DeploymentIssue[]> {
  if (!service.custom?.gatehouse?.userPoolId) return [];
  const { askPool } = await import('./ask-pool.ts');
  return askPool(service, service.custom.gatehouse.userPoolId, options);
}
