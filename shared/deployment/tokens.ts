/** Whether the tokens that the authorizer takes are those that the policy decides by. */

import { boundClaim, compilePolicy } from '../policy/compile.ts';
import type { Policy } from '../policy/schema.ts';
import type { AuthorizerConfig } from '../runtime/config.ts';
import type { DeploymentIssue } from './issues.ts';
import { knownClients, type Service } from './service.ts';

/** A version 1 pool shapes ID tokens only: what the policy reads there is never in an access token (contracts B6). */
export function judgeTokens(
  { custom }: Service,
  { tokens }: AuthorizerConfig,
  policy: Policy,
): DeploymentIssue[] {
  const version = custom?.gatehouse?.preTokenVersion;
  if (version !== 'V1_0' || tokens.tokenUse !== 'access' || tokens.pools.length === 0) return [];
  return unshapedTokenFlaws(policy).map((flaw) => ({
    code: 'DEPLOY_TOKENS' as const,
    path: ['custom', 'gatehouse', 'preTokenVersion'],
    message: `with preTokenVersion V1_0 nothing shapes access tokens, and ${flaw}`,
    hint: 'set `preTokenVersion: V2_0` (Essentials and Plus tiers), or `tokenUse: id`',
  }));
}

/** What goes wrong where access tokens decide and nothing shapes them. */
export function unshapedTokenFlaws(policy: Policy): string[] {
  return [
    compilePolicy(policy).usesDomain &&
      'the policy decides by e-mail domain, which is not in them: every user would be refused',
    ...claimsInUse(policy).map((claim) => `rules read the claim \`${claim}\`, which is not added to them`),
    policy.tokens?.scopes && '`tokens.scopes` is not added to them',
  ].filter((flaw) => typeof flaw === 'string');
}

/** The claims that the policy both adds to tokens and decides by. */
function claimsInUse(policy: Policy): string[] {
  const read = (policy.rules ?? []).flatMap(({ to, unless, where }) => [
    ...Object.keys({ ...to?.claims, ...unless?.claims }),
    ...Object.values(where ?? {}).map(boundClaim),
  ]);
  return Object.keys(policy.tokens?.claims ?? {}).filter((name) => read.includes(name));
}

/** A rule that names only clients whose tokens are refused before it is asked. */
export function judgeClients(
  service: Service,
  { tokens }: AuthorizerConfig,
  policy: Policy,
): DeploymentIssue[] {
  const clients = knownClients(service);
  // Other issuers' clients are not in APP_CLIENT_IDS.
  if (clients === null || tokens.issuers.length > 0) return [];
  return (policy.rules ?? [])
    .filter(({ to }) => to?.clients && !to.clients.some((client) => clients.includes(client)))
    .map(({ id }) => ({
      code: 'DEPLOY_CLIENT' as const,
      path: ['functions', 'authorizer', 'environment', 'APP_CLIENT_IDS'],
      message: `rule \`${id}\` is for clients whose tokens the authorizer does not take`,
      hint: 'add the client to `appClientIds`, or mend the rule',
    }));
}
