/** A user pool that resets what an update leaves out, and refuses what AWS refuses (README.md beside this). */

import { assertRequest, type Json, POOL_MODEL, Rejection } from './schema.ts';

/** What AWS leaves open, or is said to do otherwise than it documents. Tests run with each. */
export interface PoolBehaviour {
  /** Places that this AWS knows and the SDK does not: settings like any other. */
  newer: readonly string[];
  /** Describe gives `PreTokenGeneration` beside its versioned form. */
  echoesPreToken: boolean;
  /** Both verification texts may be sent; the documentation says that they may not. */
  takesBothTexts: boolean;
  /** A text that is not in force stays when it is left out. */
  keepsOtherText: boolean;
  /** Measured by others, against the documentation: these stay when they are left out. */
  keepsPoliciesAndMfa: boolean;
}

export const DOCUMENTED: PoolBehaviour = {
  newer: [],
  echoesPreToken: false,
  takesBothTexts: false,
  keepsOtherText: true,
  keepsPoliciesAndMfa: false,
};

/** What a setting is when nobody has set it; what is not here is then not there. */
const DEFAULTS: Json = {
  Policies: {
    PasswordPolicy: {
      MinimumLength: 8,
      RequireUppercase: true,
      RequireLowercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
      TemporaryPasswordValidityDays: 7,
    },
  },
  DeletionProtection: 'INACTIVE',
  LambdaConfig: {},
  MfaConfiguration: 'OFF',
  EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
  VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
  UserPoolTags: {},
  UserPoolTier: 'ESSENTIALS',
};

export class Pool {
  readonly id: string;
  readonly behaviour: PoolBehaviour;
  /** As `DescribeUserPool` gives them, but for the id and dates. */
  settings: Json;
  readonly fixed: Json;
  lastModified: number;

  constructor(id: string, settings: Json, behaviour: Partial<PoolBehaviour> = {}) {
    const [region = ''] = id.split('_');
    const { Name: name = 'people', ...rest } = settings;
    this.id = id;
    this.behaviour = { ...DOCUMENTED, ...behaviour };
    this.settings = { ...structuredClone(DEFAULTS), Name: name, ...structuredClone(rest) };
    this.fixed = {
      Id: id,
      Arn: `arn:aws:cognito-idp:${region}:123456789012:userpool/${id}`,
      CreationDate: 1_700_000_000.5,
      EstimatedNumberOfUsers: 3,
      SchemaAttributes: [{ Name: 'sub', AttributeDataType: 'String', Mutable: false, Required: true }],
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
    };
    this.lastModified = Date.now() / 1000 - 3600;
  }

  describe(): Json {
    const settings = structuredClone(this.settings);
    const days = passwordDays(settings);
    if (days !== undefined)
      settings['AdminCreateUserConfig'] = {
        ...(settings['AdminCreateUserConfig'] as Json),
        UnusedAccountValidityDays: days,
      };
    if (this.behaviour.echoesPreToken) echoPreToken(settings);
    return { ...this.fixed, ...settings, LastModifiedDate: this.lastModified };
  }

  /** Throws `Rejection`; then nothing is changed. */
  update(request: Json): void {
    assertRequest(POOL_MODEL, request, this.behaviour.newer);
    this.#assertConsistent(request);
    const { UserPoolId: _, PoolName: name, ...sent } = structuredClone(request);
    const kept = this.behaviour.keepsPoliciesAndMfa ? ['Policies', 'MfaConfiguration'] : [];
    const before = this.settings;
    this.settings = { ...structuredClone(DEFAULTS), ...pick(before, ['DcrConfiguration', ...kept]), ...sent };
    this.settings['Name'] = name ?? before['Name'];
    this.settings['UserPoolTags'] = { ...awsTags(before), ...(sent['UserPoolTags'] as Json) };
    if ('DcrConfiguration' in sent)
      this.settings['DcrConfiguration'] = withDcrDefaults(sent['DcrConfiguration'] as Json);
    if (this.behaviour.keepsOtherText) keepOtherText(before, this.settings);
    this.touch();
  }

  /** Another writer's change, or the next moment: never the same twice. */
  touch(): void {
    this.lastModified = Math.max(Math.round(Date.now()) / 1000, this.lastModified + 0.001);
  }

