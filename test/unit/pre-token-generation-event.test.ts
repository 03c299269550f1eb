import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  readPreTokenGenerationEvent,
  subjectOf,
  withTokenChanges,
} from '../../shared/events/pre-token-generation-event.ts';
import { shapeTokens } from '../../shared/policy/tokens.ts';
import { ROOT } from '../support/bundles.ts';
import { compiled } from '../support/policy.ts';

const sample = (name: string) =>
  JSON.parse(readFileSync(join(ROOT, 'events', 'pre-token-generation', `${name}.json`), 'utf8')) as object;

describe('a policy that changes nothing', () => {
  const policy = compiled('version: 1\ngroups: { editor: {} }');

  // An override that is present but empty wipes every group (contracts B6).
  it.each(['v1-authentication', 'v2-hosted-auth', 'v3-refresh'])('gives %s back as it came', async (name) => {
    const event = readPreTokenGenerationEvent(sample(name));
    expect(withTokenChanges(event, shapeTokens(policy, await subjectOf(event)))).toEqual(sample(name));
  });
});
