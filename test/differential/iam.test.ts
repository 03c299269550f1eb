import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../shared/policy/decide.ts';
import { type CallerCompiler, type IamDocument, judgeCallers, simulateIam, stage, STAGE_ARN } from './iam.ts';

const statement = (effect: string, ...paths: string[]): IamDocument['Statement'][number] => ({
  Effect: effect,
  Action: 'execute-api:Invoke',
  Resource: paths.map((path) => `${STAGE_ARN}/${path}`),
});
const document = (...statements: IamDocument['Statement']): IamDocument => ({
  Version: '2012-10-17',
  Statement: statements,
});

describe('the IAM simulator', () => {
  const some = document(
    statement('Allow', 'GET/', 'GET/articles', 'GET/articles/?*'),
    statement('Deny', '*//*', '*%*', '*/secret'),
  );

  it.each([
    ['GET/', 'allow'],
    ['GET/articles', 'allow'],
    ['GET/articles/1', 'allow'],
    ['GET/articles/1/2', 'allow'],
    ['GET/articles/', 'deny'],
    ['GET/Articles', 'deny'],
    ['GET/articles/secret', 'deny'],
    ['GET/articles//1', 'deny'],
    ['GET/articles/%31', 'deny'],
    ['POST/articles', 'deny'],
  ])('%s: %s', async (path, answer) => {
    expect(await simulateIam(some, `${STAGE_ARN}/${path}`)).toBe(answer);
  });

  it('refuses what is no document and no method', async () => {
    await expect(simulateIam(document(statement('Permit', 'GET/')), `${STAGE_ARN}/GET/`)).rejects.toThrow();
    await expect(simulateIam(some, `${STAGE_ARN}/*/articles`)).rejects.toThrow('not one method');
  });
});

describe('what callers’ documents are judged by', () => {
  const compiler = (...allowed: string[]): CallerCompiler => ({
    callerDocument: () => document(statement('Allow', ...allowed)),
    callerIssues: () => ['never exact'],
  });

  it('passes a document that allows too little, unless it is said to be exact', async () => {
    const nothing = compiler('GET/nothing/of/the/kind');
    const { questions, allowed } = await judgeCallers(nothing, { questions: 5000 });
    expect(questions).toBeGreaterThanOrEqual(5000);
    expect(allowed / questions).toBeGreaterThan(0.08);
    const claimed = judgeCallers({ ...nothing, callerIssues: () => [] }, { questions: 1000, shrink: false });
    await expect(claimed).rejects.toThrow('IAM: deny');
  });

  it('finds the naive translation, in which `*` crosses `/`', async () => {
    const naive: CallerCompiler = {
      callerDocument: (policy, principal, circumstances, { stageArn }) => {
        const mayGet = (path: string) =>
          decide(policy, principal, { verb: 'GET', path, flaw: null }, circumstances).effect === 'allow';
        return {
          Version: '2012-10-17',
          Statement: [
            statement(
              'Allow',
              'GET/nothing/of/the/kind',
              ...(mayGet('/a/b') && mayGet('/a/acme') ? ['GET/a/*'] : []),
            ),
            { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: `${stageArn}/*//*` },
          ],
        };
      },
      callerIssues: () => ['never exact'],
    };
    await expect(judgeCallers(naive, { questions: 20_000, shrink: false })).rejects.toThrow('IAM: allow');
  });

  it('asks for paths of every form', () => {
    const requests = fc.sample(stage, { numRuns: 200, seed: 1 }).flatMap((drawn) => drawn.requests);
    const share = (is: (path: string) => boolean) =>
      requests.filter(({ path }) => is(path)).length / requests.length;
    expect(requests.filter(({ plain }) => plain).length / requests.length).toBeGreaterThan(0.4);
    expect(share((path) => path.includes('%'))).toBeGreaterThan(0.1);
    expect(share((path) => /%2f/i.test(path))).toBeGreaterThan(0.02);
    expect(share((path) => /.\/$/.test(path))).toBeGreaterThan(0.03);
    expect(share((path) => path === '/')).toBeGreaterThan(0.03);
    expect(share((path) => path.split('/').length > 4)).toBeGreaterThan(0.05);
  });
});
