/** What speaks against writing to a pool, whatever is written: each time the whole of it is replaced. */

import { DESCRIPTION_ONLY, KEPT_BY_AWS, textsNotInForce } from './pool-request.ts';
import type { Raw } from './raw.ts';
import type { Refusal } from './refusals.ts';
import { lambdaConfigOf } from './triggers.ts';
import { unknownPoolFields } from './unknown-fields.ts';

/** The places in a description that would be written back without being understood. */
export function unknownToWrite(description: Raw): string[] {
  return unknownPoolFields(description).filter((path) => {
    const [member = ''] = path.split(/[.[]/);
    return !DESCRIPTION_ONLY.has(member) && !KEPT_BY_AWS.has(member);
  });
}

export function writeRefusals(description: Raw, force: boolean): Refusal[] {
  const unknown = unknownToWrite(description);
  const { CustomSMSSender: sms, CustomEmailSender: email, KMSKeyID: key } = lambdaConfigOf(description);
  const refusals: Refusal[] = [];
  if (unknown.length > 0 && !force)
    refusals.push({
      code: 'ATTACH_UNKNOWN_FIELDS',
      message: `the pool has settings that this version does not know, and could lose: ${unknown.join(', ')}`,
      hint: 'use a newer gatehouse; or --force, which sends them back as they came, and compares',
    });
  if (typeof description['UserPoolTier'] !== 'string' && !force)
    refusals.push({
      code: 'ATTACH_TIER_UNKNOWN',
      message: 'the description names no tier, and a write without one moves the pool to ESSENTIALS',
      hint: '--force, if that is its tier',
    });
  if ((sms || email) && !key)
    refusals.push({
      code: 'ATTACH_KMS_KEY',
      message: 'the pool has a custom sender and no KMSKeyID, without which AWS takes no update',
      hint: 'give the sender its key, or take it off, then attach',
    });
  return refusals;
}

/** What the person should know before writing. */
export function writeWarnings(description: Raw): string[] {
  const { KMSKeyID: key } = lambdaConfigOf(description);
  const texts = textsNotInForce(description);
  const failures = ['SmsConfigurationFailure', 'EmailConfigurationFailure'].filter(
    (name) => description[name],
  );
  return [
    ...(key ? [`the pool’s custom senders use ${String(key)}: the write needs kms:CreateGrant on it`] : []),
    ...(texts.length > 0
      ? [
          `AWS takes only the verification text that is in force; should it drop the other (${texts.join(', ')}), it is sent again`,
        ]
      : []),
    ...failures.map(
      (name) =>
        `AWS says ${name} (${String(description[name])}): it may refuse any update until that is mended`,
    ),
  ];
}
