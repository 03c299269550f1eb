import { expect, it } from '@jest/globals';
import { onboardingFigures } from '../../guarantees/onboarding.ts';

it('onboarding holds what it promises, as processes that end between any two requests', async () => {
  const figures = await onboardingFigures();
  expect(figures.length).toBeGreaterThan(10);
  expect(figures.filter(({ met }) => !met)).toEqual([]);
}, 300_000);
