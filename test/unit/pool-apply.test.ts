/**
 * What follows from what can be read after a write, reading by reading: a pool that answers by a script. What a whole pool
 * does is in test/property/pool-apply.test.ts.
 */

import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { applyChange, type Change } from '../../shared/pool/apply.ts';
import { type BackupKey, listBackups, saveBackup } from '../../shared/pool/backup.ts';
import { withoutMembers } from '../../shared/pool/members.ts';
import type { Raw, Sent } from '../../shared/pool/raw.ts';
import type { Replaceable } from '../../shared/pool/settle.ts';
import { temporaryFolder } from '../support/bundles.ts';

const KEY: BackupKey = { region: 'eu-west-1', poolId: 'eu-west-1_AbCdEf123' };
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:ours';

/** Held back by a first write, and reset by AWS then. */
const HELD = { EmailVerificationMessage: 'hello' };
const before: Raw = { Name: 'people', ...HELD, LambdaConfig: {}, LastModifiedDate: 10 };
const wanted: Raw = { ...before, LambdaConfig: { PreSignUp: ARN } };
const written: Raw = { ...wanted, LastModifiedDate: 20 };
const reset = withoutMembers(written, Object.keys(HELD));

const MAY_BE_ANOTHERS = /^settings are gone, and somebody else may have written since$/;

const attach: Change = (description) =>
  (description['LambdaConfig'] as Raw)['PreSignUp'] === ARN
    ? null
    : { ...description, LambdaConfig: { PreSignUp: ARN } };

let backups = '';
beforeEach(() => {
  backups = join(temporaryFolder().path, 'backups');
});

/** `readings` in turn, the last for ever; `answers` to writes in turn, an error being thrown. */
function scripted(readings: readonly Raw[], answers: readonly (Sent | Error)[] = []) {
  const requests: Raw[] = [];
  let reads = 0;
  const target: Replaceable = {
    key: KEY,
    describe: async () => readings[Math.min(reads++, readings.length - 1)] as Raw,
    update: async (request) => {
      const answer = answers[requests.push(request) - 1] ?? { answeredAt: 20 };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    requestOf: (settings, whole) =>
      withoutMembers(settings, ['DcrConfiguration', ...(whole ? [] : Object.keys(HELD))]),
  };
  return { target, requests };
}

const apply = ({ target }: ReturnType<typeof scripted>, attempts = 3) =>
  applyChange(target, attach, { backups, attempts, pause: async () => undefined });
const pending = () => listBackups(backups, KEY).filter((backup) => backup.pending).length;
const failed = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error(name), { name, ...(httpStatusCode && { $metadata: { httpStatusCode } }) });

describe('a write that AWS has taken', () => {
  it('is compared, and its backup settled', async () => {
    const pool = scripted([before, written]);
    expect(await apply(pool)).toMatchObject({ outcome: 'written', description: written });
    expect([pool.requests.length, pending()]).toEqual([1, 0]);
  });

  it.each([20, 20.999])(
    'that has reset what it held back is mended, written at %d',
    async (LastModifiedDate) => {
      const after = { ...reset, LastModifiedDate };
      const pool = scripted([before, after, after, { ...written, LastModifiedDate: 22 }]);
      expect(await apply(pool)).toMatchObject({ outcome: 'restored' });
      expect(pool.requests[1]).toMatchObject({ ...HELD, LambdaConfig: { PreSignUp: ARN } });
      expect(pending()).toBe(0);
    },
  );

  it.each<[what: string, after: Raw, sent: Sent, message: RegExp]>([
    ['newer than its answer', { ...reset, LastModifiedDate: 21 }, { answeredAt: 20 }, MAY_BE_ANOTHERS],
    [
      'as old as what was read before',
      { ...reset, LastModifiedDate: 10 },
      { answeredAt: 20 },
      MAY_BE_ANOTHERS,
    ],
    ['of no known time', { ...reset, LastModifiedDate: undefined }, { answeredAt: 20 }, MAY_BE_ANOTHERS],
    ['answered at no known time', reset, { answeredAt: null }, MAY_BE_ANOTHERS],
    [
      'with another value',
      { ...reset, EmailVerificationMessage: 'another' },
      { answeredAt: 20 },
      /^somebody else has written since, or AWS has made something else of it$/,
    ],
    [
      'without what it carried',
      { ...reset, Name: undefined },
      { answeredAt: 20 },
      /^somebody else has written since/,
    ],
    [
      'with a setting more',
      { ...written, MfaConfiguration: 'ON' },
      { answeredAt: 20 },
      /^somebody else has written since/,
    ],
  ])('and a pool %s: nothing is sent again', async (_, after, sent, message) => {
    const pool = scripted([before, after], [sent]);
    await expect(apply(pool)).rejects.toMatchObject({
      name: 'Conflict',
      message: expect.stringMatching(message),
    });
    expect([pool.requests.length, pending()]).toEqual([1, 1]);
  });

  it('and a pool without what AWS keeps by itself: somebody has taken it off', async () => {
    const kept = { DcrConfiguration: { EnableStatus: 'Enabled' } };
    const pool = scripted([{ ...before, ...kept }, written]);
    await expect(apply(pool)).rejects.toThrow(/^somebody else has written since/);
    expect(pool.requests).toHaveLength(1);
  });

  it.each<[what: string, now: Raw]>([
    ['written once more', { ...reset, LastModifiedDate: 20.5 }],
    ['another by a setting', { ...reset, MfaConfiguration: 'ON' }],
  ])('and a pool that is %s when it is to be mended: nothing is sent again', async (_, now) => {
    const pool = scripted([before, reset, now]);
    await expect(apply(pool)).rejects.toThrow(/^settings are gone, and somebody else has written since$/);
    expect([pool.requests.length, pending()]).toEqual([1, 1]);
  });

  it('and AWS does not take the rest: says so, with its reason', async () => {
    const refusal = failed('InvalidParameterException', 400);
    const pool = scripted([before, reset], [{ answeredAt: 20 }, refusal]);
    await expect(apply(pool)).rejects.toMatchObject({
      message: 'settings are gone, and AWS does not take them back',
      cause: refusal,
    });
    expect(pending()).toBe(1);
  });

  it('and the rest does not stay: says so', async () => {
    const pool = scripted([before, reset]);
    await expect(apply(pool)).rejects.toThrow(
      /^settings are gone, and sending them again did not bring them back$/,
    );
    expect([pool.requests.length, pending()]).toEqual([2, 1]);
  });
});

