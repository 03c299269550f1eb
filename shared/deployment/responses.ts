/** Whether an HTTP API can read what the authorizer answers. */

import type { AuthorizerConfig } from '../runtime/config.ts';
import type { DeploymentIssue } from './issues.ts';
import type { HttpApiAuthorizer } from './service.ts';

/** HTTP APIs read a simple response or an IAM policy, as the API is set; the other is a 500 (contracts A4, A6). */
export function judgeResponseForm(
  { enableSimpleResponses = false, payloadVersion = '2.0' }: HttpApiAuthorizer,
  httpResponse: AuthorizerConfig['httpResponse'],
): Omit<DeploymentIssue, 'path'> | null {
  // Format 1.0 knows IAM policies only, whatever HTTP_RESPONSE says.
  const answers = payloadVersion === '1.0' ? 'iam' : httpResponse;
  if (enableSimpleResponses === (answers === 'simple')) return null;
  return {
    code: 'DEPLOY_RESPONSE',
    message: `the authorizer answers ${answers === 'simple' ? 'simple responses' : 'IAM policies'}, and this API reads ${enableSimpleResponses ? 'simple responses' : 'IAM policies'}: every call would be a 500`,
    hint:
      payloadVersion === '1.0'
        ? 'simple responses need `payloadVersion: "2.0"`'
        : 'set `enableSimpleResponses: true` for HTTP_RESPONSE=simple (the default), and false for iam',
  };
}
