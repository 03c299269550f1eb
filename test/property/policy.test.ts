import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { domainMatches } from '../../shared/policy/domain.ts';
import { explain } from '../../shared/policy/explain.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { segmentsOfPath } from '../../shared/policy/path.ts';
import { claimedOrigin, principalOf } from '../../shared/policy/principal.ts';
import { decide } from '../../shared/policy/decide.ts';
import { claims, denyRule, type Json, NOW, policy, request } from '../support/arbitraries.ts';
import { compiled } from '../support/policy.ts';

const CIRCUMSTANCES = { nowSeconds: NOW, ttlSeconds: 0, revoked: false };
const question = fc.record({ policy, claims, request });

async function answer(source: Json, of: Json, { verb, path }: { verb: string; path: string }) {
  const principal = await principalOf(of, claimedOrigin(of));
  return decide(compiled(JSON.stringify(source)), principal, { verb, path, flaw: null }, CIRCUMSTANCES);
}

const rulesOf = (source: Json) => (source['rules'] ?? []) as Json[];
const withRules = (source: Json, rules: Json[]): Json => {
  const { rules: _, ...rest } = source;
  return rules.length > 0 ? { ...rest, rules } : rest;
};
const without = (of: Json, names: string[]): Json =>
  Object.fromEntries(Object.entries(of).filter(([name]) => !names.includes(name)));

const check = <T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, predicate), { numRuns: 500 });

