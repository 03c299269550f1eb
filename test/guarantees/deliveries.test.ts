import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Figure } from '../../guarantees/figure.ts';
import { onboardingFigures } from '../../guarantees/onboarding.ts';
import { signUpFigures } from '../../guarantees/sign-up.ts';
import { openStand, type Stand } from '../../guarantees/stand.ts';

// The functions' own time limits run: beside other tests a busy machine can hold up a call for longer than one of them. What
// is broken is broken again.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
}, 60_000);
afterAll(() => stand.close());

it.each<[string, (stand: Stand) => Promise<Figure[]>]>([
  ['onboarding', onboardingFigures],
  ['sign-up', signUpFigures],
])(
  '%s holds what it promises, as processes that end between any two requests',
  async (_, measure) => {
    const figures = await measure(stand);
    expect(figures.length).toBeGreaterThan(10);
    expect(figures.filter(({ met }) => !met)).toEqual([]);
  },
  300_000,
);
