/** AdminLinkProviderForUser: an external identity signs in to a user who is there already (contracts F3). */

import type { Directory } from './directory.ts';
import { PoolError } from './errors.ts';
import { federatedUserName, identityOf, isIdentity, withIdentity } from './identities.ts';
import type { PoolSettings } from './settings.ts';

interface ProviderUser {
  ProviderName?: string;
  ProviderAttributeName?: string;
  ProviderAttributeValue?: string;
}

export interface LinkInput {
  DestinationUser: ProviderUser;
  SourceUser: ProviderUser;
}

/** Refuses an identity that has signed in by itself before, or is linked already: not idempotent, as on AWS. */
export async function linkProvider(
  directory: Directory,
  settings: Pick<PoolSettings, 'caseSensitive' | 'providers' | 'now'>,
  { DestinationUser: destination, SourceUser: source }: LinkInput,
): Promise<object> {
  const { ProviderName: providerName = '', ProviderAttributeValue: subject = '' } = source;
  const provider = Object.hasOwn(settings.providers, providerName)
    ? settings.providers[providerName]
    : undefined;
  if (!provider)
    throw new PoolError('ResourceNotFoundException', `Identity provider ${providerName} does not exist.`);
  if (source.ProviderAttributeName !== 'Cognito_Subject' || destination.ProviderName !== 'Cognito')
    throw new PoolError(
      'InvalidParameterException',
      'Only a Cognito_Subject is linked here, to a user of the pool.',
    );
  const user = await directory.user(destination.ProviderAttributeValue ?? '');
  if (!user) throw new PoolError('UserNotFoundException', 'User does not exist.');
  if (await directory.user(federatedUserName(providerName, subject, settings)))
    throw new PoolError(
      'InvalidParameterException',
      'Merging is not currently supported, provide a SourceUser that has not been signed up in order to link',
    );
  if ((await directory.users()).some((each) => isIdentity(each, providerName, subject)))
    throw new PoolError('InvalidParameterException', 'SourceUser is already linked to DestinationUser');
  const identity = identityOf({ providerName, type: provider.type, subject, primary: false }, settings.now());
  await directory.save(withIdentity(user, identity));
  return {};
}
