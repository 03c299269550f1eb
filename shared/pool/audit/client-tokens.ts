/** How long an app client's tokens live, and whether they can be ended. */

import {
  accessSeconds,
  eachClient,
  eachPeopleClient,
  idSeconds,
  refreshSeconds,
  spoken,
} from './app-clients.ts';
import { type AuditRule, rule } from './rule.ts';

const LONG_ACCESS = 3600;
const LONG_REFRESH = 30 * 86_400;

export const CLIENT_TOKEN_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_CLIENT_TOKENS_LONG',
    severity: 'medium',
    title: 'access or ID tokens live for more than an hour',
    mend: 'set AccessTokenValidity and IdTokenValidity to an hour or less: signing out, removing from a group and revoking end no token that is verified offline',
    needs: ['clients'],
    find: ({ clients }) =>
      eachClient(clients, (client) => {
        const long = [
          { name: 'access', life: accessSeconds(client) },
          { name: 'ID', life: idSeconds(client) },
        ].filter(({ life }) => life > LONG_ACCESS);
        return long.map(({ name, life }) => `${name} tokens live for ${spoken(life)}`).join(', ');
      }),
  }),
  rule({
    id: 'POOL_CLIENT_REFRESH_LONG',
    severity: 'medium',
    title: 'refresh tokens live for 30 days or more',
    mend: 'set RefreshTokenValidity to the longest time for which a stolen session may go on, in days or hours, with its TokenValidityUnits',
    needs: ['clients'],
    find: ({ clients }) =>
      eachPeopleClient(clients, (client) => {
        const life = refreshSeconds(client);
        const rotated = client.RefreshTokenRotation?.Feature === 'ENABLED' ? ', and are rotated' : '';
        return life >= LONG_REFRESH && `refresh tokens live for ${spoken(life)}${rotated}`;
      }),
  }),
  rule({
    id: 'POOL_CLIENT_REVOCATION_OFF',
    severity: 'medium',
    title: 'refresh tokens cannot be revoked',
    mend: 'set EnableTokenRevocation to true; tokens then carry origin_jti, by which a session is told apart',
    needs: ['clients'],
    find: ({ clients }) =>
      eachPeopleClient(
        clients,
        ({ EnableTokenRevocation }) => EnableTokenRevocation !== true && 'EnableTokenRevocation is not set',
      ),
  }),
];
