import { describe, expect, it } from '@jest/globals';
import { evaluateDocument, type PolicyDocument } from '../../sandbox/gateway/evaluate.ts';
import { CallerDocumentError, callerDocument } from '../../shared/policy/iam/document.ts';
import { callerIssues } from '../../shared/policy/iam/exactness.ts';
import { type CallerCompiler, type IamDocument, judgeCallers, simulateIam } from './iam.ts';
import { patience, REPLAY, RUNS } from './settings.ts';

/** What the authorizer answers with; a document that would be too large is a 500, which lets nobody in. */
const ours: CallerCompiler = {
  callerDocument: (policy, principal, circumstances, { stageArn }) => {
    try {
      return callerDocument(policy, principal, circumstances, stageArn);
    } catch (error) {
      if (!(error instanceof CallerDocumentError)) throw error;
      return {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: `${stageArn}/*` }],
      };
    }
  },
  callerIssues: (policy) => callerIssues(policy, { stage: 'prod' }),
};

const gateway: typeof simulateIam = async (document, arn) =>
  evaluateDocument(document as unknown as PolicyDocument, arn) === 'allow' ? 'allow' : 'deny';

describe('a caller’s document is sound, and exact where the proof says so', () => {
  it.each([
    ['our gateway', gateway, RUNS],
    ['the IAM simulator', simulateIam, RUNS / 10],
  ] as const)(
    'by %s',
    async (name, evaluate, questions) => {
      const tally = await judgeCallers(ours, { questions, evaluate, name });
      if (REPLAY !== undefined) return;
      expect(tally.questions).toBeGreaterThanOrEqual(questions);
      // Each theorem has been put to the test often.
      expect(tally.allowed / tally.questions).toBeGreaterThan(0.1);
      expect(tally.exact / tally.questions).toBeGreaterThan(0.02);
      expect(tally.exactAllowed / tally.questions).toBeGreaterThan(0.005);
    },
    patience(RUNS),
  );

  // Each is found by the short run: the evaluator is fooled in one way, and a document must not pass.
  it.each<[string, (document: IamDocument) => IamDocument]>([
    ['guards', (document) => without(document, (resource) => /\?\*\/\?\*/.test(resource))],
    ['denied escapes', (document) => without(document, (resource) => resource.endsWith('*%*'))],
    ['denied empty segments', (document) => without(document, (resource) => resource.endsWith('*//*'))],
    ['denials of rules', (document) => without(document, (resource) => !/\/prod\/\*/.test(resource))],
  ])(
    'a document without %s is found',
    async (_, spoil) => {
      const spoilt: CallerCompiler = {
        ...ours,
        callerDocument: (...asked) => spoil(ours.callerDocument(...asked)),
      };
      await expect(
        judgeCallers(spoilt, {
          questions: 60_000,
          evaluate: gateway,
          shrink: false,
          name: 'a spoilt document',
        }),
      ).rejects.toThrow('IAM: allow');
    },
    120_000,
  );
});

function without({ Version, Statement }: IamDocument, isMissing: (resource: string) => boolean): IamDocument {
  return {
    Version,
    Statement: Statement.map((each) =>
      each.Effect === 'Deny'
        ? { ...each, Resource: [each.Resource].flat().filter((one) => !isMissing(one)) }
        : each,
    ),
  };
}
