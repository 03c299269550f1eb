import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { TRIGGERS } from '../../bench/contenders.ts';
import { ROOT, run, temporaryFolder } from '../support/bundles.ts';

const folder = temporaryFolder();

// What it measures is the machine's affair; that it measures everything is ours.
it('the bench runs, and every measure has a number', async () => {
  const { code, stdout, stderr } = await run(process.execPath, [
    join(ROOT, 'bench', 'main.ts'),
    '--quick',
    '--out',
    folder.path,
  ]);
  expect({ code, stderr: stderr.replaceAll(/^bench: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toMatch(/NaN|Infinity|undefined/);
  expect(stdout).toMatch(/^budget +measured +limit$/m);
  const results = JSON.parse(readFileSync(join(folder.path, 'results.json'), 'utf8'));
  expect(Object.keys(results.warmUs)).toEqual(
    expect.arrayContaining(['raw-crypto', 'bare', 'jose', 'jsonwebtoken', 'fast-jwt', 'usual', 'authorizer']),
  );
  expect(Object.keys(results.coldMs)).toEqual(
    expect.arrayContaining([...Object.keys(results.warmUs), ...Object.keys(TRIGGERS)]),
  );
  expect(Object.keys(results.policyUs)).toEqual(expect.arrayContaining(['build', 'decide', 'cedar']));
  expect(Object.keys(results.groupUs)).toEqual(['build', 'decide', 'caller']);
  for (const { policy, document } of Object.values<Record<string, number>>(results.groupBytes))
    expect([policy, document]).toEqual([expect.any(Number), expect.any(Number)]);
  expect(readFileSync(join(folder.path, 'results.svg'), 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);
}, 180_000);
