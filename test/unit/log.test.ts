import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createLog } from '../../shared/runtime/log.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Everything that is written while `act` runs. */
function written(act: () => void): string {
  let text = '';
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    });
  }
  act();
  return text;
}

describe('a failure in the log', () => {
  const lineOf = (error: unknown) => written(() => createLog('authorizer', 'hash', 'INFO').failure(error));

  it('has name, code and frames, and no message: it can quote what could not be read', () => {
    const error = Object.assign(new TypeError('secret', { cause: new Error('secret') }), { code: 'E_ODD' });
    const line = lineOf(error);
    expect(JSON.parse(line)).toMatchObject({
      message: 'failure',
      function: 'authorizer',
      error: 'TypeError',
      code: 'E_ODD',
      cause: 'Error',
      frames: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
    });
    expect(line).not.toContain('secret');
  });

  it.each<[string, unknown]>([
    ['an error', new Error('secret')],
    ['an error of several lines', new Error('a\n    at secret')],
    ['text', 'secret'],
    ['an object', { secret: 'secret' }],
  ])('never shows what was thrown: %s', (_, error) => {
    const line = lineOf(error);
    expect(JSON.parse(line)).toMatchObject({ level: 'ERROR', failure: 1 });
    expect(line).not.toContain('secret');
  });
});
