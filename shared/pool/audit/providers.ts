/** Whether what identity providers say about an address counts, and only where it should. */

import { compilePolicy } from '../../policy/compile.ts';
import type { Policy } from '../../policy/schema.ts';
import type { FactValues, Provider } from './facts.ts';
import { type AuditRule, rule } from './rule.ts';

export const PROVIDER_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_PROVIDER_EMAIL_UNVERIFIED',
    severity: 'medium',
    title: 'addresses from an identity provider count for nothing',
    mend: 'attach the inbound-federation trigger, with the provider under `providers`; or map `email_verified` from a provider that vouches for its addresses',
    needs: ['pool', 'providers', 'policy'],
    find: ({ pool, providers, policy }) => {
      if (judgesAtSignIn(pool) || !compilePolicy(policy).usesDomain) return [];
      return providers
        .filter((provider) => !maps(provider, 'email') || !maps(provider, 'email_verified'))
        .map((provider) => ({
          subject: providerName(provider),
          detail: `\`${maps(provider, 'email') ? 'email_verified' : 'email'}\` is not mapped, so none of its users has a domain`,
        }));
    },
  }),
  rule({
    id: 'POOL_PROVIDER_UNRESTRICTED',
    severity: 'high',
    title: 'an identity provider can vouch for addresses of any domain',
    mend: 'attach the inbound-federation trigger, which holds a provider to its `domains`, or take `email_verified` out of the mapping',
    needs: ['pool', 'providers', 'policy'],
    find: ({ pool, providers, policy }) => {
      if (judgesAtSignIn(pool)) return [];
      return providers
        .filter((provider) => maps(provider, 'email') && maps(provider, 'email_verified'))
        .flatMap((provider) => {
          const { domains } = policy.providers?.[provider.ProviderName ?? ''] ?? {};
          if (!domains) return [];
          const detail = `it is trusted for ${domains.join(', ')}, and its \`email_verified\` is mapped as it comes`;
          return [{ subject: providerName(provider), detail }];
        });
    },
  }),
  rule({
    id: 'POOL_PROVIDER_MISSING',
    severity: 'low',
    title: 'the policy names an identity provider that the pool does not have',
    mend: 'write the name as the pool does, capitals and all',
    needs: ['providers', 'policy'],
    find: ({ providers, policy }) => {
      const there = new Set(providers.map(({ ProviderName }) => ProviderName));
      return namedProviders(policy)
        .filter((name) => !there.has(name))
        .map((name) => ({
          subject: `identity provider ${name}`,
          detail: 'is in the policy and not in the pool',
        }));
    },
  }),
];

/** The trigger sets or clears `email_verified` whatever is mapped. */
function judgesAtSignIn({ LambdaConfig }: FactValues['pool']): boolean {
  return LambdaConfig?.InboundFederation?.LambdaArn !== undefined;
}

function maps({ AttributeMapping = {} }: Provider, attribute: string): boolean {
  return Object.hasOwn(AttributeMapping, attribute);
}

function namedProviders({ providers = {}, groups = {} }: Policy): string[] {
  const byGroups = Object.values(groups).flatMap(({ members }) => Object.keys(members?.idp ?? {}));
  return [...new Set([...Object.keys(providers), ...byGroups])];
}

function providerName({ ProviderName }: Provider): string {
  return `identity provider ${ProviderName ?? ''}`;
}
