import { describe, expect, it } from '@jest/globals';
import { type Desired, planAttach, planDetach } from '../../shared/pool/plan.ts';
import type { Raw } from '../../shared/pool/raw.ts';
import { lambdaConfigOf, otherSlots, slotOf, withSlot } from '../../shared/pool/triggers.ts';

const arn = (name: string, region = 'eu-west-1') => `arn:aws:lambda:${region}:123456789012:function:${name}`;
const POOL: Raw = {
  Id: 'eu-west-1_AbCdEf123',
  Arn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf123',
  UserPoolTier: 'ESSENTIALS',
  LambdaConfig: {},
};
const calling = (config: Raw, more: Raw = {}): Raw => ({ ...POOL, ...more, LambdaConfig: config });
const versioned = (name: string, version: string) => ({ LambdaArn: arn(name), LambdaVersion: version });

const DESIRED: Desired = {
  functions: { 'pre-sign-up': arn('sign-up'), 'pre-token-generation': arn('token') },
  preTokenVersion: null,
  replace: false,
  force: false,
};

describe('planAttach', () => {
  it('sets what is desired, and keeps everything else', () => {
    const other = {
      CustomMessage: arn('message'),
      CustomEmailSender: versioned('mail', 'V1_0'),
      KMSKeyID: 'key',
    };
    const { changes, refusals, wanted } = planAttach(calling(other), DESIRED);
    expect(refusals).toEqual([]);
    expect(changes.map(({ trigger, from }) => [trigger, from])).toEqual([
      ['pre-sign-up', null],
      ['pre-token-generation', null],
    ]);
    expect(wanted).toEqual(
      calling({ ...other, PreSignUp: arn('sign-up'), PreTokenGenerationConfig: versioned('token', 'V2_0') }),
    );
  });

  it('changes nothing that is there already, whatever else is odd', () => {
    const there = { PreSignUp: arn('sign-up'), PreTokenGenerationConfig: versioned('token', 'V2_0') };
    const { changes, refusals, wanted, warnings } = planAttach(
      { ...calling(there), Quantum: 1, UserPoolTier: undefined },
      DESIRED,
    );
    expect({ changes, refusals, warnings }).toEqual({ changes: [], refusals: [], warnings: [] });
    expect(wanted['LambdaConfig']).toEqual(there);
  });

  it.each<[string, Raw, Partial<Desired>, string]>([
    ['V1 on Lite', calling({}, { UserPoolTier: 'LITE' }), {}, 'V1_0'],
    ['V2 on Essentials', POOL, {}, 'V2_0'],
    ['V2 on Plus', calling({}, { UserPoolTier: 'PLUS' }), {}, 'V2_0'],
    ['the one that is asked for', POOL, { preTokenVersion: 'V3_0' }, 'V3_0'],
    [
      'ours, if it shapes access tokens',
      calling({ PreTokenGenerationConfig: versioned('token:live', 'V3_0') }),
      {},
      'V3_0',
    ],
    ['better than ours, if the tier has it', calling({ PreTokenGeneration: arn('token') }), {}, 'V2_0'],
    [
      'not what another function had',
      calling({ PreTokenGenerationConfig: versioned('theirs', 'V3_0') }),
      { replace: true },
      'V2_0',
    ],
    [
      'what a Lite pool has kept',
      calling({ PreTokenGenerationConfig: versioned('token:old', 'V2_0') }, { UserPoolTier: 'LITE' }),
      {},
      'V2_0',
    ],
  ])('chooses the version of pre-token-generation: %s', (_, pool, desired, version) => {
    const { wanted, refusals } = planAttach(pool, { ...DESIRED, ...desired });
    expect(refusals).toEqual([]);
    expect(slotOf(lambdaConfigOf(wanted), 'pre-token-generation')).toEqual({ arn: arn('token'), version });
    expect(lambdaConfigOf(wanted)).not.toHaveProperty('PreTokenGeneration');
  });

  it.each<[string, Raw, Partial<Desired>, string[]]>([
    ['an unknown setting', { ...POOL, Quantum: {} }, {}, ['ATTACH_UNKNOWN_FIELDS']],
    ['an unknown trigger', calling({ PreQuantum: arn('q') }), {}, ['ATTACH_UNKNOWN_FIELDS']],
    ['an unknown setting, forced', { ...POOL, Quantum: {} }, { force: true }, []],
    [
      'what is never written',
      { ...POOL, SchemaAttributes: [{ Origin: 'x' }], DcrConfiguration: { New: 1 } },
      {},
      [],
    ],
    ['a taken slot', calling({ PreSignUp: arn('theirs') }), {}, ['ATTACH_SLOT_TAKEN']],
    ['a taken slot, to be replaced', calling({ PreSignUp: arn('theirs') }), { replace: true }, []],
    ['another alias of ours', calling({ PreSignUp: arn('sign-up:live') }), {}, []],
    ['a taken versioned slot', calling({ PreTokenGeneration: arn('theirs') }), {}, ['ATTACH_SLOT_TAKEN']],
    [
      'version 2 on Lite',
      calling({}, { UserPoolTier: 'LITE' }),
      { preTokenVersion: 'V2_0' },
      ['ATTACH_TIER'],
    ],
    ['no tier', { ...POOL, UserPoolTier: null }, {}, ['ATTACH_TIER_UNKNOWN']],
    ['no tier, forced', { ...POOL, UserPoolTier: null }, { force: true }, []],
    [
      'a sender without its key',
      calling({ CustomSMSSender: versioned('sms', 'V1_0') }),
      {},
      ['ATTACH_KMS_KEY'],
    ],
    [
      'a function of another Region',
      POOL,
      { functions: { 'pre-sign-up': arn('sign-up', 'us-east-1') } },
      ['ATTACH_FUNCTION_PLACE'],
    ],
    [
      'custom auth by halves',
      POOL,
      { functions: { 'define-auth-challenge': arn('define'), 'create-auth-challenge': arn('create') } },
      ['ATTACH_CUSTOM_AUTH'],
    ],
    [
      'the missing half',
      calling({ DefineAuthChallenge: arn('define'), CreateAuthChallenge: arn('create') }),
      { functions: { 'verify-auth-challenge': arn('verify') } },
      [],
    ],
  ])('refuses or takes %s', (_, pool, desired, codes) => {
    const { refusals } = planAttach(pool, { ...DESIRED, ...desired });
    expect(refusals.map(({ code }) => code)).toEqual(codes);
    for (const { message, hint } of refusals) expect([message, hint]).not.toContain('');
  });

  it('warns of what AWS may refuse or drop', () => {
    const { warnings } = planAttach(
      calling(
        { KMSKeyID: 'arn:key', CustomSMSSender: versioned('sms', 'V1_0') },
        {
          SmsConfigurationFailure: 'no role',
          VerificationMessageTemplate: { EmailMessage: '{####}', EmailMessageByLink: '{##x##}' },
        },
      ),
      DESIRED,
    );
    expect(warnings).toEqual([
      expect.stringContaining('kms:CreateGrant'),
      expect.stringContaining('EmailMessageByLink'),
      expect.stringContaining('SmsConfigurationFailure (no role)'),
    ]);
  });
});

