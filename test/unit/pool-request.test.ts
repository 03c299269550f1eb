import { UserPoolClientType$, UserPoolType$ } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from '@jest/globals';
import { NormalizedSchema } from '@smithy/core/schema';
import { CLIENT_DESCRIPTION_ONLY, clientRequest } from '../../shared/pool/client-request.ts';
import { differences } from '../../shared/pool/differences.ts';
import { DESCRIPTION_ONLY, KEPT_BY_AWS, poolRequest } from '../../shared/pool/pool-request.ts';
import { CLIENT_REQUEST_FIELDS, POOL_REQUEST_FIELDS } from '../../shared/pool/unknown-fields.ts';

const POOL = { Id: 'eu-west-1_A', Name: 'people' };

describe('every member of a description', () => {
  const namesOf = (schema: Parameters<typeof NormalizedSchema.of>[0]) =>
    Object.keys(NormalizedSchema.of(schema).getMemberSchemas()).toSorted();

  // A newer SDK brings new members: each is to be carried, or left out for a reason.
  it('of a pool is sent back, or is left out for a reason', () => {
    const sent = [...POOL_REQUEST_FIELDS].filter((name) => !['UserPoolId', 'PoolName'].includes(name));
    expect([...new Set([...sent, ...DESCRIPTION_ONLY])].toSorted()).toEqual(namesOf(UserPoolType$));
    expect([...DESCRIPTION_ONLY].filter((name) => POOL_REQUEST_FIELDS.has(name))).toEqual([]);
    expect([...KEPT_BY_AWS].filter((name) => !POOL_REQUEST_FIELDS.has(name))).toEqual([]);
  });

  it('of a client is sent back, or is left out for a reason', () => {
    expect([...new Set([...CLIENT_REQUEST_FIELDS, ...CLIENT_DESCRIPTION_ONLY])].toSorted()).toEqual(
      namesOf(UserPoolClientType$),
    );
    expect([...CLIENT_DESCRIPTION_ONLY].filter((name) => CLIENT_REQUEST_FIELDS.has(name))).toEqual([]);
  });
});

describe('poolRequest', () => {
  it('sends identity by its other names, and the unknown as it came', () => {
    expect(
      poolRequest({ ...POOL, Arn: 'x', Status: 'Enabled', Quantum: { a: [1] }, MfaConfiguration: 'OFF' }),
    ).toEqual({
      UserPoolId: 'eu-west-1_A',
      PoolName: 'people',
      Quantum: { a: [1] },
      MfaConfiguration: 'OFF',
    });
  });

  it.each<[string, object, object]>([
    ['dynamic client registration is not touched', { DcrConfiguration: { OpenDcrEnabled: true } }, {}],
    ['nothing is not sent', { SmsConfiguration: {}, UserPoolAddOns: {}, DeviceConfiguration: null }, {}],
    ['no triggers are said to be none', { LambdaConfig: {} }, { LambdaConfig: {} }],
    [
      'days are sent once',
      {
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 9 },
        Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 9 } },
      },
      {
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 9 } },
      },
    ],
    [
      'days that are there under their old name only move',
      {
        AdminCreateUserConfig: { UnusedAccountValidityDays: 9 },
        Policies: {
          PasswordPolicy: { MinimumLength: 8 },
          SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
        },
      },
      {
        Policies: {
          PasswordPolicy: { MinimumLength: 8, TemporaryPasswordValidityDays: 9 },
          SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
        },
      },
    ],
    [
      'the code text is sent where codes are',
      {
        VerificationMessageTemplate: {
          EmailMessage: 'a',
          EmailSubject: 'b',
          EmailMessageByLink: 'c',
          SmsMessage: 'd',
        },
      },
      { VerificationMessageTemplate: { EmailMessage: 'a', EmailSubject: 'b', SmsMessage: 'd' } },
    ],
    [
      'the link text is sent where links are',
      {
        VerificationMessageTemplate: {
          DefaultEmailOption: 'CONFIRM_WITH_LINK',
          EmailMessage: 'a',
          EmailSubject: 'b',
          EmailMessageByLink: 'c',
        },
      },
      { VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK', EmailMessageByLink: 'c' } },
    ],
    [
      'only own tags are sent',
      { UserPoolTags: { team: 'web', 'aws:cloudformation:stack-name': 'x' } },
      { UserPoolTags: { team: 'web' } },
    ],
    [
      'only own names of ACR levels are sent',
      { AcrConfiguration: { one: { AcrValue: 'urn:cognito:loa:1' }, two: { AcrValue: 'gold' } } },
      { AcrConfiguration: { two: { AcrValue: 'gold' } } },
    ],
    [
      'default names of ACR levels are not',
      { AcrConfiguration: { one: { AcrValue: 'urn:cognito:loa:1' } } },
      {},
    ],
    [
      'one way to send SMS is sent as it is',
      { SmsConfiguration: { EumsSms: { CallerArn: 'arn' } } },
      { SmsConfiguration: { EumsSms: { CallerArn: 'arn' } } },
    ],
  ])('%s', (_, settings, expected) => {
    expect(poolRequest({ ...POOL, ...settings })).toEqual({
      UserPoolId: 'eu-west-1_A',
      PoolName: 'people',
      ...expected,
    });
  });

  it('sends both texts only when it is told to', () => {
    const template = { EmailMessage: 'a', EmailMessageByLink: 'c' };
    const description = { ...POOL, VerificationMessageTemplate: template };
    expect(poolRequest(description, { bothTexts: true })['VerificationMessageTemplate']).toEqual(template);
  });
});

