import { describe, expect, it } from '@jest/globals';
import { bearerToken } from '../../shared/token/bearer.ts';

const codeOf = (header: string | null) => {
  try {
    return { token: bearerToken(header) };
  } catch (error) {
    return error;
  }
};

describe('the Authorization header', () => {
  it.each(['Bearer a.b-c_D9', 'bearer a.b-c_D9', 'BEARER a.b-c_D9', 'Bearer   a.b-c_D9'])(
    '%j carries a token',
    (header) => {
      expect(codeOf(header)).toEqual({ token: 'a.b-c_D9' });
    },
  );

  it.each([[null], ['']])('%j carries none', (header) => {
    expect(codeOf(header)).toMatchObject({ name: 'TokenError', code: 'TOKEN_MISSING' });
  });

  it.each([
    ['Bearer'],
    ['Bearer '],
    ['Bearera'],
    ['xBearer a'],
    [' Bearer a'],
    ['Bearer a '],
    ['Bearer a b'],
    ['Bearer a, Bearer b'],
    ['Bearer a\n'],
    ['Bearer a\nx'],
    ['x\nBearer a'],
    ['Bearer\ta'],
    ['Bearer a='],
    ['Bearer a+b/c'],
    ['Bearer é'],
    ['Basic a'],
    ['a.b.c'],
  ])('%j is malformed', (header) => {
    expect(codeOf(header)).toMatchObject({ name: 'TokenError', code: 'TOKEN_MALFORMED' });
  });

  it('has 10,240 characters at the most', () => {
    const header = (characters: number) => 'Bearer '.padEnd(characters, 'a');
    expect(codeOf(header(10_240))).toEqual({ token: 'a'.repeat(10_233) });
    expect(codeOf(header(10_241))).toMatchObject({ code: 'TOKEN_MALFORMED' });
  });
});
