/** The audit is total: AWS leaves out what is not set, at any depth, and no rule may fall over it. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditFacts } from '../../shared/pool/audit/audit.ts';
import type { FactValues } from '../../shared/pool/audit/facts.ts';
import { cleanFacts, wholeFacts } from '../support/audit-facts.ts';

type Path = (string | number)[];

/** What comes from AWS as it is; everything else the reader has put together. */
const described = (facts: FactValues): unknown[] => [
  facts.pool,
  facts.mfa,
  ...facts.clients,
  ...facts.groups,
  ...facts.providers,
  facts.identityPool.pool,
  ...Object.values(facts.identityPool.roleMappings),
];

function pathsIn(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    [key],
    ...pathsIn(each).map((path) => [key, ...path]),
  ]);
}

function without(value: unknown, [key = '', ...rest]: Path): void {
  if (typeof value !== 'object' || value === null) return;
  if (rest.length > 0) without((value as Record<string, unknown>)[key], rest);
  else if (Array.isArray(value)) value.splice(Number(key), 1);
  else delete (value as Record<string, unknown>)[key];
}

/** What AWS always tells of a thing, and what it is called by. */
const NAMES = new Set(
  'Id Arn ClientId ClientName GroupName ProviderName IdentityPoolId Claim MatchType Value RoleARN'.split(' '),
);

describe('a description', () => {
  const all = described(cleanFacts()).flatMap((value, index) =>
    pathsIn(value).map((path) => [index, ...path]),
  );

  it('may lack anything', () => {
    let found = 0;
    fc.assert(
      fc.property(fc.subarray(all, { maxLength: 12 }), (paths) => {
        const facts = cleanFacts();
        for (const path of paths) without(described(facts), path);
        const { findings } = auditFacts(wholeFacts(facts));
        for (const { evidence } of findings) expect(evidence.length).toBeGreaterThan(0);
        if (!paths.some((path) => path.some((key) => NAMES.has(String(key)))))
          expect(JSON.stringify(findings)).not.toContain('undefined');
        found += findings.length;
      }),
      { numRuns: 200 },
    );
    // What is missing matters: an audit that was silent would pass too.
    expect(found).toBeGreaterThan(50);
  });

  it('may lack everything', () => {
    const facts = cleanFacts();
    for (const value of described(facts))
      for (const key of Object.keys(value as object)) delete (value as Record<string, unknown>)[key];
    const ids = auditFacts(wholeFacts(facts)).findings.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(['POOL_DELETION_UNPROTECTED', 'POOL_MFA_OFF', 'POOL_CLIENT_REVOCATION_OFF']),
    );
  });
});
