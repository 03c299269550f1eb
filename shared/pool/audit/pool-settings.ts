/** Settings of the pool itself. */

import type { FactValues } from './facts.ts';
import { type AuditRule, type Evidence, rule } from './rule.ts';

/** NIST SP 800-63B; also Cognito's own default. */
const SHORT_PASSWORD = 8;
const LONG_INVITATION_DAYS = 30;
const DEFAULT_INVITATION_DAYS = 7;
/** Fewer may come by on what Cognito sends by itself. */
const MANY_USERS = 1000;

type Pool = FactValues['pool'];

export const POOL_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_DELETION_UNPROTECTED',
    severity: 'medium',
    title: 'one call deletes the pool and all its users',
    mend: 'set DeletionProtection to ACTIVE',
    needs: ['pool'],
    find: ({ pool: { DeletionProtection: setting = 'INACTIVE' } }) =>
      ofPool(setting !== 'ACTIVE' && `DeletionProtection is ${setting}`),
  }),
  rule({
    id: 'POOL_THREAT_PROTECTION_OFF',
    severity: 'medium',
    title: 'the threat protection of the PLUS tier is paid for, and stops nothing',
    mend: 'set AdvancedSecurityMode to ENFORCED, and AdvancedSecurityAdditionalFlows.CustomAuthMode if there is custom sign-in',
    needs: ['pool'],
    find: ({ pool }) => ofPool(unprotected(pool)),
  }),
  rule({
    id: 'POOL_TIER_TOO_LOW',
    severity: 'medium',
    title: 'the pool uses what its tier does not have',
    mend: 'move the pool to ESSENTIALS or PLUS; on LITE the next update of the pool may be refused',
    needs: ['pool'],
    find: ({ pool }) => {
      if (pool.UserPoolTier !== 'LITE') return [];
      const version = pool.LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0';
      const factors = pool.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? [];
      return [
        ...ofPool(version !== 'V1_0' && `its tier is LITE, and pre-token generation has version ${version}`),
        ...ofPool(
          factors.some((factor) => factor !== 'PASSWORD') &&
            `its tier is LITE, and people may begin with ${factors.join(', ')}`,
        ),
      ];
    },
  }),
  rule({
    id: 'POOL_PASSWORD_SHORT',
    severity: 'medium',
    title: 'passwords may be shorter than eight characters',
    mend: 'set Policies.PasswordPolicy.MinimumLength to 8 at least; 12 or more where there is no second factor',
    needs: ['pool'],
    find: ({ pool: { Policies } }) => {
      const { MinimumLength: length = SHORT_PASSWORD } = Policies?.PasswordPolicy ?? {};
      return ofPool(length < SHORT_PASSWORD && `PasswordPolicy.MinimumLength is ${length}`);
    },
  }),
  rule({
    id: 'POOL_INVITATION_LONG',
    severity: 'low',
    title: 'the password in an invitation is good for more than a month',
    mend: 'set Policies.PasswordPolicy.TemporaryPasswordValidityDays to a week or so',
    needs: ['pool'],
    find: ({ pool: { Policies, AdminCreateUserConfig } }) => {
      const days =
        Policies?.PasswordPolicy?.TemporaryPasswordValidityDays ??
        AdminCreateUserConfig?.UnusedAccountValidityDays ??
        DEFAULT_INVITATION_DAYS;
      return ofPool(days > LONG_INVITATION_DAYS && `temporary passwords are valid for ${days} days`);
    },
  }),
  rule({
    id: 'POOL_EMAIL_DEFAULT_SENDER',
    severity: 'low',
    title: 'a pool of this size sends mail by Cognito’s own sender, which sends few a day',
    mend: 'set EmailConfiguration to DEVELOPER with an SES identity: codes that do not arrive lock people out',
    needs: ['pool'],
    find: ({ pool }) => {
      const { EmailSendingAccount: account = 'COGNITO_DEFAULT' } = pool.EmailConfiguration ?? {};
      const users = pool.EstimatedNumberOfUsers ?? 0;
      if (account === 'DEVELOPER' || pool.LambdaConfig?.CustomEmailSender || users < MANY_USERS) return [];
      return ofPool(`EmailSendingAccount is ${account}, for about ${users} users`);
    },
  }),
  rule({
    id: 'POOL_MESSAGES_FAIL',
    severity: 'medium',
    title: 'Cognito reports that it cannot send messages',
    mend: 'mend the role or the identity that the pool sends with; until then nobody confirms or recovers an account, and updates of the pool may fail',
    needs: ['pool'],
    find: ({ pool }) => [
      ...ofPool(pool.SmsConfigurationFailure && `SmsConfigurationFailure: ${pool.SmsConfigurationFailure}`),
      ...ofPool(
        pool.EmailConfigurationFailure && `EmailConfigurationFailure: ${pool.EmailConfigurationFailure}`,
      ),
    ],
  }),
  rule({
    id: 'POOL_NAMES_CASE_SENSITIVE',
    severity: 'low',
    title: 'one e-mail address can belong to several accounts, in other letters',
    mend: 'only a new pool can be made with UsernameConfiguration.CaseSensitive false; until then, compare addresses with care where you link or invite',
    needs: ['pool'],
    find: ({ pool }) => {
      const names: string[] = [...(pool.UsernameAttributes ?? []), ...(pool.AliasAttributes ?? [])];
      if (pool.UsernameConfiguration?.CaseSensitive === false || !names.includes('email')) return [];
      return ofPool('people sign in by e-mail address, and capitals make another address of it');
    },
  }),
];

function unprotected({ UserPoolTier, UserPoolAddOns, LambdaConfig }: Pool): string | false {
  if (UserPoolTier !== 'PLUS') return false;
  const { AdvancedSecurityMode: mode = 'OFF', AdvancedSecurityAdditionalFlows: flows } = UserPoolAddOns ?? {};
  if (mode !== 'ENFORCED') return `AdvancedSecurityMode is ${mode}`;
  return (
    LambdaConfig?.DefineAuthChallenge !== undefined &&
    flows?.CustomAuthMode !== 'ENFORCED' &&
    `custom sign-in is left out: CustomAuthMode is ${flows?.CustomAuthMode ?? 'not set'}`
  );
}

function ofPool(detail: string | false | undefined): Evidence[] {
  return detail ? [{ subject: 'user pool', detail }] : [];
}
