/** Every sample event through `serverless invoke local`, without network and credentials. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditOf, gatewayEffect } from '../../sandbox/outcome.ts';
import { EVENTS, readManifest } from '../../sandbox/samples.ts';
import { checkout, offline, ROOT, run, temporaryFolder } from '../support/bundles.ts';

const folder = temporaryFolder();
const root = checkout(folder.path);
afterAll(folder.remove);
const env = offline(folder.path);

beforeAll(async () => {
  expect(await run(process.execPath, [join(root, 'scripts', 'build.ts')], { cwd: root, env })).toMatchObject({
    code: 0,
  });
});

const SAMPLES = Object.entries(readManifest()).flatMap(([fn, samples]) =>
  Object.entries(samples).map(([name, sample]) => ({ fn, name, ends: sample.ends })),
);

describe('serverless invoke local', () => {
  it.each(SAMPLES)('-f $fn -p events/$fn/$name.json', async ({ fn, name, ends }) => {
    const { code, stdout } = await invoke(fn, join('events', fn, `${name}.json`));
    const result = JSON.parse(stdout.slice(stdout.search(/^\{$/m))) as Record<string, unknown>;
    if (fn === 'authorizer') {
      const thrown = result['stackTrace'] !== undefined;
      const answer = thrown
        ? { ok: false as const, errorType: 'Error', errorMessage: String(result['errorMessage']) }
        : { ok: true as const, payload: result };
      const { code: decided, rule = null } = auditOf({ logLines: stdout.split('\n') }) ?? {};
      const effect = gatewayEffect({ answer });
      expect(`${effect} ${decided} ${rule}`).toBe(ends);
      expect(code).toBe(effect === 'allow' ? 0 : 1);
    } else if (fn === 'demo') {
      expect({ code, status: result['statusCode'] }).toEqual({ code: 0, status: ends });
    } else if (typeof ends === 'object' && 'refused' in ends) {
      expect({ code, said: result['errorMessage'] }).toEqual({ code: 1, said: ends.refused });
    } else if (typeof ends === 'object' && 'failed' in ends) {
      expect({ code, said: result['errorMessage'] }).toEqual({ code: 1, said: ends.failed });
    } else {
      const event = JSON.parse(readFileSync(join(EVENTS, fn, `${name}.json`), 'utf8')) as {
        response: object;
      };
      const response = ends === 'unchanged' ? event.response : { ...event.response, ...(ends as object) };
      // A refusal exits with 1, also where Cognito is told of it in the answer.
      const { effect } = auditOf({ logLines: stdout.split('\n') }) ?? {};
      expect({ code, result }).toEqual({
        code: effect === 'deny' ? 1 : 0,
        result: { ...event, response },
      });
    }
  });

  it('an event of one’s own meets the environment of serverless.yml, not the sample one', async () => {
    // The stack makes its own pool, so the trigger governs every client: this one's address is refused.
    folder.write('other-client.json', readFileSync(join(EVENTS, 'pre-sign-up', 'other-client.json'), 'utf8'));
    expect((await invoke('pre-sign-up', join(folder.path, 'other-client.json'))).code).toBe(1);
  });

  function invoke(fn: string, path: string) {
    return run(
      join(ROOT, 'node_modules', '.bin', 'serverless'),
      ['invoke', 'local', '--function', fn, '--path', path],
      { cwd: root, env },
    );
  }
});
