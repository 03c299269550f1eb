/** A packaged CloudFormation template, read as a graph. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string | string[];
}

export interface Template {
  Conditions?: Record<string, unknown>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Export?: { Name: string } }>;
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
