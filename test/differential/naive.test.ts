import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readCases } from '../support/cases.ts';
import { NOW } from './arbitraries.ts';
import { naive } from './naive.ts';
import { judgeOf } from './pipeline.ts';
import { asCase, judgeWorlds, patience, REPLAY, RUNS } from './settings.ts';

/** Of a hundred answers, at least. */
const OFTEN = {
  allowed: 10,
  denied_by_rule: 8,
  no_rule: 20,
  path_ambiguous: 4,
  verb_unknown: 1,
  email_missing: 3,
  email_unverified: 2,
  domain_denied: 2,
};

describe('the naive evaluator', () => {
  it(
    'answers as decide does, and every answer is common',
    async () => {
      const codes = new Map<string, number>();
      let questions = 0;
      await judgeWorlds('decide and the naive evaluator', RUNS, async (world) => {
        const text = JSON.stringify(world.policy);
        const judge = judgeOf(text);
        const policy = parse(text) as object;
        const when = { now: NOW, ttl: world.ttl };
        for (const claims of world.people) {
          for (const request of world.requests) {
            const ours = await judge(claims, request, when);
            const theirs = naive(policy, claims, request, when);
            if (ours !== theirs)
              throw new Error(`decide: ${ours}, naive:\n${asCase(world, claims, request, theirs)}`);
            const code = ours.split(' ')[1] ?? '';
            codes.set(code, (codes.get(code) ?? 0) + 1);
            questions += 1;
          }
        }
      });
      if (REPLAY !== undefined) return;
      expect(questions).toBeGreaterThanOrEqual(RUNS);
      const rare = Object.entries(OFTEN).filter(
        ([code, percent]) => ((codes.get(code) ?? 0) / questions) * 100 < percent,
      );
      expect(rare).toEqual([]);
    },
    patience(RUNS),
  );
});

interface Case {
  name: string;
  policy: string;
  maps?: object;
  questions: [
    claims: Record<string, unknown>,
    request: string,
    answer: string,
    circumstances?: { ttl?: number },
  ][];
}

// It knows nothing of `map`.
describe.each(readCases<Case[]>('decide.yml').filter(({ maps }) => !maps))(
  'on the case file: $name',
  ({ policy, questions }) => {
    it('answers as it says', () => {
      for (const [claims, request, answer, { ttl = 0 } = {}] of questions) {
        const theirs = naive(parse(policy) as object, claims, request, { now: NOW, ttl });
        expect({ claims, request, answer: theirs }).toEqual({ claims, request, answer });
      }
    });
  },
);
