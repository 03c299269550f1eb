/** What can be wrong with a deployment: stable codes, and issues with the place and the way to mend them. */

import type { Path } from '../policy/issues.ts';

export type DeploymentIssueCode =
  | 'DEPLOY_FUNCTION'
  | 'DEPLOY_ENVIRONMENT'
  | 'DEPLOY_VALUE'
  | 'DEPLOY_CACHE_KEY'
  | 'DEPLOY_TTL'
  | 'DEPLOY_ANSWERS'
  | 'DEPLOY_RESPONSE'
  | 'DEPLOY_TOKENS'
  | 'DEPLOY_CLIENT'
  | 'DEPLOY_POOL';

export interface DeploymentIssue {
  code: DeploymentIssueCode;
  /** The place in the resolved serverless.yml. */
  path: Path;
  message: string;
  hint: string;
}
