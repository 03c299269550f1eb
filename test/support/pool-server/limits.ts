/**
 * Lengths, ranges and values that AWS takes, by the place in the request that replaces a pool or an app client. From
 * the service model of botocore 1.43.11 (API reference, the same numbers), but for the rows that name another source.
 * A text without a row is of any length; a number or choice without one fails `every field has its row`.
 */

export interface Limit {
  /** Characters of a text, items of a list, or the value of a number. */
  min?: number;
  max?: number;
  pattern?: RegExp;
  values?: readonly string[];
}

const ARN =
  /^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$/;
const arn: Limit = { min: 20, max: 2048, pattern: ARN };
const TEXT = /^[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*$/u;
const WITH_CODE = /^[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*$/u;
const WITH_LINK =
  /^[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*$/u;
const sms: Limit = { min: 6, max: 140, pattern: /.*\{####\}.*/ };
const subject: Limit = { min: 1, max: 140, pattern: /^[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+$/u };
const name: Limit = { min: 1, max: 128, pattern: /^[\w\s+=,.@-]+$/ };
const contact: Limit = { values: ['phone_number', 'email'] };
const version: Limit = { values: ['V1_0'] };
const units: Limit = { values: ['seconds', 'minutes', 'hours', 'days'] };
const url: Limit = { min: 1, max: 1024, pattern: /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u };
/** SDK 3.1169.0, OAuthFlowType. */
const grants: Limit = { values: ['code', 'implicit', 'client_credentials'] };

export const POOL_LIMITS: Readonly<Record<string, Limit>> = {
  UserPoolId: { min: 1, max: 55, pattern: /^[\w-]+_[0-9a-zA-Z]+$/ },
  'Policies.PasswordPolicy.MinimumLength': { min: 6, max: 99 },
  'Policies.PasswordPolicy.PasswordHistorySize': { min: 0, max: 24 },
  'Policies.PasswordPolicy.TemporaryPasswordValidityDays': { min: 0, max: 365 },
  'Policies.SignInPolicy.AllowedFirstAuthFactors': { min: 1, max: 4 },
  'Policies.SignInPolicy.AllowedFirstAuthFactors[]': {
    values: ['PASSWORD', 'EMAIL_OTP', 'SMS_OTP', 'WEB_AUTHN'],
  },
  DeletionProtection: { values: ['ACTIVE', 'INACTIVE'] },
  'LambdaConfig.PreSignUp': arn,
  'LambdaConfig.CustomMessage': arn,
  'LambdaConfig.PostConfirmation': arn,
  'LambdaConfig.PreAuthentication': arn,
  'LambdaConfig.PostAuthentication': arn,
  'LambdaConfig.DefineAuthChallenge': arn,
  'LambdaConfig.CreateAuthChallenge': arn,
  'LambdaConfig.VerifyAuthChallengeResponse': arn,
  'LambdaConfig.PreTokenGeneration': arn,
  'LambdaConfig.UserMigration': arn,
  'LambdaConfig.PreTokenGenerationConfig.LambdaVersion': { values: ['V1_0', 'V2_0', 'V3_0'] },
  'LambdaConfig.PreTokenGenerationConfig.LambdaArn': arn,
  'LambdaConfig.CustomSMSSender.LambdaVersion': version,
  'LambdaConfig.CustomSMSSender.LambdaArn': arn,
  'LambdaConfig.CustomEmailSender.LambdaVersion': version,
  'LambdaConfig.CustomEmailSender.LambdaArn': arn,
  'LambdaConfig.KMSKeyID': arn,
  'LambdaConfig.InboundFederation.LambdaVersion': version,
  'LambdaConfig.InboundFederation.LambdaArn': arn,
  'AutoVerifiedAttributes[]': contact,
  SmsVerificationMessage: sms,
  EmailVerificationMessage: { min: 6, max: 20_000, pattern: WITH_CODE },
  EmailVerificationSubject: subject,
  'VerificationMessageTemplate.SmsMessage': sms,
  'VerificationMessageTemplate.EmailMessage': { min: 6, max: 20_000, pattern: WITH_CODE },
  'VerificationMessageTemplate.EmailSubject': subject,
  'VerificationMessageTemplate.EmailMessageByLink': { min: 6, max: 20_000, pattern: WITH_LINK },
  'VerificationMessageTemplate.EmailSubjectByLink': subject,
  'VerificationMessageTemplate.DefaultEmailOption': { values: ['CONFIRM_WITH_LINK', 'CONFIRM_WITH_CODE'] },
  SmsAuthenticationMessage: sms,
  'UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate[]': contact,
  MfaConfiguration: { values: ['OFF', 'ON', 'OPTIONAL'] },
  'EmailConfiguration.SourceArn': arn,
  'EmailConfiguration.ReplyToEmailAddress': {
    pattern: /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u,
  },
  'EmailConfiguration.EmailSendingAccount': { values: ['COGNITO_DEFAULT', 'DEVELOPER'] },
  'EmailConfiguration.From': { min: 0, max: 131_072 },
  'EmailConfiguration.ConfigurationSet': { min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ },
  'SmsConfiguration.SnsCallerArn': arn,
  'SmsConfiguration.ExternalId': { min: 0, max: 131_072 },
  'SmsConfiguration.SnsRegion': { min: 5, max: 32 },
  // Newer than that botocore: taken as ARNs, because they are called so.
  'SmsConfiguration.EumsSms.CallerArn': arn,
  'UserPoolTags{key}': { min: 1, max: 128 },
  'UserPoolTags{}': { min: 0, max: 256 },
  'AdminCreateUserConfig.UnusedAccountValidityDays': { min: 0, max: 365 },
  'AdminCreateUserConfig.InviteMessageTemplate.SMSMessage': { min: 6, max: 140 },
  'AdminCreateUserConfig.InviteMessageTemplate.EmailMessage': { min: 6, max: 20_000, pattern: TEXT },
  'AdminCreateUserConfig.InviteMessageTemplate.EmailSubject': subject,
  'UserPoolAddOns.AdvancedSecurityMode': { values: ['OFF', 'AUDIT', 'ENFORCED'] },
  'UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode': { values: ['AUDIT', 'ENFORCED'] },
  // SDK 3.1169.0, StatusType and DcrConfigurationType.
  'DcrConfiguration.EnableStatus': { values: ['Enabled', 'Disabled'] },
  'DcrConfiguration.AuthenticatedGrantTypes[]': grants,
  'DcrConfiguration.OpenDcrGrantTypes[]': grants,
  'AccountRecoverySetting.RecoveryMechanisms': { min: 1, max: 2 },
  'AccountRecoverySetting.RecoveryMechanisms[].Priority': { min: 1, max: 2 },
  'AccountRecoverySetting.RecoveryMechanisms[].Name': {
    values: ['verified_email', 'verified_phone_number', 'admin_only'],
  },
  PoolName: name,
  UserPoolTier: { values: ['LITE', 'ESSENTIALS', 'PLUS'] },
  // SDK 3.1169.0, EncryptionKeyType and IssuerType.
  'KeyConfiguration.KeyType': { values: ['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KEY'] },
  'KeyConfiguration.KmsKeyArn': arn,
  'IssuerConfiguration.Type': { values: ['ORIGINAL', 'UPDATED'] },
};

export const CLIENT_LIMITS: Readonly<Record<string, Limit>> = {
  UserPoolId: { min: 1, max: 55, pattern: /^[\w-]+_[0-9a-zA-Z]+$/ },
  ClientId: { min: 1, max: 128, pattern: /^[\w+]+$/ },
  ClientName: name,
  RefreshTokenValidity: { min: 0, max: 315_360_000 },
  AccessTokenValidity: { min: 1, max: 86_400 },
  IdTokenValidity: { min: 1, max: 86_400 },
  'TokenValidityUnits.AccessToken': units,
  'TokenValidityUnits.IdToken': units,
  'TokenValidityUnits.RefreshToken': units,
  'ReadAttributes[]': { min: 1, max: 2048 },
  'WriteAttributes[]': { min: 1, max: 2048 },
  'ExplicitAuthFlows[]': {
    values: [
      'ADMIN_NO_SRP_AUTH',
      'CUSTOM_AUTH_FLOW_ONLY',
      'USER_PASSWORD_AUTH',
      'ALLOW_ADMIN_USER_PASSWORD_AUTH',
      'ALLOW_CUSTOM_AUTH',
      'ALLOW_USER_PASSWORD_AUTH',
      'ALLOW_USER_SRP_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
      'ALLOW_USER_AUTH',
    ],
  },
  'SupportedIdentityProviders[]': { min: 1, max: 32 },
  CallbackURLs: { min: 0, max: 100 },
  'CallbackURLs[]': url,
  LogoutURLs: { min: 0, max: 100 },
  'LogoutURLs[]': url,
  DefaultRedirectURI: url,
  AllowedOAuthFlows: { min: 0, max: 3 },
  'AllowedOAuthFlows[]': grants,
  AllowedOAuthScopes: { max: 50 },
  'AllowedOAuthScopes[]': { min: 1, max: 256, pattern: /^[\x21\x23-\x5B\x5D-\x7E]+$/ },
  'AnalyticsConfiguration.ApplicationId': { pattern: /^[0-9a-fA-F]+$/ },
  'AnalyticsConfiguration.ApplicationArn': arn,
  'AnalyticsConfiguration.RoleArn': arn,
  'AnalyticsConfiguration.ExternalId': { min: 0, max: 131_072 },
  PreventUserExistenceErrors: { values: ['LEGACY', 'ENABLED'] },
  AuthSessionValidity: { min: 3, max: 15 },
  'RefreshTokenRotation.Feature': { values: ['ENABLED', 'DISABLED'] },
  'RefreshTokenRotation.RetryGracePeriodSeconds': { min: 0, max: 60 },
};
