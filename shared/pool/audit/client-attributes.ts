/** What people may write about themselves, and what is believed of it. */

import { clientName, eachClient, isMachine, mayWrite, reachesSelfService } from './app-clients.ts';
import type { FactValues } from './facts.ts';
import { trustedAttributes } from './policy-needs.ts';
import { type AuditRule, rule } from './rule.ts';

export const CLIENT_ATTRIBUTE_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_UPDATE_UNVERIFIED',
    severity: 'medium',
    title: 'a changed address or number is effective before it is verified',
    mend: 'set UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate to every attribute of AutoVerifiedAttributes',
    needs: ['pool'],
    find: ({ pool }) =>
      (pool.AutoVerifiedAttributes ?? [])
        .filter((attribute) => !isVerifiedFirst(pool, attribute))
        .map((attribute) => ({
          subject: 'user pool',
          detail: `AttributesRequireVerificationBeforeUpdate lacks \`${attribute}\``,
        })),
  }),
  rule({
    id: 'POOL_CLIENT_WRITES_EMAIL',
    severity: 'high',
    title: 'people can change their e-mail address to anybody’s',
    mend: 'set AttributesRequireVerificationBeforeUpdate to [email] in the pool, or take `email` out of the client’s WriteAttributes',
    needs: ['pool', 'clients'],
    find: ({ pool, clients }) =>
      isVerifiedFirst(pool, 'email')
        ? []
        : eachClient(
            clients,
            (client) =>
              reachesSelfService(client) &&
              mayWrite(client, 'email') &&
              `${client.WriteAttributes ? 'WriteAttributes has `email`' : 'WriteAttributes is not set, which includes `email`'}, and a change is effective at once`,
          ),
  }),
  rule({
    id: 'POOL_CLIENT_WRITES_TRUSTED',
    severity: 'high',
    title: 'people can write an attribute by which the policy decides',
    mend: 'take the attribute out of WriteAttributes of every app client, and let administrators or a trigger set it',
    needs: ['pool', 'clients', 'policy'],
    find: ({ pool, clients, policy }) => {
      const trusted = [...trustedAttributes(policy)];
      return clients
        .filter((client) => reachesSelfService(client) || (signsUpFreely(pool) && !isMachine(client)))
        .flatMap((client) =>
          trusted
            .filter(([name]) => mayWrite(client, name))
            .map(([name, use]) => ({ subject: clientName(client), detail: `may write \`${name}\`: ${use}` })),
        );
    },
  }),
];

/** True if strangers can make accounts, and so say what stands in them. */
export function signsUpFreely(pool: FactValues['pool']): boolean {
  return pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true;
}

/** True if a change waits until it is verified, and the old value stays till then (contracts E5). */
export function isVerifiedFirst(pool: FactValues['pool'], attribute: string): boolean {
  const waiting: string[] = pool.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? [];
  return waiting.includes(attribute);
}
