/** How large a caller's document can become: API Gateway takes 8 KB, and ARNs under 512 characters. */

import type { Artefact } from '../artefact.ts';
import { HTTP_VERBS } from '../pattern.ts';
import { AMBIGUOUS, MAX_ARN, MAX_DOCUMENT, sizeOf, statement } from './document.ts';
import { type CallerIssue, type Examined, examine } from './examined.ts';
import { denialsOf, overreachOf, resourcesOf } from './resources.ts';

/** GovCloud has the longest partition and Regions; API Gateway takes stage names of 128 characters. */
export const LONGEST_STAGE = 's'.repeat(128);
const LONGEST_API_ARN = 'arn:aws-us-gov:execute-api:us-gov-east-1:123456789012:abcdefghij/';

/** An HTTP API's stage is `$default`, whatever the stage of the deployment is called. */
function stageArnOf(stage: string): string {
  return LONGEST_API_ARN + (stage.length < '$default'.length ? '$default' : stage);
}

export interface DocumentSize {
  /** Null for a caller without a group. */
  group: string | null;
  bytes: number;
}

/** At the most so many bytes is the document of a caller with one group, or none, whatever else the rules ask for. */
export function documentSizes(policy: Artefact, stage = LONGEST_STAGE): DocumentSize[] {
  const patterns = examine(policy);
  const callers = new Map<string | null, string[]>([[null, []]]);
  for (const group of Object.keys(policy.groups)) callers.set(group, closureOf(policy.groups, group));
  return [...callers].map(([group, held]) => {
    const mayStand = ({ listed }: Examined) => {
      const wanted = policy.rules[listed.rule]?.to?.groups;
      return !wanted || wanted.some((each) => held.includes(each));
    };
    return { group, bytes: bytesOf(patterns.filter(mayStand), stage) };
  });
}

/** A group, and all that it includes; a checked policy has no cycle. */
function closureOf(groups: Artefact['groups'], group: string): string[] {
  return [group, ...(groups[group]?.includes ?? []).flatMap((each) => closureOf(groups, each))];
}

export function sizeIssues(patterns: readonly Examined[], stage: string): CallerIssue[] {
  const long = patterns.find((each) => resourcesFor(each, stage).some(({ length }) => length > MAX_ARN));
  if (long) {
    return [
      {
        rules: [long.id],
        message: `one of its paths takes a resource over the ${MAX_ARN} characters that API Gateway takes`,
        hint: 'shorten the path, or use `answerMode: request`',
      },
    ];
  }
  const bytes = bytesOf(patterns, stage);
  if (bytes <= MAX_DOCUMENT) return [];
  const heaviest = patterns.toSorted((a, b) => bytesOf([b], stage) - bytesOf([a], stage));
  return [
    {
      rules: [...new Set(heaviest.map(({ id }) => id))],
      message: `a caller for whom all of them stand would get a document of ${bytes} bytes, and API Gateway takes ${MAX_DOCUMENT}`,
      hint: 'write verbs in place of `ANY`, use fewer patterns, or `answerMode: request`; the heaviest rules stand first',
    },
  ];
}

/** Never less than the document of a caller for whom some of these stand. */
function bytesOf(patterns: readonly Examined[], stage: string): number {
  const ambiguous = AMBIGUOUS.map((path) => `${stageArnOf(stage)}/${path}`);
  const resources = [...ambiguous, ...patterns.flatMap((each) => resourcesFor(each, stage))];
  return sizeOf({ Version: '2012-10-17', Statement: [statement('Allow', resources), statement('Deny', [])] });
}

function resourcesFor({ effect, listed, pattern }: Examined, stage: string): string[] {
  const paths =
    effect === 'deny'
      ? denialsOf(pattern)
      : [...resourcesOf(pattern), ...overreachOf(pattern).map(({ resource }) => resource)];
  return HTTP_VERBS.filter((verb) => listed.verbs.includes(verb)).flatMap((verb) =>
    paths.map((path) => `${stageArnOf(stage)}/${verb}/${path}`),
  );
}
