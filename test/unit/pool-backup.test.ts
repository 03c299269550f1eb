import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type BackupKey,
  discardBackup,
  listBackups,
  saveBackup,
  settleBackup,
} from '../../shared/pool/backup.ts';
import { gaveCustomAuth, previousSlots } from '../../shared/pool/previous.ts';
import { temporaryFolder } from '../support/bundles.ts';

const KEY: BackupKey = { region: 'eu-west-1', poolId: 'eu-west-1_AbCdEf123' };
let folder = '';

beforeEach(() => {
  folder = join(temporaryFolder().path, 'backups');
});

const save = (key: BackupKey, before: object, wanted: object) =>
  settleBackup(saveBackup(folder, key, { before: { ...before }, wanted: { ...wanted } }));

describe('a backup', () => {
  it('is for its owner alone', () => {
    const file = saveBackup(folder, KEY, { before: {}, wanted: {} });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is never overwritten, nor its secret written', () => {
    const files = Array.from({ length: 20 }, (_, index) =>
      saveBackup(folder, KEY, {
        before: { index, ClientSecret: 's3cret' },
        wanted: { ClientSecret: 's3cret' },
      }),
    );
    expect(new Set(files).size).toBe(20);
    expect(
      files.map((file) => (JSON.parse(readFileSync(file, 'utf8')) as { before: object }).before),
    ).toEqual(files.map((_, index) => ({ index })));
  });

  it('is pending until it is settled, also where that was interrupted', () => {
    const file = saveBackup(folder, KEY, { before: {}, wanted: {} });
    expect(listBackups(folder, KEY)).toMatchObject([{ file, pending: true }]);
    const settled = settleBackup(file);
    expect(listBackups(folder, KEY)).toMatchObject([{ file: settled, pending: false }]);
    writeFileSync(file, readFileSync(settled));
    expect(settleBackup(file)).toBe(settled);
    expect(listBackups(folder, KEY)).toHaveLength(1);
    discardBackup(settled);
    expect(listBackups(folder, KEY)).toEqual([]);
  });

  it('is found by pool, Region and client, the newest first', () => {
    for (const number of [1, 2, 3]) save(KEY, { number }, {});
    save({ ...KEY, region: 'us-east-1' }, {}, {});
    save({ ...KEY, clientId: 'c' }, {}, {});
    writeFileSync(join(folder, 'eu-west-1_AbCdEf123.eu-west-1.pool.cut.json'), '{"format": 1, "bef');
    expect(listBackups(folder, KEY).map(({ before }) => before['number'])).toEqual([3, 2, 1]);
    expect(listBackups(folder, { ...KEY, clientId: 'c' })).toHaveLength(1);
    expect(listBackups(join(folder, 'nowhere'), KEY)).toEqual([]);
  });
});

describe('what was there before', () => {
  const OURS = 'arn:aws:lambda:eu-west-1:123456789012:function:ours';
  const functions = { 'pre-sign-up': OURS };
  const calling = (arn: string | null) => ({ LambdaConfig: arn === null ? {} : { PreSignUp: arn } });

  it.each<[string, [before: string | null, wanted: string | null][], string | null | undefined]>([
    ['nobody knows', [], undefined],
    ['nothing', [[null, OURS]], null],
    ['another function', [['theirs', OURS]], 'theirs'],
    [
      'the last of several',
      [
        ['old', OURS],
        [OURS, 'old'],
        ['new', OURS],
      ],
      'new',
    ],
    [
      'what it was before an alias',
      [
        ['theirs', OURS],
        [OURS, `${OURS}:live`],
      ],
      'theirs',
    ],
    ['nothing that another trigger’s write saw', [['theirs', 'theirs']], undefined],
  ])('%s', (_, writes, expected) => {
    for (const [before, wanted] of writes) save(KEY, calling(before), calling(wanted));
    const { 'pre-sign-up': previous } = previousSlots(folder, KEY, functions);
    expect(previous === undefined ? undefined : (previous.slot?.arn ?? null)).toBe(expected);
  });

  it('custom auth was given, and not taken again by more than a try', () => {
    const key = { ...KEY, clientId: 'c' };
    const [without, given] = [
      { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] },
      { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH'] },
    ];
    expect(gaveCustomAuth(folder, key)).toBe(false);
    save(key, without, given);
    expect(gaveCustomAuth(folder, key)).toBe(true);
    const pending = saveBackup(folder, key, { before: given, wanted: without });
    expect(gaveCustomAuth(folder, key)).toBe(true);
    settleBackup(pending);
    expect(gaveCustomAuth(folder, key)).toBe(false);
  });
});
