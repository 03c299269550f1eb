/** What is valid and may still not work: `gatehouse check` says it, and lets it pass. */

import type { Artefact } from './artefact.ts';
import type { Path } from './issues.ts';
import { ROOMY_TOKEN_BYTES, worstAccessToken } from './token-size.ts';

export interface PolicyWarning {
  code: 'TOKEN_SIZE';
  message: string;
  hint: string;
  path: Path;
  atKey: true;
}

export function policyWarnings(policy: Artefact): PolicyWarning[] {
  const { bytes, openAttributes } = worstAccessToken(policy);
  if (bytes <= ROOMY_TOKEN_BYTES) return [];
  const attributes =
    openAttributes === 0
      ? ''
      : `, with ${openAttributes} attributes of the longest that Cognito keeps in its claims`;
  return [
    {
      code: 'TOKEN_SIZE',
      message: `an access token of somebody in every group can grow to ${bytes} bytes${attributes}; API Gateway takes 10240 bytes of headers in all`,
      hint: 'shorten names, write fewer claims, or limit the length of the attributes in the user pool',
      path: [writesIntoTokens(policy) ? 'tokens' : 'groups'],
      atKey: true,
    },
  ];
}

function writesIntoTokens({ tokens: { claims, scopes } }: Artefact): boolean {
  return Object.keys(claims).length + Object.keys(scopes).length > 0;
}
