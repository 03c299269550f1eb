/**
 * The request that replaces a pool by what its description says: every setting goes back as it came, because what is
 * left out is reset (contracts E1, E2), but for what AWS refuses or would misread (E4). `LEFT_OUT` says which.
 */

import { withoutMembers } from './members.ts';
import type { Raw } from './raw.ts';

/** In a description only: identity, state, and what is fixed when the pool is made. */
export const DESCRIPTION_ONLY: ReadonlySet<string> = new Set([
  'Id',
  'Name',
  'Arn',
  'Status',
  'CreationDate',
  'LastModifiedDate',
  'SchemaAttributes',
  'AliasAttributes',
  'UsernameAttributes',
  'UsernameConfiguration',
  'Domain',
  'CustomDomain',
  'EstimatedNumberOfUsers',
  'SmsConfigurationFailure',
  'EmailConfigurationFailure',
]);

/** Kept if it is left out; if it is sent without `EnableStatus`, anyone may register clients (contracts E2). */
export const KEPT_BY_AWS: ReadonlySet<string> = new Set(['DcrConfiguration']);

/** Names that every level has by default; only other names are sent, for a Lite pool may refuse any (E4). */
const DEFAULT_ACR = /^urn:cognito:loa:\d$/;

/** The text that goes with each way of confirming, and the other, which may not be sent with it (SDK, UpdateUserPool). */
const TEXTS = {
  CONFIRM_WITH_CODE: ['EmailMessage', 'EmailSubject'],
  CONFIRM_WITH_LINK: ['EmailMessageByLink', 'EmailSubjectByLink'],
} as const;

/** `bothTexts`: also the text that is not in force. */
export function poolRequest(description: Raw, { bothTexts = false } = {}): Raw {
  const carried = Object.entries(description).filter(
    ([name, value]) =>
      !DESCRIPTION_ONLY.has(name) && !KEPT_BY_AWS.has(name) && value !== null && value !== undefined,
  );
  const request: Record<string, unknown> = {
    UserPoolId: description['Id'],
    PoolName: description['Name'],
    ...Object.fromEntries(carried),
  };
  replace(request, 'AdminCreateUserConfig', withoutUnusedAccountDays);
  replace(request, 'AcrConfiguration', customAcr);
  replace(request, 'UserPoolTags', ownTags);
  if (!bothTexts) replace(request, 'VerificationMessageTemplate', textInForce);
  keepTemporaryPasswordDays(request, description);
  for (const [name, value] of Object.entries(request)) if (isEmpty(name, value)) delete request[name];
  return request;
}

/** The texts of a template that are not in force, and that AWS does not take beside the other. */
export function textsNotInForce(description: Raw): string[] {
  const template = objectAt(description, 'VerificationMessageTemplate');
  if (!template) return [];
  return otherTexts(template).filter((name) => template[name] !== undefined && template[name] !== null);
}

/** Older than the password policy's own setting, and refused beside it; see `keepTemporaryPasswordDays`. */
function withoutUnusedAccountDays(config: Raw): Raw {
  return withoutMembers(config, ['UnusedAccountValidityDays']);
}

function keepTemporaryPasswordDays(request: Record<string, unknown>, description: Raw): void {
  const days = objectAt(description, 'AdminCreateUserConfig')?.['UnusedAccountValidityDays'];
  const policies = objectAt(request, 'Policies');
  const password = policies && objectAt(policies, 'PasswordPolicy');
  if (days === undefined || days === null || password?.['TemporaryPasswordValidityDays'] !== undefined)
    return;
  request['Policies'] = {
    ...policies,
    PasswordPolicy: { ...password, TemporaryPasswordValidityDays: days },
  };
}

function customAcr(levels: Raw): Raw {
  return Object.fromEntries(
    Object.entries(levels).filter(
      ([, level]) => !DEFAULT_ACR.test(String((level as Raw | null)?.['AcrValue'])),
    ),
  );
}

/** Tags of AWS's own (`aws:cloudformation:stack-name`) nobody else may write, or take off by leaving them out. */
function ownTags(tags: Raw): Raw {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')));
}

function textInForce(template: Raw): Raw {
  return withoutMembers(template, otherTexts(template));
}

function otherTexts(template: Raw): readonly string[] {
  return template['DefaultEmailOption'] === 'CONFIRM_WITH_LINK'
    ? TEXTS.CONFIRM_WITH_CODE
    : TEXTS.CONFIRM_WITH_LINK;
}

/** `SmsConfiguration: {}` and its like are refused; an empty `LambdaConfig` says that there are no triggers. */
function isEmpty(name: string, value: unknown): boolean {
  return (
    value === undefined ||
    (name !== 'LambdaConfig' &&
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.keys(value).length === 0)
  );
}

function replace(request: Record<string, unknown>, name: string, change: (value: Raw) => Raw): void {
  const value = objectAt(request, name);
  if (value) request[name] = change(value);
}

function objectAt(object: Raw, name: string): Raw | null {
  const value = object[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : null;
}