  #assertConsistent(request: Json): void {
    const refuse = (code: string, message: string) => {
      throw new Rejection(code, message);
    };
    const lambda = at(request, 'LambdaConfig');
    const version = at(lambda, 'PreTokenGenerationConfig');
    const tier = request['UserPoolTier'] ?? 'ESSENTIALS';
    const hadVersion = at(at(this.settings, 'LambdaConfig'), 'PreTokenGenerationConfig')['LambdaVersion'];
    const template = at(request, 'VerificationMessageTemplate');
    const sender = at(request, 'EmailConfiguration')['EmailSendingAccount'] ?? 'COGNITO_DEFAULT';
    const shapes = (each: unknown) => each === 'V2_0' || each === 'V3_0';
    if (
      at(request, 'AdminCreateUserConfig')['UnusedAccountValidityDays'] !== undefined &&
      passwordDays(request) !== undefined
    )
      refuse(
        'InvalidParameterException',
        'Please use TemporaryPasswordValidityDays in PasswordPolicy instead',
      );
    if (
      lambda['PreTokenGeneration'] &&
      version['LambdaArn'] &&
      lambda['PreTokenGeneration'] !== version['LambdaArn']
    )
      refuse('InvalidParameterException', 'PreTokenGeneration and PreTokenGenerationConfig differ');
    if (tier === 'LITE' && shapes(version['LambdaVersion']) && !shapes(hadVersion))
      refuse('FeatureUnavailableInTierException', 'not in LITE');
    if (tier === 'LITE' && request['AcrConfiguration'] !== undefined)
      refuse('FeatureUnavailableInTierException', 'ACR names are not in LITE');
    if (
      tier !== 'PLUS' &&
      !['OFF', undefined].includes(at(request, 'UserPoolAddOns')['AdvancedSecurityMode'] as string)
    )
      refuse('FeatureUnavailableInTierException', 'threat protection is in PLUS');
    if ((lambda['CustomSMSSender'] || lambda['CustomEmailSender']) && !lambda['KMSKeyID'])
      refuse('InvalidParameterException', 'KMSKeyID is required for custom senders');
    if (template['EmailMessage'] && template['EmailMessageByLink'] && !this.behaviour.takesBothTexts)
      refuse('InvalidParameterException', 'give the text of the option only');
    if (sender === 'COGNITO_DEFAULT' && (template['EmailMessage'] || template['EmailMessageByLink']))
      refuse('InvalidParameterException', 'e-mail texts need EmailSendingAccount DEVELOPER');
    for (const empty of ['SmsConfiguration', 'UserPoolAddOns'])
      if (request[empty] && Object.keys(at(request, empty)).length === 0)
        refuse('InvalidParameterException', `${empty} is empty`);
    if (at(request, 'SmsConfiguration')['SnsCallerArn'] && at(request, 'SmsConfiguration')['EumsSms'])
      refuse('InvalidParameterException', 'SnsCallerArn and EumsSms exclude each other');
    if (['ON', 'OPTIONAL'].includes(String(request['MfaConfiguration'])) && !request['SmsConfiguration'])
      refuse(
        'InvalidParameterException',
        'SMS configuration and Auto verification for phone_number are required',
      );
    if (Object.keys(at(request, 'UserPoolTags')).some((key) => key.startsWith('aws:')))
      refuse('UserPoolTaggingException', 'aws: prefixed tag key names are not allowed for external use');
  }
}

function passwordDays(settings: Json): unknown {
  return at(at(settings, 'Policies'), 'PasswordPolicy')['TemporaryPasswordValidityDays'];
}

function echoPreToken(settings: Json): void {
  const lambda = at(settings, 'LambdaConfig');
  const { LambdaArn: arn } = at(lambda, 'PreTokenGenerationConfig');
  if (arn !== undefined) settings['LambdaConfig'] = { ...lambda, PreTokenGeneration: arn };
}

/** An included block without `EnableStatus` turns dynamic client registration on (SDK, DcrConfiguration). */
function withDcrDefaults(sent: Json): Json {
  return { EnableStatus: 'Enabled', OpenDcrEnabled: false, ...sent };
}

function awsTags(settings: Json): Json {
  return Object.fromEntries(
    Object.entries(at(settings, 'UserPoolTags')).filter(([key]) => key.startsWith('aws:')),
  );
}

function keepOtherText(before: Json, after: Json): void {
  const [was, is] = [at(before, 'VerificationMessageTemplate'), at(after, 'VerificationMessageTemplate')];
  const others =
    is['DefaultEmailOption'] === 'CONFIRM_WITH_LINK'
      ? ['EmailMessage', 'EmailSubject']
      : ['EmailMessageByLink', 'EmailSubjectByLink'];
  after['VerificationMessageTemplate'] = { ...pick(was, others), ...is };
}

function pick(object: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}

function at(object: Json, name: string): Json {
  return (object[name] ?? {}) as Json;
}
