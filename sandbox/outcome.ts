/** How an invocation ended, in the words of events/manifest.yml and of `npm run invoke`. */

import type { Invocation } from './lambda.ts';

type Json = Record<string, unknown>;

/** The audit line of an invocation; every decision writes exactly one. Null where nothing was decided. */
export function auditOf({ logLines }: Pick<Invocation, 'logLines'>): Json | null {
  const lines = logLines.map(parseLine).filter((line) => line?.['message'] === 'decision');
  if (lines.length > 1) throw new Error(`${lines.length} audit lines`);
  return lines[0] ?? null;
}

/** What API Gateway makes of an authorizer's answer. */
export function gatewayEffect({
  answer,
}: Pick<Invocation, 'answer'>): 'allow' | 'deny' | 'unauthorized' | 'failure' {
  if (!answer.ok) return answer.errorMessage === 'Unauthorized' ? 'unauthorized' : 'failure';
  const { isAuthorized, errorMessage, policyDocument } = (answer.payload ?? {}) as {
    isAuthorized?: boolean;
    errorMessage?: string;
    policyDocument?: { Statement?: { Effect?: string }[] };
  };
  if (errorMessage === 'Unauthorized') return 'unauthorized';
  if (isAuthorized !== undefined) return isAuthorized ? 'allow' : 'deny';
  const effects = policyDocument?.Statement?.map(({ Effect }) => Effect) ?? [];
  if (effects.length === 0) return 'failure';
  return effects.every((effect) => effect === 'Allow') ? 'allow' : 'deny';
}

/** True if the invocation let nobody in: what `npm run invoke` and `serverless invoke local` exit with 1 for. */
export function isRefusal(invocation: Pick<Invocation, 'answer'>): boolean {
  if (!invocation.answer.ok) return true;
  const { isAuthorized, errorMessage, policyDocument, response } = (invocation.answer.payload ?? {}) as Json;
  const { failAuthentication, answerCorrect } = (response ?? {}) as Json;
  if (failAuthentication === true || answerCorrect === false) return true;
  const answersAuthorizer = [isAuthorized, errorMessage, policyDocument].some((each) => each !== undefined);
  return answersAuthorizer && gatewayEffect(invocation) !== 'allow';
}

function parseLine(line: string): Json | null {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return null;
  }
}