describe('planDetach', () => {
  const functions = DESIRED.functions;
  const attached = calling({
    CustomMessage: arn('message'),
    PreSignUp: arn('sign-up:live'),
    PreTokenGenerationConfig: versioned('token', 'V2_0'),
  });

  it('empties our slots, and nothing else', () => {
    const { wanted, refusals } = planDetach(attached, { functions, previous: {}, force: false });
    expect(refusals).toEqual([]);
    expect(lambdaConfigOf(wanted)).toEqual({ CustomMessage: arn('message') });
  });

  it('puts back what was there, in the form that it had', () => {
    const previous = {
      'pre-sign-up': { arn: arn('theirs'), version: null },
      'pre-token-generation': { arn: arn('old'), version: 'V1_0', plain: true as const },
    };
    const { wanted } = planDetach(attached, { functions, previous, force: false });
    expect(lambdaConfigOf(wanted)).toEqual({
      CustomMessage: arn('message'),
      PreSignUp: arn('theirs'),
      PreTokenGeneration: arn('old'),
    });
  });

  it('touches no slot that is not ours, and writes nothing then', () => {
    const theirs = calling({ PreSignUp: arn('theirs') }, { Quantum: 1 });
    expect(planDetach(theirs, { functions, previous: {}, force: false })).toMatchObject({
      changes: [],
      refusals: [],
    });
  });

  it('is as careful as attaching', () => {
    const { refusals } = planDetach({ ...attached, Quantum: 1 }, { functions, previous: {}, force: false });
    expect(refusals.map(({ code }) => code)).toEqual(['ATTACH_UNKNOWN_FIELDS']);
  });
});

describe('a slot', () => {
  it('of both forms is the versioned one', () => {
    const config = { PreTokenGeneration: arn('token'), PreTokenGenerationConfig: versioned('token', 'V3_0') };
    expect(slotOf(config, 'pre-token-generation')).toEqual({ arn: arn('token'), version: 'V3_0' });
    expect(withSlot(config, 'pre-token-generation', null)).toEqual({});
    expect(otherSlots({ ...config, UserMigration: 'x', Newer: {} })).toEqual(['UserMigration', 'Newer']);
  });

  it('of inbound federation has its version', () => {
    const config = withSlot({}, 'inbound-federation', { arn: arn('in'), version: 'V1_0' });
    expect(config).toEqual({ InboundFederation: versioned('in', 'V1_0') });
    expect(slotOf(config, 'inbound-federation')).toEqual({ arn: arn('in'), version: 'V1_0' });
  });
});