describe('the questions', () => {
  it('have every answer often enough to prove something', async () => {
    const codes = new Map<string, number>();
    for (const each of fc.sample(question, { numRuns: 2000, seed: 7 })) {
      const { code } = await answer(each.policy, each.claims, each.request);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    for (const code of [
      'allowed',
      'denied_by_rule',
      'no_rule',
      'domain_denied',
      'email_unverified',
      'email_missing',
    ]) {
      expect({ code, often: (codes.get(code) ?? 0) >= 40 }).toEqual({ code, often: true });
    }
  });
});

describe('theorems of the policy', () => {
  it('default deny: without allow rules nothing is allowed', () =>
    check(question, async ({ policy: source, claims: of, request: asked }) => {
      const denies = withRules(
        source,
        rulesOf(source).filter((rule) => 'deny' in rule),
      );
      expect((await answer(denies, of, asked)).effect).toBe('deny');
    }));

  it('an allow names an allow rule, a rule’s deny a deny rule, and nothing else names any', () =>
    check(question, async ({ policy: source, claims: of, request: asked }) => {
      const { code, rule } = await answer(source, of, asked);
      const named = rulesOf(source).find(({ id }) => id === rule);
      expect(named ? Object.keys(named).includes(code === 'allowed' ? 'allow' : 'deny') : rule).toBe(
        named ? true : null,
      );
      expect(named !== undefined).toBe(code === 'allowed' || code === 'denied_by_rule');
    }));

  it('deny wins: a rule that denies everything leaves nothing', () =>
    check(question, async ({ policy: source, claims: of, request: asked }) => {
      const stopped = withRules(source, [...rulesOf(source), { id: 'zz', deny: ['ANY /**'] }]);
      expect((await answer(stopped, of, asked)).effect).toBe('deny');
    }));

  it('order is irrelevant, of rules and of patterns', () =>
    check(
      fc.tuple(question, fc.infiniteStream(fc.nat())),
      async ([{ policy: source, claims: of, request: asked }, numbers]) => {
        const shuffled = <T>(list: T[]): T[] =>
          list
            .map((item) => [numbers.next().value as number, item] as const)
            .sort((a, b) => a[0] - b[0])
            .map(([, item]) => item);
        const other = withRules(
          source,
          shuffled(rulesOf(source)).map((rule) => ({
            ...rule,
            ...('allow' in rule
              ? { allow: shuffled(rule['allow'] as string[]) }
              : { deny: shuffled(rule['deny'] as string[]) }),
          })),
        );
        const { effect, code, rule } = await answer(source, of, asked);
        expect(await answer(other, of, asked)).toMatchObject({ effect, code, rule });
      },
    ));

  it('adding a deny rule never allows', () =>
    check(
      fc.record({ question, rule: denyRule }),
      async ({ question: { policy: source, claims: of, request: asked }, rule }) => {
        const more = withRules(source, [...rulesOf(source), { id: 'added', ...rule }]);
        if ((await answer(more, of, asked)).effect === 'allow')
          expect((await answer(source, of, asked)).effect).toBe('allow');
      },
    ));

  it.each([
    ['the e-mail claims and the stamp', ['email', 'email_verified', 'gatehouse_domain']],
    ['scope', ['scope']],
    ['amr', ['amr']],
    ['auth_time', ['auth_time']],
    ['a claim named in a condition', ['tier']],
    ['another', ['level']],
  ])('removing evidence never allows: %s', (_, names) =>
    check(question, async ({ policy: source, claims: of, request: asked }) => {
      if ((await answer(source, without(of, names), asked)).effect === 'allow')
        expect((await answer(source, of, asked)).effect).toBe('allow');
    }),
  );

  // But for deny rules about people who have just signed in, which lose their grip as time goes by.
  it('an answer that may be cached for longer never allows more', () =>
    check(
      fc.tuple(question, fc.nat(4000)),
      async ([{ policy: source, claims: of, request: asked }, ttlSeconds]) => {
        fc.pre(!rulesOf(source).some((rule) => 'deny' in rule && 'auth_age' in ((rule['to'] ?? {}) as Json)));
        const principal = await principalOf(of, claimedOrigin(of));
        const later = decide(
          compiled(JSON.stringify(source)),
          principal,
          { ...asked, flaw: null },
          { ...CIRCUMSTANCES, ttlSeconds },
        );
        if (later.effect === 'allow') expect((await answer(source, of, asked)).effect).toBe('allow');
      },
    ));

  it('explain agrees with decide, and its near miss is one', () =>
    check(question, async ({ policy: source, claims: of, request: asked }) => {
      const principal = await principalOf(of, claimedOrigin(of));
      const { effect, code, rule, nearMiss } = explain(
        compiled(JSON.stringify(source)),
        principal,
        { ...asked, flaw: null },
        CIRCUMSTANCES,
      );
      expect(await answer(source, of, asked)).toMatchObject({ effect, code, rule });
      const group = /^would be allowed with group `(\w+)`/.exec(nearMiss?.text ?? '')?.[1];
      if (group !== undefined) {
        const joined = { ...of, 'cognito:groups': [...((of['cognito:groups'] ?? []) as string[]), group] };
        expect((await answer(source, joined, asked)).effect).toBe('allow');
      }
    }));

  it('a path means the same however it is encoded', () =>
    check(
      fc.tuple(question, fc.infiniteStream(fc.boolean())),
      async ([{ policy: source, claims: of, request: asked }, coins]) => {
        const encoded = [...asked.path]
          .map((char) =>
            char !== '/' && coins.next().value
              ? [...Buffer.from(char)].map((byte) => `%${byte.toString(16)}`).join('')
              : char,
          )
          .join('');
        const { effect, code, rule } = await answer(source, of, asked);
        expect(await answer(source, of, { ...asked, path: encoded })).toMatchObject({ effect, code, rule });
        expect(
          await answer(source, of, { ...asked, path: asked.path === '/' ? '/' : `${asked.path}/` }),
        ).toMatchObject({ effect, code, rule });
      },
    ));
});

describe('an ambiguous path', () => {
  const plain = fc.array(fc.constantFrom<string>('a', 'b', 'articles'), { minLength: 1, maxLength: 4 });
  const poison = fc.constantFrom(
    '',
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '%2f',
    '%5c',
    '\\',
    '%25',
    '%',
    '%zz',
    '*',
    '%2a',
    '?',
    ';x=1',
    '{a}',
    '%00',
    '%0a',
    '%7f',
    '%c2%80',
    '%ff',
    '\u0000',
    '\ud800',
  );

  it('is never allowed, whatever the policy', () =>
    check(fc.tuple(plain, poison, fc.nat(4)), async ([segments, bad, position]) => {
      const path = `/${segments.toSpliced(position, 0, bad).join('/')}`;
      // An empty segment at the very end is the one trailing slash.
      fc.pre(!(bad === '' && position >= segments.length));
      const open = {
        version: 1,
        rules: [{ id: 'all', allow: ['ANY /**', 'ANY /*', 'ANY /a/*', 'ANY /*/**'] }],
      };
      expect(await answer(open, { sub: 'u' }, { verb: 'GET', path })).toMatchObject({
        effect: 'deny',
        code: 'path_ambiguous',
      });
    }));

  it('is any path that has two readings: decoding again, or joining segments otherwise', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', '.', '%', '2', 'e', 'f', '5', 'c', 'a', '\\') }),
        (text) => {
          const segments = segmentsOfPath(`/${text}`);
          if (segments === null) return;
          expect(segments.some((segment) => /[/\\%]|^\.{0,2}$/.test(segment))).toBe(false);
          expect(segments.map((segment) => decodeURIComponent(segment))).toEqual(segments);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('domains', () => {
  const label = fc.constantFrom('a', 'b', 'example', 'com');
  const host = fc.array(label, { minLength: 1, maxLength: 4 });

  it('match by whole labels', () => {
    fc.assert(
      fc.property(host, host, fc.boolean(), (pattern, domain, wildcard) => {
        const tail = domain.slice(-pattern.length);
        const sameTail =
          tail.length === pattern.length && tail.every((each, index) => each === pattern[index]);
        const expected = wildcard
          ? sameTail && domain.length > pattern.length
          : sameTail && domain.length === pattern.length;
        expect(
          domainMatches({ [`${wildcard ? '*.' : ''}${pattern.join('.')}`]: true }, domain.join('.')),
        ).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('hostile input', () => {
  it('claims of any shape get a decision and no exception', () =>
    check(
      fc.tuple(
        policy,
        fc.dictionary(
          fc.oneof(
            fc.constantFrom(
              'sub',
              'email',
              'email_verified',
              'cognito:groups',
              'scope',
              'amr',
              'auth_time',
              'iss',
              'token_use',
              'client_id',
              'username',
              'gatehouse_domain',
              'tier',
              '__proto__',
            ),
            fc.string(),
          ),
          fc.jsonValue(),
        ),
        request,
      ),
      async ([source, of, asked]) => {
        expect(['allow', 'deny']).toContain((await answer(source, of, asked)).effect);
      },
    ));

  it('verbs and paths of any text get a decision and no exception', () =>
    check(
      fc.tuple(policy, claims, fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
      async ([source, of, verb, path]) => {
        expect((await answer(source, of, { verb, path: `/${path}` })).effect).toBe('deny');
      },
    ));

  it('any text is a policy or a list of issues at places in it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom(
          'version',
          ': ',
          '1',
          '\n',
          '  ',
          '- ',
          'rules',
          'id',
          'allow',
          '[',
          ']',
          '{',
          '}',
          '"GET /"',
          '&a',
          '*a',
          '#',
          'null',
          'groups',
        ),
      }),
      policy.map((source) => JSON.stringify(source)),
    );
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(3), fc.string({ maxLength: 3 }), (source, at, length, splice) => {
        const position = at % (source.length + 1);
        const mutated = source.slice(0, position) + splice + source.slice(position + length);
        const parsed = parsePolicy(mutated);
        if (parsed.ok) return;
        expect(parsed.issues.length).toBeGreaterThan(0);
        const lines = mutated.split(/\r\n|\r|\n/).length;
        for (const { line, column } of parsed.issues)
          expect([line >= 1 && line <= lines, column >= 1]).toEqual([true, true]);
      }),
      { numRuns: 2000 },
    );
  });
});
