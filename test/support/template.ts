/** A packaged CloudFormation template, read as a graph. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string | string[];
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Export?: { Name: string } }>;
  Conditions: Record<string, unknown>;
}

export const TEMPLATE_FILE = 'cloudformation-template-update-stack.json';

export function readTemplate(folder: string): Template {
  return JSON.parse(readFileSync(join(folder, TEMPLATE_FILE), 'utf8')) as Template;
}

/** The resources that one names: `Ref`, `Fn::GetAtt`, `Fn::Sub`, `DependsOn`. */
export function dependenciesOf({ Resources: resources }: Template, name: string): string[] {
  const { DependsOn: dependsOn = [], ...rest } = resources[name] as Resource;
  const named = [dependsOn].flat();
  JSON.stringify(rest, (key, value: unknown) => {
    if (key === 'Ref') named.push(String(value));
    if (key === 'Fn::GetAtt') named.push(String([value].flat()[0]).split('.')[0] ?? '');
    if (key === 'Fn::Sub')
      for (const [, each = ''] of String([value].flat()[0]).matchAll(/\$\{([^.}!]+)/g)) named.push(each);
    return value;
  });
  return [...new Set(named)].filter((each) => each in resources);
}

/** A part of a template with every `Fn::If` decided, as CloudFormation does it; conditions are over parameters only. */
export function decided<T>({ Conditions: conditions }: Template, part: T): T {
  const holds = (condition: unknown): boolean => {
    const { 'Fn::Equals': equals, 'Fn::Not': not } = condition as Record<string, unknown[] | undefined>;
    if (equals) return equals[0] === equals[1];
    if (not) return !holds(not[0]);
    throw new Error(`cannot decide ${JSON.stringify(condition)}`);
  };
  const decide = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(decide).filter((each) => each !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref: ref, 'Fn::If': choice } = value as { Ref?: unknown; 'Fn::If'?: unknown[] };
    if (ref === 'AWS::NoValue') return undefined;
    if (choice) return decide(choice[holds(conditions[String(choice[0])]) ? 1 : 2]);
    const kept = Object.entries(value).map(([key, each]) => [key, decide(each)] as const);
    return Object.fromEntries(kept.filter(([, each]) => each !== undefined));
  };
  return decide(part) as T;
}
