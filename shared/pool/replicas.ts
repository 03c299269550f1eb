/** A pool's replicas in other Regions: the same id, and triggers of their own (contracts C5). */

import {
  type CognitoIdentityProviderClient,
  ListUserPoolReplicasCommand,
} from '@aws-sdk/client-cognito-identity-provider';

export interface Replica {
  region: string;
  role: string;
  status: string;
}

/** The pool's copies outside `region`; null where AWS does not say, as for who may not ask. */
export async function otherReplicas(
  client: CognitoIdentityProviderClient,
  poolId: string,
  region: string,
): Promise<Replica[] | null> {
  const found: Replica[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await client.send(
        new ListUserPoolReplicasCommand({
          UserPoolId: poolId,
          ...(token !== undefined && { NextToken: token }),
        }),
      );
      for (const { RegionName: name = '', Role: role = '', Status: status = '' } of page.UserPoolReplicas ??
        [])
        found.push({ region: name, role, status });
      token = page.NextToken;
    } while (token !== undefined);
  } catch {
    return null;
  }
  return found.filter((replica) => replica.region !== region);
}
