/** The double itself: what it knows of AWS, it knows of every field. */

import { describe, expect, it } from '@jest/globals';
import { AppClient } from '../support/pool-server/app-client.ts';
import { Pool, type PoolBehaviour } from '../support/pool-server/pool.ts';
import { CLIENT_MODEL, type Json, leavesOf, POOL_MODEL } from '../support/pool-server/schema.ts';

const ID = 'eu-west-1_AbCdEf123';
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:f';

describe('the table of limits', () => {
  it.each([
    ['pool', POOL_MODEL],
    ['client', CLIENT_MODEL],
  ])('has a row for every number of a %s, and none for what is not there', (_, { schema, limits }) => {
    const leaves = leavesOf(schema);
    const numbers = leaves.filter(({ schema: leaf }) => leaf.isNumericSchema()).map(({ path }) => path);
    expect(numbers.filter((path) => !(path in limits))).toEqual([]);
    const places = new Set(leaves.flatMap(({ path }) => placesOf(path)));
    expect(Object.keys(limits).filter((path) => !places.has(path))).toEqual([]);
  });

  it('has a row for every choice that the SDK lists', async () => {
    const sdk: Readonly<Record<string, unknown>> = await import('@aws-sdk/client-cognito-identity-provider');
    for (const [name, path] of CHOICES)
      expect({ path, values: [...(POOL_MODEL.limits[path]?.values ?? [])].toSorted() }).toEqual({
        path,
        values: Object.values(sdk[name] as Record<string, string>).toSorted(),
      });
  });
});

const CHOICES: [string, string][] = [
  ['DeletionProtectionType', 'DeletionProtection'],
  ['UserPoolMfaType', 'MfaConfiguration'],
  ['UserPoolTierType', 'UserPoolTier'],
  ['VerifiedAttributeType', 'AutoVerifiedAttributes[]'],
  ['DefaultEmailOptionType', 'VerificationMessageTemplate.DefaultEmailOption'],
  ['EmailSendingAccountType', 'EmailConfiguration.EmailSendingAccount'],
  ['AdvancedSecurityModeType', 'UserPoolAddOns.AdvancedSecurityMode'],
  ['StatusType', 'DcrConfiguration.EnableStatus'],
  ['RecoveryOptionNameType', 'AccountRecoverySetting.RecoveryMechanisms[].Name'],
  ['EncryptionKeyType', 'KeyConfiguration.KeyType'],
  ['IssuerType', 'IssuerConfiguration.Type'],
  ['PreTokenGenerationLambdaVersionType', 'LambdaConfig.PreTokenGenerationConfig.LambdaVersion'],
];

/** A leaf, and the lists and keys on the way to it. */
function placesOf(path: string): string[] {
  return [path, path.replace(/\[\].*$/, ''), path.replace(/\{\}.*$/, '{key}')];
}

