/** Whether what identity providers say about an address counts, and only where it should. */

import { compilePolicy } from '../../policy/compile.ts';
import type { Policy } from '../../policy/schema.ts';
import type { FactValues, Provider } from './facts.ts';
import { type AuditRule, rule } from './rule.ts';

type Pool = FactValues['pool'];
type Settings = Partial<NonNullable<Policy['providers']>[string]>;

export const PROVIDER_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_PROVIDER_EMAIL_UNVERIFIED',
    severity: 'medium',
    title: 'addresses from an identity provider count for nothing',
    mend: 'map `email`, and `email_verified` from `email_verified`, which the inbound-federation trigger sets for the provider’s `domains`; without the trigger only for a provider that verifies what it says',
    needs: ['providers', 'policy'],
    find: ({ providers, policy }) => {
      if (!compilePolicy(policy).usesDomain) return [];
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
          const { domains } = listed(provider, policy);
          if (!domains) return [];
          const detail = `it is trusted for ${domains.join(', ')}, and its \`email_verified\` is mapped as it comes`;
          return [{ subject: providerName(provider), detail }];
        });
    },
  }),
  rule({
    id: 'POOL_PROVIDER_OTHER_CLAIM',
    severity: 'high',
    title: 'the pool reads an address, or whether it is verified, from a claim that nobody judges',
    mend: 'map `email_verified` from `email_verified`, and `email` from the claim that the policy names (`claims.email`)',
    needs: ['pool', 'providers', 'policy'],
    find: ({ pool, providers, policy }) =>
      judgesAtSignIn(pool)
        ? providers.flatMap((provider) =>
            judgedClaims(provider, policy)
              .filter(({ from, judged }) => from !== undefined && !judged.includes(from))
              .map(({ attribute, from }) => ({
                subject: providerName(provider),
                detail: `\`${attribute}\` is mapped from \`${from}\`, which the inbound-federation trigger hands on unseen`,
              })),
          )
        : [],
  }),
  rule({
    id: 'POOL_PROVIDER_UNMAPPED',
    severity: 'medium',
    title: 'the policy reads an attribute of an identity provider’s users that nothing writes',
    mend: 'map the attribute: `groups_attribute` from the claim that the policy names (`claims.groups`), `subject_attribute` from the subject (OIDC: `sub`)',
    needs: ['providers', 'policy'],
    find: ({ providers, policy }) =>
      providers.flatMap((provider) =>
        readAttributes(provider, policy)
          .filter(([, attribute]) => !maps(provider, attribute))
          .map(([key, attribute]) => ({
            subject: providerName(provider),
            detail: `\`${key}\` is \`${attribute}\`, which is not mapped`,
          })),
      ),
  }),
  rule({
    id: 'POOL_PROVIDER_SUBJECT_UNKNOWN',
    severity: 'medium',
    title: 'sign-ins that should be linked are refused, because nobody knows how the subject is spelled',
    mend: 'map the provider’s subject (OIDC: `sub`) to an attribute, and name it as `subject_attribute`',
    needs: ['pool', 'providers', 'policy'],
    find: ({ pool, providers, policy }) =>
      providers
        .filter((provider) => losesSubject(provider, pool, listed(provider, policy)))
        .map((provider) => ({
          subject: providerName(provider),
          detail: 'is linked without a `subject_attribute`, and subjects arrive in lower case',
        })),
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

/** The trigger sets or clears `email_verified` in what the provider says, to which the pool then applies the mapping. */
function judgesAtSignIn({ LambdaConfig }: Pool): boolean {
  return LambdaConfig?.InboundFederation?.LambdaArn !== undefined;
}

/** What the trigger writes, and so what the pool may read. A provider that is not listed vouches for nobody. */
function judgedClaims(provider: Provider, policy: Policy) {
  const { AttributeMapping: mapping = {} } = provider;
  const { domains, claims } = listed(provider, policy);
  const verified = {
    attribute: 'email_verified',
    from: mapping['email_verified'],
    judged: ['email_verified'],
  };
  const email = { attribute: 'email', from: mapping['email'], judged: ['email', claims?.email] };
  return domains ? [verified, email] : [verified];
}

function readAttributes(provider: Provider, policy: Policy): [string, string][] {
  const { subject_attribute: subject, groups_attribute: groups } = listed(provider, policy);
  return Object.entries({ subject_attribute: subject, groups_attribute: groups }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
}

/** Google's and Facebook's subjects are digits. Otherwise only the provider's own capitals show that case was kept. */
function losesSubject(
  { ProviderType, ProviderName = '' }: Provider,
  pool: Pool,
  settings: Settings,
): boolean {
  if (settings.link !== true || settings.subject_attribute !== undefined) return false;
  if (ProviderType === 'Google' || ProviderType === 'Facebook') return false;
  return pool.UsernameConfiguration?.CaseSensitive === false || ProviderName === ProviderName.toLowerCase();
}

function listed({ ProviderName = '' }: Provider, { providers = {} }: Policy): Settings {
  return Object.hasOwn(providers, ProviderName) ? (providers[ProviderName] as Settings) : {};
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
