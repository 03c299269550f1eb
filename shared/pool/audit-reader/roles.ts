/** Roles as IAM has them: whom they trust, and every policy that says what they may do. */

import {
  type AttachedPolicy,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import type { Role } from '../audit/facts.ts';
import { type IamStatement, statementsOf } from '../audit/iam-document.ts';
import type { GivenRole } from './identity-pool.ts';
import { allPages, type Ask, type PartReader } from './parts.ts';

export async function readRoles(
  client: IAMClient,
  given: readonly GivenRole[],
  { ask, missing }: PartReader,
): Promise<Role[]> {
  const read = await Promise.all(
    given.map(async (role) => {
      const RoleName = role.arn.split('/').at(-1) ?? '';
      const what = `iam:GetRole of ${role.arn}`;
      const found = await ask(what, async () => {
        const { Role: described } = await client.send(new GetRoleCommand({ RoleName }));
        return { arn: described?.Arn, trust: decoded(described?.AssumeRolePolicyDocument) };
      });
      if (found === null) return null;
      // IAM knows the roles of one's own account by name, and another account's may have the same.
      if (found.arn !== role.arn) return missing(what, 'it is of another account');
      return { ...role, trust: found.trust, permissions: await permissionsOf(client, RoleName, ask) };
    }),
  );
  return read.filter((each) => each !== null);
}

async function permissionsOf(client: IAMClient, RoleName: string, ask: Ask): Promise<Role['permissions']> {
  const [inline, attached] = await Promise.all([
    ask(`iam:ListRolePolicies of ${RoleName}`, () =>
      allPages(async (Marker?: string) => {
        const { PolicyNames: items, Marker: next } = await client.send(
          new ListRolePoliciesCommand({ RoleName, Marker }),
        );
        return { items, next };
      }),
    ),
    ask(`iam:ListAttachedRolePolicies of ${RoleName}`, () =>
      allPages(async (Marker?: string) => {
        const { AttachedPolicies: items, Marker: next } = await client.send(
          new ListAttachedRolePoliciesCommand({ RoleName, Marker }),
        );
        return { items, next };
      }),
    ),
  ]);
  const read = await Promise.all([
    ...(inline ?? []).map((PolicyName) =>
      ask(`iam:GetRolePolicy ${PolicyName} of ${RoleName}`, async () => {
        const { PolicyDocument } = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
        return { policy: PolicyName, statements: decoded(PolicyDocument) };
      }),
    ),
    ...(attached ?? []).map((policy) =>
      ask(`iam:GetPolicyVersion of ${policy.PolicyArn}`, () => managedPolicy(client, policy)),
    ),
  ]);
  return read.filter((each) => each !== null);
}

async function managedPolicy(client: IAMClient, { PolicyArn, PolicyName = '' }: AttachedPolicy) {
  const { Policy: policy } = await client.send(new GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion: version } = await client.send(
    new GetPolicyVersionCommand({ PolicyArn, VersionId: policy?.DefaultVersionId }),
  );
  return { policy: PolicyName, statements: decoded(version?.Document) };
}

/** IAM gives documents percent-encoded (RFC 3986; API reference, GetRole). */
function decoded(document = '{}'): IamStatement[] {
  return statementsOf(decodeURIComponent(document));
}
