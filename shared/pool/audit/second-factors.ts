/** Whether a stolen password is enough. */

import { takesPasswords } from './app-clients.ts';
import { type AuditRule, rule } from './rule.ts';

export const SECOND_FACTOR_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_MFA_OFF',
    severity: 'medium',
    title: 'a password is all that signs people in',
    mend: 'set MfaConfiguration to ON, or OPTIONAL with rules that ask for `mfa: true` where it counts',
    needs: ['pool', 'clients'],
    find: ({ pool, clients }) =>
      // Where every client leads to an identity provider, the second factor is the provider's.
      (pool.MfaConfiguration ?? 'OFF') === 'OFF' && clients.some(takesPasswords)
        ? [{ subject: 'user pool', detail: 'MfaConfiguration is OFF' }]
        : [],
  }),
  rule({
    id: 'POOL_MFA_MESSAGES_ONLY',
    severity: 'medium',
    title: 'the only second factor is a message',
    mend: 'set SoftwareTokenMfaConfiguration to enabled, or let passkeys count as a second factor: text messages and e-mail can be diverted',
    needs: ['pool', 'mfa'],
    find: ({ pool, mfa }) => {
      if ((pool.MfaConfiguration ?? 'OFF') === 'OFF') return [];
      const strong =
        mfa.SoftwareTokenMfaConfiguration?.Enabled === true ||
        mfa.WebAuthnConfiguration?.FactorConfiguration === 'MULTI_FACTOR_WITH_USER_VERIFICATION';
      if (strong) return [];
      const factors = [
        ...(mfa.SmsMfaConfiguration ? ['SMS'] : []),
        ...(mfa.EmailMfaConfiguration ? ['e-mail'] : []),
      ];
      return [{ subject: 'user pool', detail: `its second factors are ${factors.join(' and ') || 'none'}` }];
    },
  }),
  rule({
    id: 'POOL_TIER_HIDES_MFA',
    severity: 'medium',
    title: 'the policy asks for a second factor that tokens of this tier never tell of',
    mend: 'move the pool to ESSENTIALS or PLUS, or take `mfa` out of the rules',
    needs: ['pool', 'policy'],
    find: ({ pool, policy }) =>
      pool.UserPoolTier !== 'LITE'
        ? []
        : (policy.rules ?? [])
            .filter(({ to, unless }) => to?.mfa ?? unless?.mfa)
            .map(({ id }) => ({
              subject: `rule ${id}`,
              detail: '`mfa` is never true: a LITE pool writes no `amr`',
            })),
  }),
];
