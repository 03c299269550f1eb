import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Figure } from '../../guarantees/figure.ts';
import { onboardingFigures } from '../../guarantees/onboarding.ts';
import { signUpFigures } from '../../guarantees/sign-up.ts';
import { openStand, type Stand } from '../../guarantees/stand.ts';

/**
 * Beside other tests a call to the pool can take longer than its limit of 0.8 s, and is made again, which changes nothing there
 * (docs/onboarding.md): `npm run guarantees` counts it, on a machine of its own. Who got no group is listed, which is counted.
 */
const NOT_OF_A_BUSY_MACHINE = '… groups not given exactly once';

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
    expect(figures.filter(({ met, what }) => !met && what !== NOT_OF_A_BUSY_MACHINE)).toEqual([]);
  },
  300_000,
);
