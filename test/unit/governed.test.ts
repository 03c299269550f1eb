import { expect, it } from '@jest/globals';
import { readTriggerConfig } from '../../shared/runtime/config.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';

const CLIENT = '1example23456789';
const config = readTriggerConfig({ APP_CLIENT_IDS: CLIENT });

it.each<[string, string, { clientId?: string | null } | null, boolean]>([
  ['of a client that is listed', 'PreSignUp_SignUp', { clientId: CLIENT }, true],
  ['of another client', 'PreSignUp_SignUp', { clientId: 'other' }, false],
  ['of one whose name only begins alike', 'TokenGeneration_HostedAuth', { clientId: `${CLIENT}0` }, false],
  ['of an administrator who creates a user', 'PreSignUp_AdminCreateUser', { clientId: 'other' }, true],
  ['without a caller', 'PostConfirmation_ConfirmSignUp', null, true],
  ['of a caller without a client', 'PostConfirmation_ConfirmSignUp', {}, true],
  ['of a client that is null', 'PostConfirmation_ConfirmSignUp', { clientId: null }, true],
  ['of a client without a name', 'TokenGeneration_Authentication', { clientId: '' }, true],
  [
    'of no client in so many words',
    'PostConfirmation_ConfirmSignUp',
    { clientId: 'CLIENT_ID_NOT_APPLICABLE' },
    true,
  ],
])('an event %s: %s', (_, triggerSource, callerContext, governed) => {
  expect(isGoverned(config, { triggerSource, callerContext })).toBe(governed);
});
