import { expect, it } from '@jest/globals';
import type { Log } from '../../shared/runtime/log.ts';
import { onboardingRepair } from '../../shared/runtime/onboarding-repair.ts';
import type { Store } from '../../shared/store/ports.ts';
import { compiled } from '../support/policy.ts';
import { POOL } from '../support/tokens.ts';

const policy = compiled('version: 1\ngroups: { reader: {} }\nconfirmed: { groups: [reader] }');
const mail = { email: null, emailVerified: false, domain: null, domainFlaw: 'email_missing' } as const;
const subject = { sub: 'a', mail, attributes: {}, current: null };
const hanging = { get: () => new Promise(() => {}) } as unknown as Store;

it.each([
  ['1.5 s, where nothing was waited for before', 0, 1400, 2500],
  ['the rest of 3 s, where something was', 2700, 0, 1000],
  ['nothing, where that is over', 4000, 0, 1000],
])('a repair whose table hangs takes %s, and the token is issued', async (_, before, least, most) => {
  const failures: unknown[] = [];
  const log = { failure: async (error: unknown) => void failures.push(error) } as unknown as Log;
  const config = { tableName: 'table', mode: 'enforce' } as const;
  const repaired = onboardingRepair({ policy, config, log, store: hanging, now: Date.now });
  const began = Date.now();
  expect(await repaired(subject, { userPoolId: POOL, userName: 'ada' }, began - before)).toBe(subject);
  const took = Date.now() - began;
  expect(took).toBeGreaterThanOrEqual(least);
  expect(took).toBeLessThan(most);
  expect(failures).toMatchObject([{ code: 'DEADLINE' }]);
});