describe('clientRequest', () => {
  it('leaves the secret out, and takes an empty list for none', () => {
    expect(
      clientRequest({
        ClientId: 'c',
        ClientSecret: 's',
        ClientType: 'DCR',
        WriteAttributes: [],
        ReadAttributes: null,
        Quantum: 1,
      }),
    ).toEqual({ ClientId: 'c', WriteAttributes: [], Quantum: 1 });
  });
});

describe('differences', () => {
  it.each<[string, object, object]>([
    ['what changes by itself', { LastModifiedDate: 1, EstimatedNumberOfUsers: 2 }, { LastModifiedDate: 3 }],
    ['nothing, said in several ways', { A: {}, B: null, C: [] }, { D: { E: {} } }],
    ['lists in another order', { A: ['x', 'y'] }, { A: ['y', 'x'] }],
    ['lists of structures in another order', { A: [{ b: 1 }, { c: 2 }] }, { A: [{ c: 2 }, { b: 1 }] }],
    [
      'a plain ARN, and the same with version 1',
      { LambdaConfig: { PreTokenGeneration: 'a' } },
      { LambdaConfig: { PreTokenGenerationConfig: { LambdaArn: 'a', LambdaVersion: 'V1_0' } } },
    ],
    [
      'a plain ARN beside its version',
      {
        LambdaConfig: {
          PreTokenGeneration: 'a',
          PreTokenGenerationConfig: { LambdaArn: 'a', LambdaVersion: 'V2_0' },
        },
      },
      { LambdaConfig: { PreTokenGenerationConfig: { LambdaArn: 'a', LambdaVersion: 'V2_0' } } },
    ],
    [
      'days under either name',
      { AdminCreateUserConfig: { UnusedAccountValidityDays: 7 } },
      { Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 7 } } },
    ],
  ])('are none for %s', (_, expected, actual) => {
    expect(differences({ ...expected }, { ...actual })).toEqual([]);
    expect(differences({ ...actual }, { ...expected })).toEqual([]);
  });

  it('name the place and both sides', () => {
    expect(
      differences(
        { Policies: { PasswordPolicy: { MinimumLength: 12 } }, WriteAttributes: [], Gone: 'x' },
        { Policies: { PasswordPolicy: { MinimumLength: 8 } }, New: ['y'] },
      ),
    ).toEqual([
      { path: ['Policies', 'PasswordPolicy', 'MinimumLength'], expected: 12, actual: 8 },
      { path: ['WriteAttributes'], expected: [], actual: undefined },
      { path: ['Gone'], expected: 'x', actual: undefined },
      { path: ['New'], expected: undefined, actual: ['y'] },
    ]);
  });

  it('never show a secret', () => {
    expect(differences({ ClientSecret: 'a' }, { ClientSecret: 'b' })).toEqual([]);
  });
});
