/** By which flows an app client signs people in, and what it tells those who only try. */

import { eachClient, eachPeopleClient, signInFlows, usesManagedLogin } from './app-clients.ts';
import { type AuditRule, rule } from './rule.ts';

const LEGACY_FLOWS = ['ADMIN_NO_SRP_AUTH', 'CUSTOM_AUTH_FLOW_ONLY', 'USER_PASSWORD_AUTH'];

export const CLIENT_FLOW_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_CLIENT_TELLS_WHO_EXISTS',
    severity: 'medium',
    title: 'sign-in tells strangers who has an account',
    mend: 'set PreventUserExistenceErrors to ENABLED',
    needs: ['clients'],
    find: ({ clients }) =>
      eachPeopleClient(
        clients,
        ({ PreventUserExistenceErrors: setting = 'LEGACY' }) =>
          setting !== 'ENABLED' && `PreventUserExistenceErrors is ${setting}`,
      ),
  }),
  rule({
    id: 'POOL_CLIENT_IMPLICIT_GRANT',
    severity: 'medium',
    title: 'the implicit grant puts tokens into URLs',
    mend: 'use the authorization code grant with PKCE, and take `implicit` out of AllowedOAuthFlows',
    needs: ['clients'],
    find: ({ clients }) =>
      eachClient(
        clients,
        (client) =>
          usesManagedLogin(client) &&
          (client.AllowedOAuthFlows ?? []).includes('implicit') &&
          'AllowedOAuthFlows has `implicit`',
      ),
  }),
  rule({
    id: 'POOL_CLIENT_PASSWORD_FLOW',
    severity: 'low',
    title: 'passwords are sent where a proof of them would do',
    mend: 'use ALLOW_USER_SRP_AUTH, by which the password never leaves the device, and take ALLOW_USER_PASSWORD_AUTH out',
    needs: ['clients', 'pool'],
    // A migration trigger cannot do without the password (contracts B8).
    find: ({ clients, pool }) =>
      pool.LambdaConfig?.UserMigration
        ? []
        : eachClient(
            clients,
            (client) =>
              signInFlows(client).includes('ALLOW_USER_PASSWORD_AUTH') &&
              'ExplicitAuthFlows has ALLOW_USER_PASSWORD_AUTH, and the pool migrates no users',
          ),
  }),
  rule({
    id: 'POOL_CLIENT_LEGACY_FLOWS',
    severity: 'low',
    title: 'sign-in flows go by their old names, which leave others on',
    mend: 'name every flow that is used by its ALLOW_ name; old and new names cannot be mixed',
    needs: ['clients'],
    find: ({ clients }) =>
      eachClient(clients, (client) => {
        const legacy = signInFlows(client).filter((flow) => LEGACY_FLOWS.includes(flow));
        return legacy.length > 0 && `ExplicitAuthFlows has ${legacy.join(', ')}`;
      }),
  }),
  rule({
    id: 'POOL_CLIENT_PASSES_BY_PROVIDER',
    severity: 'medium',
    title: 'a client for identity providers only lets people past them',
    mend: 'leave ALLOW_REFRESH_TOKEN_AUTH alone in ExplicitAuthFlows: SupportedIdentityProviders rules managed login, not the API',
    needs: ['clients'],
    find: ({ clients }) =>
      eachClient(clients, (client) => {
        const providers = client.SupportedIdentityProviders ?? [];
        if (!usesManagedLogin(client) || providers.length === 0 || providers.includes('COGNITO')) return null;
        const flows = signInFlows(client);
        return (
          flows.length > 0 &&
          `sign-in is meant for ${providers.join(', ')}, and the API takes ${flows.join(', ')}`
        );
      }),
  }),
  rule({
    id: 'POOL_CLIENT_REGISTRATION_OPEN',
    severity: 'high',
    title: 'anyone may register an app client',
    mend: 'set OpenDcrEnabled to false in DcrConfiguration (with EnableStatus), and name the clients whose tokens count in APP_CLIENT_IDS',
    needs: ['pool'],
    find: ({ pool }) => {
      const { EnableStatus, OpenDcrEnabled } = pool.DcrConfiguration ?? {};
      if (OpenDcrEnabled !== true || EnableStatus === 'Disabled') return [];
      return [{ subject: 'user pool', detail: 'DcrConfiguration.OpenDcrEnabled is true' }];
    },
  }),
];
