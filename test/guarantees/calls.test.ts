/** The list of calls whose failures are tried is complete: a function's role lets it make these, and no others. */

import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { CASES } from '../../guarantees/calls.ts';

interface Resource {
  Type: string;
  Properties: { Roles?: string[] };
}

interface Statement {
  Action: string | string[];
  Condition?: Record<string, Record<string, string[]>>;
}

/** Lambda itself, the log, and what a key service does for Secrets Manager and SSM. */
const NOT_CALLED = /^(sts:|logs:|kms:Decrypt$)/;
/** Fetched without a permission. */
const PUBLIC = 'authorizer: jwks.json';

const resources = ['roles', 'user-pool'].flatMap((file) => {
  const text = readFileSync(new URL(`../../deploy/resources/${file}.yml`, import.meta.url), 'utf8');
  // CloudFormation's tags are not the parser's.
  const { Resources } = parse(text, { logLevel: 'error' }) as { Resources: Record<string, Resource> };
  return Object.entries(Resources);
});

it('every permission of a function’s role is a call that is tried, and every call has its permission', () => {
  const permitted = resources.flatMap(([name, { Type, Properties }]) => {
    const roles = { 'AWS::IAM::Role': [name], 'AWS::IAM::Policy': Properties.Roles ?? [] }[Type] ?? [];
    const requests = statementsIn(Properties).flatMap(requestsOf);
    return roles.flatMap((role) => requests.map((request) => `${functionOf(role)}: ${request}`));
  });
  const tried = CASES.flatMap(({ name, stated }) =>
    Object.keys(stated).map((request) => `${name}: ${request}`),
  );
  expect([...new Set(permitted), PUBLIC].sort()).toEqual([...new Set(tried)].sort());
});

function statementsIn(part: unknown): Statement[] {
  if (typeof part !== 'object' || part === null) return [];
  if ('Effect' in part && 'Action' in part) return [part as unknown as Statement];
  return Object.values(part).flatMap(statementsIn);
}

/** As guarantees/steps.ts names them. */
function requestsOf({ Action, Condition }: Statement): string[] {
  const kinds = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
  return [Action]
    .flat()
    .filter((action) => !NOT_CALLED.test(action))
    .map((action) => action.replace(/^[\w-]+:/, ''))
    .flatMap((action) => kinds?.map((kind) => `${action} ${kind.replace('#*', '')}`) ?? [action]);
}

function functionOf(role: string): string {
  return role
    .replace(/Role$/, '')
    .replace(/\B[A-Z]/g, '-$&')
    .toLowerCase();
}
