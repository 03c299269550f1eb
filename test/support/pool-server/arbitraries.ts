/** Random pools and app clients, as AWS could have them: every field of the SDK's model, within the limits. */

import fc from 'fast-check';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Limit } from './limits.ts';
import { CLIENT_MODEL, type Json, POOL_MODEL, type RequestModel } from './schema.ts';

export const OTHER_FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:theirs';

/** `full`: every field is set, but for those that exclude each other. */
export function poolSettings(full: boolean): fc.Arbitrary<Json> {
  return fc
    .tuple(anything(POOL_MODEL, full), fc.boolean())
    .map(([settings, plainPreToken]) => consistentPool(settings as Json, plainPreToken));
}

export function clientSettings(): fc.Arbitrary<Json> {
  return anything(CLIENT_MODEL, false).map((settings) => consistentClient(settings as Json));
}

function anything(model: RequestModel, full: boolean): fc.Arbitrary<unknown> {
  return valueOf({ model, full }, '', model.schema);
}

function valueOf(
  context: { model: RequestModel; full: boolean },
  path: string,
  schema: NormalizedSchema,
): fc.Arbitrary<unknown> {
  const limit = context.model.limits[path] ?? {};
  if (schema.isStructSchema()) {
    const members = [...schema.structIterator()].map(([name, inner]) => [
      name,
      valueOf(context, path === '' ? name : `${path}.${name}`, inner),
    ]);
    const model = Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>;
    // What has an ARN and a version has both.
    return fc.record(model, { requiredKeys: context.full || isVersioned(model) ? Object.keys(model) : [] });
  }
  if (schema.isListSchema())
    return fc.uniqueArray(valueOf(context, `${path}[]`, schema.getValueSchema()), {
      minLength: Math.max(1, limit.min ?? 1),
      maxLength: Math.min(3, limit.max ?? 3),
      selector: (item) => JSON.stringify(item),
    });
  if (schema.isMapSchema())
    return fc.dictionary(
      fc.stringMatching(/^[A-Za-z][A-Za-z0-9:_-]{0,12}$/),
      valueOf(context, `${path}{}`, schema.getValueSchema()),
      { minKeys: 1, maxKeys: 3 },
    );
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema()) return fc.integer({ min: limit.min ?? 0, max: limit.max ?? 1000 });
  return textOf(limit);
}

function isVersioned(model: object): boolean {
  return 'LambdaArn' in model;
}

/** A text within its limit; of those with a pattern, the patterns that `limits.ts` has. */
function textOf({ min = 1, max = 40, pattern, values }: Limit): fc.Arbitrary<string> {
  if (values) return fc.constantFrom(...values);
  const source = pattern?.source ?? '';
  if (source.startsWith('^arn'))
    return fc.stringMatching(/^[a-z]{3,9}$/).map((name) => `${OTHER_FUNCTION}-${name}`);
  const word = fc.stringMatching(/^[A-Za-z0-9]{1,16}$/);
  if (source.includes('\\{##[')) return word.map((text) => `${text} {##Click ${text}##}`);
  if (source.includes('####')) return fc.tuple(word, word).map(([a, b]) => `${a} é {####} ${b}`);
  if (source.includes(']+@')) return word.map((text) => `${text}@example.com`);
  if (source.includes('0-9a-fA-F')) return fc.stringMatching(/^[0-9a-f]{4,20}$/);
  if (source.includes('\\s+=,')) return fc.stringMatching(/^[\w][\w +=,.@-]{0,20}$/);
  if (source !== '')
    return fc.string({ unit: fc.constantFrom(...'aZ09_-'), minLength: Math.max(1, min), maxLength: 30 });
  // Anything that JSON can hold, quotes and other planes included.
  return fc
    .string({ unit: 'grapheme', minLength: Math.max(1, min), maxLength: Math.min(max, 40) })
    .filter((text) => text.length <= max);
}

/** Mends what AWS would have refused when the pool was made (pool.ts, `#assertConsistent`). */
function consistentPool(drawn: Json, plainPreToken: boolean): Json {
  const { UserPoolId: _, PoolName: name, ...settings } = withoutEmpty(structuredClone(drawn));
  const lambda = at(settings, 'LambdaConfig');
  const template = at(settings, 'VerificationMessageTemplate');
  const sms = at(settings, 'SmsConfiguration');
  settings['Name'] = name ?? 'people';
  settings['UserPoolTier'] ??= 'ESSENTIALS';
  if (settings['AcrConfiguration'] || hasThreatProtection(settings)) settings['UserPoolTier'] = 'PLUS';
  delete at(settings, 'AdminCreateUserConfig')['UnusedAccountValidityDays'];
  if (sms['EumsSms'] && sms['SnsCallerArn']) settings['SmsConfiguration'] = { EumsSms: sms['EumsSms'] };
  if (!settings['SmsConfiguration']) settings['MfaConfiguration'] = 'OFF';
  const byLink = template['DefaultEmailOption'] === 'CONFIRM_WITH_LINK';
  for (const text of byLink ? ['EmailMessage', 'EmailSubject'] : ['EmailMessageByLink', 'EmailSubjectByLink'])
    delete template[text];
  if (template['EmailMessage'] || template['EmailMessageByLink'])
    settings['EmailConfiguration'] = {
      ...at(settings, 'EmailConfiguration'),
      EmailSendingAccount: 'DEVELOPER',
    };
  if (lambda['CustomSMSSender'] || lambda['CustomEmailSender'])
    lambda['KMSKeyID'] ??= `${OTHER_FUNCTION}-key`;
  if (plainPreToken || !lambda['PreTokenGenerationConfig']) delete lambda['PreTokenGenerationConfig'];
  else delete lambda['PreTokenGeneration'];
  if (settings['UserPoolTier'] === 'LITE') delete lambda['PreTokenGenerationConfig'];
  // All three or none: two of them no pool of ours would have.
  const challenge = ['DefineAuthChallenge', 'CreateAuthChallenge', 'VerifyAuthChallengeResponse'];
  if (challenge.some((member) => !lambda[member])) for (const member of challenge) delete lambda[member];
  return withoutEmpty(settings);
}

function consistentClient(drawn: Json): Json {
  const { UserPoolId: _, ClientId: __, ...settings } = structuredClone(drawn);
  const flows = (settings['ExplicitAuthFlows'] ?? []) as string[];
  const modern = flows.filter((flow) => flow.startsWith('ALLOW_'));
  if (modern.length > 0) settings['ExplicitAuthFlows'] = modern;
  return withoutEmpty(settings);
}

function hasThreatProtection(settings: Json): boolean {
  return !['OFF', undefined].includes(at(settings, 'UserPoolAddOns')['AdvancedSecurityMode'] as string);
}

/** AWS describes no structure that has nothing in it, but for `LambdaConfig`. */
function withoutEmpty(settings: Json): Json {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) =>
        name === 'LambdaConfig' ||
        typeof value !== 'object' ||
        value === null ||
        Object.keys(value).length > 0,
    ),
  );
}

function at(object: Json, name: string): Json {
  return (object[name] ?? {}) as Json;
}