const rejection = (work: () => void): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a pool', () => {
  it('resets what a request leaves out', () => {
    const pool = new Pool(ID, {
      Policies: { PasswordPolicy: { MinimumLength: 20 } },
      DeletionProtection: 'ACTIVE',
      LambdaConfig: { PreSignUp: ARN },
      AutoVerifiedAttributes: ['email'],
      UserPoolTags: { team: 'web', 'aws:cloudformation:stack-name': 'x' },
      UserPoolTier: 'PLUS',
      DcrConfiguration: { EnableStatus: 'Disabled' },
    });
    pool.update({ UserPoolId: ID, LambdaConfig: { CustomMessage: ARN } });
    expect(pool.describe()).toMatchObject({
      Name: 'people',
      Policies: { PasswordPolicy: { MinimumLength: 8 } },
      DeletionProtection: 'INACTIVE',
      LambdaConfig: { CustomMessage: ARN },
      UserPoolTags: { 'aws:cloudformation:stack-name': 'x' },
      UserPoolTier: 'ESSENTIALS',
      DcrConfiguration: { EnableStatus: 'Disabled' },
    });
    expect(pool.describe()['LambdaConfig']).not.toHaveProperty('PreSignUp');
    expect(pool.describe()).not.toHaveProperty('AutoVerifiedAttributes');
  });

  it('turns client registration on for a block without a status', () => {
    const pool = new Pool(ID, {});
    pool.update({ UserPoolId: ID, DcrConfiguration: { OpenDcrEnabled: true } });
    expect(pool.describe()['DcrConfiguration']).toEqual({ EnableStatus: 'Enabled', OpenDcrEnabled: true });
  });

  it.each<[string, Json, Partial<PoolBehaviour>, string | null]>([
    ['an unknown member', { Quantum: {} }, {}, 'SerializationException'],
    ['an unknown member within', { LambdaConfig: { PreQuantum: ARN } }, {}, 'SerializationException'],
    [
      'what a newer AWS knows',
      { LambdaConfig: { PreQuantum: ARN } },
      { newer: ['LambdaConfig.PreQuantum'] },
      null,
    ],
    ['a member of the description only', { SchemaAttributes: [] }, {}, 'SerializationException'],
    ['another type', { MfaConfiguration: 1 }, {}, 'SerializationException'],
    ['another choice', { MfaConfiguration: 'MAYBE' }, {}, 'InvalidParameterException'],
    [
      'a number too large',
      { Policies: { PasswordPolicy: { MinimumLength: 100 } } },
      {},
      'InvalidParameterException',
    ],
    [
      'a text too long',
      { SmsAuthenticationMessage: `{####}${'x'.repeat(140)}` },
      {},
      'InvalidParameterException',
    ],
    ['a text without its code', { SmsAuthenticationMessage: 'your code' }, {}, 'InvalidParameterException'],
    [
      'a list too short',
      { AccountRecoverySetting: { RecoveryMechanisms: [] } },
      {},
      'InvalidParameterException',
    ],
    ['no ARN', { LambdaConfig: { PreSignUp: 'function' } }, {}, 'InvalidParameterException'],
    [
      'days twice',
      {
        AdminCreateUserConfig: { UnusedAccountValidityDays: 7 },
        Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 7 } },
      },
      {},
      'InvalidParameterException',
    ],
    [
      'two functions for one trigger',
      {
        LambdaConfig: {
          PreTokenGeneration: ARN,
          PreTokenGenerationConfig: { LambdaArn: `${ARN}2`, LambdaVersion: 'V2_0' },
        },
      },
      {},
      'InvalidParameterException',
    ],
    [
      'version 2 on Lite',
      {
        UserPoolTier: 'LITE',
        LambdaConfig: { PreTokenGenerationConfig: { LambdaArn: ARN, LambdaVersion: 'V2_0' } },
      },
      {},
      'FeatureUnavailableInTierException',
    ],
    [
      'a sender without a key',
      { LambdaConfig: { CustomEmailSender: { LambdaArn: ARN, LambdaVersion: 'V1_0' } } },
      {},
      'InvalidParameterException',
    ],
    ['an empty structure', { SmsConfiguration: {} }, {}, 'InvalidParameterException'],
    [
      'two ways to send SMS',
      { SmsConfiguration: { SnsCallerArn: ARN, EumsSms: { CallerArn: ARN } } },
      {},
      'InvalidParameterException',
    ],
    ['a second factor without SMS', { MfaConfiguration: 'ON' }, {}, 'InvalidParameterException'],
    ['a tag of AWS', { UserPoolTags: { 'aws:x': 'y' } }, {}, 'UserPoolTaggingException'],
    [
      'texts without an own sender',
      { VerificationMessageTemplate: { EmailMessage: 'code {####}' } },
      {},
      'InvalidParameterException',
    ],
    [
      'both texts',
      {
        EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' },
        VerificationMessageTemplate: { EmailMessage: 'code {####}', EmailMessageByLink: 'link {##x##}' },
      },
      {},
      'InvalidParameterException',
    ],
    ['nothing but its id', {}, {}, null],
  ])('judges %s', (_, request, behaviour, code) => {
    const pool = new Pool(ID, { DeletionProtection: 'ACTIVE' }, behaviour);
    const before = pool.describe();
    expect(rejection(() => pool.update({ UserPoolId: ID, ...request }))).toBe(code);
    if (code !== null) expect(pool.describe()).toEqual(before);
    else
      expect(Number(pool.describe()['LastModifiedDate'])).toBeGreaterThan(Number(before['LastModifiedDate']));
  });
});

describe('an app client', () => {
  it('resets what a request leaves out, and keeps its secret', () => {
    const client = new AppClient(ID, 'c', {
      PreventUserExistenceErrors: 'ENABLED',
      CallbackURLs: ['https://a.b/'],
    });
    client.update({ UserPoolId: ID, ClientId: 'c', AuthSessionValidity: 5 });
    expect(client.describe()).toMatchObject({ PreventUserExistenceErrors: 'LEGACY', AuthSessionValidity: 5 });
    expect(client.describe()).not.toHaveProperty('CallbackURLs');
    expect(client.describe()['ClientSecret']).toBeDefined();
  });

  it('takes no old names of flows beside new ones', () => {
    const client = new AppClient(ID, 'c', {});
    const flows = ['ADMIN_NO_SRP_AUTH', 'ALLOW_USER_SRP_AUTH'];
    expect(rejection(() => client.update({ UserPoolId: ID, ClientId: 'c', ExplicitAuthFlows: flows }))).toBe(
      'InvalidParameterException',
    );
  });
});
