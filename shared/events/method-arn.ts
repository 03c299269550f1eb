/** The ARN that an authorizer is asked about: `arn:aws:execute-api:region:account:api/stage/VERB/path`. */

import { EventError } from './errors.ts';

export interface MethodArn {
  /** As it came; the only resource that an answer names. */
  text: string;
  /** `arn:…:{api}/{stage}`, without what follows. */
  stageArn: string;
  stage: string;
  /** `$connect` of a WebSocket stands here too. */
  verb: string;
  /** Begins with `/`; not decoded. */
  path: string;
}

/**
 * Splits on the first five `:` and the first three `/` only: a path may hold both (contracts A8; splitting
 * further has given wrong answers elsewhere). The root is `/`, whether it came as `GET`, `GET/` or `GET//`.
 */
export function parseMethodArn(text: string, member: string): MethodArn {
  const parts = /^(arn:[^:]+:execute-api:[^:]*:[^:]*:[^/]+\/([^/]+))\/([^/]+)(\/.*)?$/s.exec(text);
  const [, stageArn, stage, verb, path = '/'] = parts ?? [];
  if (stageArn === undefined || stage === undefined || verb === undefined) throw new EventError(member);
  return { text, stageArn, stage, verb, path: path === '//' ? '/' : path };
}
