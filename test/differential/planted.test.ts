import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { NOW, type World } from './arbitraries.ts';
import { naive } from './naive.ts';
import { DEFECTS, planted, plantingFolder } from './planted.ts';
import type { judgeOf } from './pipeline.ts';
import { sampleWorlds, SHORT } from './settings.ts';

interface Answered extends World {
  answers: string[][];
}

/** The question that first tells the two apart; null if none does. */
async function firstDifference(defective: typeof judgeOf, worlds: Answered[]): Promise<number | null> {
  let asked = 0;
  for (const { policy, people, requests, ttl, answers } of worlds) {
    const judge = defective(JSON.stringify(policy));
    for (const [who, claims] of people.entries()) {
      for (const [what, request] of requests.entries()) {
        asked += 1;
        if ((await judge(claims, request, { now: NOW, ttl })) !== answers[who]?.[what]) return asked;
      }
    }
  }
  return null;
}

describe('the short run finds a planted defect', () => {
  const { folder, remove } = plantingFolder();
  afterAll(remove);
  let worlds: Answered[] = [];

  beforeAll(() => {
    worlds = sampleWorlds(SHORT).map((world) => {
      const policy = parse(JSON.stringify(world.policy)) as object;
      const when = { now: NOW, ttl: world.ttl };
      const answersOf = (claims: World['people'][number]) =>
        world.requests.map((request) => naive(policy, claims, request, when));
      return { ...world, answers: world.people.map(answersOf) };
    });
  });

  it.each(DEFECTS)('$name', async (defect) => {
    expect(await firstDifference(await planted(defect, folder), worlds)).not.toBeNull();
  });
});