describe('a write without an answer', () => {
  const lost = failed('TimeoutError');

  it('is not sent again if it has arrived', async () => {
    const pool = scripted([before, written], [lost]);
    expect(await apply(pool)).toMatchObject({ outcome: 'written' });
    expect([pool.requests.length, pending()]).toEqual([1, 0]);
  });

  it('is sent again if it has not', async () => {
    const pool = scripted([before, before, before, written], [lost]);
    expect(await apply(pool)).toMatchObject({ outcome: 'written' });
    expect([pool.requests.length, pending()]).toEqual([2, 0]);
  });

  it('is given up after as many attempts as there are', async () => {
    const pool = scripted([before], [lost, lost, lost]);
    await expect(apply(pool)).rejects.toMatchObject({ name: 'Unverified' });
    expect(pool.requests).toHaveLength(3);
  });

  it('mends nothing: nobody can tell whose write was the last', async () => {
    const pool = scripted([before, reset], [lost]);
    await expect(apply(pool)).rejects.toThrow(MAY_BE_ANOTHERS);
    expect([pool.requests.length, pending()]).toEqual([1, 1]);
  });
});

describe('a write that AWS does not take', () => {
  it.each([
    ['leaves no backup', 'InvalidParameterException', 1],
    ['is tried again if only the moment was wrong, and leaves none either', 'TooManyRequestsException', 3],
  ])('%s', async (_, name, tries) => {
    const refusal = failed(name, 400);
    const pool = scripted([before], [refusal, refusal, refusal]);
    await expect(apply(pool)).rejects.toBe(refusal);
    expect([pool.requests.length, listBackups(backups, KEY).length]).toEqual([tries, 0]);
  });
});

describe('a run behind one that was ended before it could compare', () => {
  const left = () => saveBackup(backups, KEY, { before, wanted });

  it.each<[what: string, now: Raw]>([
    ['all is as it was meant', written],
    ['and once more', { ...written, LastModifiedDate: 30 }],
  ])('has nothing to do: %s', async (_, now) => {
    left();
    expect(await apply(scripted([now]))).toMatchObject({ outcome: 'unchanged', backup: null });
    expect([listBackups(backups, KEY).length, pending()]).toEqual([1, 0]);
  });

  it('stops if the pool is not what that write meant, and keeps its backup', async () => {
    const file = left();
    const pool = scripted([reset]);
    await expect(apply(pool)).rejects.toMatchObject({
      name: 'Conflict',
      backup: file,
      differences: [{ path: ['EmailVerificationMessage'], expected: 'hello' }],
    });
    expect([pool.requests.length, pending()]).toEqual([0, 1]);
  });

  it('forgets a write that never arrived, and does its own', async () => {
    const file = left();
    expect(await apply(scripted([before, written]))).toMatchObject({ outcome: 'written' });
    expect(listBackups(backups, KEY).map((backup) => backup.file)).not.toContain(file);
    expect([listBackups(backups, KEY).length, pending()]).toEqual([1, 0]);
  });

  it('settles what it has overtaken', async () => {
    left();
    const other: Change = (description) =>
      description['Name'] === 'new' ? null : { ...description, Name: 'new' };
    const { target } = scripted([written, { ...written, Name: 'new', LastModifiedDate: 20.5 }]);
    expect(await applyChange(target, other, { backups })).toMatchObject({ outcome: 'written' });
    expect([listBackups(backups, KEY).length, pending()]).toEqual([2, 0]);
  });
});
