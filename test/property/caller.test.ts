import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseMethodArn } from '../../shared/events/method-arn.ts';
import { decide } from '../../shared/policy/decide.ts';
import {
  type CallerDocument,
  CallerDocumentError,
  callerDocument,
} from '../../shared/policy/iam/document.ts';
import { callerIssues } from '../../shared/policy/iam/exactness.ts';
import { claimedOrigin, principalOf } from '../../shared/policy/principal.ts';
import { type Json, NOW } from '../support/arbitraries.ts';
import { compiled } from '../support/policy.ts';

const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/dev';
const VERBS = ['GET', 'POST'] as const;
const PLAIN = ['a', 'b', 'c', 'x.y', 'k:v'] as const;
const ODD = ['', '.', '..', 'a%2Fb', '%61', 'a;b', '{a}', 'é', 'a b', '\\', '$default', '%', 'a%'] as const;

const list = <T>(of: fc.Arbitrary<T>, maxLength: number) => fc.array(of, { minLength: 1, maxLength });

const path = fc
  .record({
    segments: fc.array(fc.constantFrom(...PLAIN), { maxLength: 5 }),
    rest: fc.boolean(),
    stars: fc.array(fc.nat(4), { maxLength: 2 }),
  })
  .map(({ segments, rest, stars }) => {
    const parts = segments.map((segment, index) => (stars.includes(index) ? '*' : segment));
    return `/${[...parts, ...(rest ? ['**'] : [])].join('/')}`;
  });
const pattern = fc
  .tuple(fc.constantFrom('ANY', 'GET', 'POST', 'GET,POST'), path)
  .map(([verbs, each]) => `${verbs} ${each}`);
const condition = fc.constantFrom<Json | undefined>(
  undefined,
  { groups: ['reader'] },
  { groups: ['editor'] },
  { scopes: ['read'] },
  { auth_age: '15m' },
);
const rule = fc.oneof(
  { weight: 3, arbitrary: fc.record({ allow: list(pattern, 2), to: condition }) },
  { weight: 1, arbitrary: fc.record({ deny: list(pattern, 2), to: condition }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('GET /a/{v}', 'ANY /{v}/**', 'GET /{v}/b', 'POST /a/{v}/c/**').map((each) => ({
      allow: [each],
      where: { v: '${claims.tenant}' },
    })),
  },
);
const policy = fc.array(rule, { minLength: 1, maxLength: 5 }).map((rules) => ({
  version: 1,
  groups: { reader: {}, editor: { includes: ['reader'] } },
  rules: rules.map(({ ...each }, index) => ({
    id: `r${index}`,
    ...Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)),
  })),
}));
const claims = fc.record({
  sub: fc.constant('a'),
  token_use: fc.constant('access'),
  username: fc.constant('u'),
  'cognito:groups': fc.constantFrom([], ['reader'], ['editor']),
  scope: fc.constantFrom('read', 'write'),
  auth_time: fc.constantFrom(NOW, NOW - 900, NOW - 901),
  tenant: fc.oneof(
    fc.constantFrom<unknown>(...PLAIN),
    fc.constantFrom<unknown>('a*', '?', 'a/b', '${x}', '', 'a b', '..', null, 7, ['a'], 'v'.repeat(600)),
  ),
});
const question = fc.record({
  policy,
  claims,
  verb: fc.constantFrom(...VERBS),
  segments: fc.array(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom<string>(...PLAIN) }, fc.constantFrom<string>(...ODD)),
    {
      maxLength: 6,
    },
  ),
  slash: fc.constantFrom('', '', '', '/'),
});

/** IAM's words, read by themselves: `*` is any run, `?` one character, a matching Deny beats every Allow. */
function allows({ Statement }: CallerDocument, arn: string): boolean {
  const matches = (resource: string) =>
    new RegExp(
      `^${resource
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}$`,
      's',
    ).test(arn);
  const effects = Statement.filter(({ Resource }) => Resource.some(matches)).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

/** Null where the document would be over 8 KB, which is a 500. */
function documentOrFailure(make: () => CallerDocument): CallerDocument | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof CallerDocumentError) return null;
    throw error;
  }
}

interface Question {
  policy: Json;
  claims: Json;
  verb: string;
  segments: string[];
  slash: string;
}

async function answers({ policy: source, claims: of, verb, segments, slash }: Question) {
  const artefact = compiled(JSON.stringify(source));
  const principal = await principalOf(of, claimedOrigin(of));
  const arn = `${STAGE}/${verb}/${segments.join('/')}${slash}`;
  const circumstances = { nowSeconds: NOW, ttlSeconds: 0, revoked: false };
  const { verb: asked, path: requested } = parseMethodArn(arn, 'methodArn');
  const decision = decide(artefact, principal, { verb: asked, path: requested, flaw: null }, circumstances);
  const document = documentOrFailure(() => callerDocument(artefact, principal, circumstances, STAGE));
  const plain = slash === '' && segments.every((each) => (PLAIN as readonly string[]).includes(each));
  return {
    decided: decision.effect === 'allow',
    failed: document === null,
    documented: document !== null && allows(document, arn),
    exact: callerIssues(artefact, { stage: 'dev' }).length === 0,
    plain,
  };
}

const runs = Number(process.env['RUNS'] ?? 3000);

describe('a caller’s document', () => {
  it('is drawn so that both sides of every theorem are common', async () => {
    const seen = { documented: 0, exact: 0, inexact: 0, deniedThoughDecided: 0, exactAndAllowed: 0 };
    const sample = fc.sample(question, { numRuns: 2000, seed: 11 });
    for (const each of sample) {
      const { decided, documented, exact, plain } = await answers(each);
      if (documented) seen.documented++;
      if (exact) seen.exact++;
      else seen.inexact++;
      if (decided && !documented) seen.deniedThoughDecided++;
      if (exact && plain && decided) seen.exactAndAllowed++;
    }
    for (const [what, often] of Object.entries(seen))
      expect({ what, often: often > 10 }).toEqual({ what, often: true });
  });

  it('is sound: what it allows, the policy allows', () =>
    fc.assert(
      fc.asyncProperty(question, async (each) => {
        const { decided, documented } = await answers(each);
        if (documented) expect(decided).toBe(true);
      }),
      { numRuns: runs },
    ));

  it('is exact for plain paths where the proof says so', () =>
    fc.assert(
      fc.asyncProperty(question, async (each) => {
        const { decided, documented, exact, failed, plain } = await answers(each);
        if (exact) expect(failed).toBe(false);
        if (exact && plain) expect(documented).toBe(decided);
      }),
      { numRuns: runs },
    ));
});
