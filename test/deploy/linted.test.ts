/** The packaged CloudFormation through other people's linters. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkout, ROOT, run, temporaryFolder } from '../support/bundles.ts';
import { TEMPLATE_FILE } from '../support/template.ts';
import { installTools } from './virtual-environment.ts';

const tools = installTools('lint-requirements.txt', 'cfn-lint and checkov');
const suite = 'missing' in tools ? describe.skip : describe;
const bin = 'missing' in tools ? '' : tools.bin;

const STAGES = {
  'a pool of its own': [],
  'an existing pool, no demo': ['userPoolId=eu-west-1_AbCdEf123', 'appClientIds=client1', 'demo=off'],
  'reserved concurrency': ['reservedConcurrency=20', 'authorizerTtl=0'],
  'sign-in by mail': [
    'mailFrom=no-reply@example.com',
    'otpKeyId=arn:aws:secretsmanager:eu-west-1:123456789012:secret:gatehouse/codes-AbCdEf',
    'otpKmsKeyArn=arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000001',
  ],
};

/** Looked at where no parameter is empty (cfn-lint.yml). */
const EMPTY_ARN = 'E3510';

suite.each(Object.entries(STAGES))('the template for %s', (_, params) => {
  const folder = temporaryFolder();
  const root = checkout(folder.path);
  const file = join(root, '.serverless', TEMPLATE_FILE);
  const env = { PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH']}`, HOME: folder.path };
  afterAll(folder.remove);

  beforeAll(async () => {
    const steps = [
      [process.execPath, join(root, 'scripts', 'build.ts')],
      [
        join(ROOT, 'node_modules', '.bin', 'serverless'),
        'package',
        ...params.flatMap((each) => ['--param', each]),
      ],
    ];
    for (const [program = '', ...args] of steps)
      expect(await run(program, args, { cwd: root, env })).toMatchObject({ code: 0 });
  });

  it('passes cfn-lint, exceptions in cfn-lint.yml', async () => {
    const config = join(import.meta.dirname, 'cfn-lint.yml');
    const held = params.some((each) => each.startsWith('otpKeyId=')) ? ['--mandatory-checks', EMPTY_ARN] : [];
    const args = ['--config-file', config, ...held, '--', file];
    const { code, stdout } = await run(join(bin, 'cfn-lint'), args, { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });

  it('passes checkov, exceptions in checkov.yml', async () => {
    const config = join(import.meta.dirname, 'checkov.yml');
    const { code, stdout } = await run(
      join(bin, 'checkov'),
      ['--config-file', config, '--file', file, '--output', 'json'],
      { env: { ...env, LOG_LEVEL: 'CRITICAL' } },
    );
    const { results, summary } = JSON.parse(stdout) as {
      results: { failed_checks: { check_id: string; check_name: string; resource: string }[] };
      summary: { passed: number };
    };
    const failed = results.failed_checks.map(
      ({ check_id, check_name, resource }) => `${check_id} ${resource}: ${check_name}`,
    );
    expect({ code, failed }).toEqual({ code: 0, failed: [] });
    expect(summary.passed).toBeGreaterThan(20);
  });
});

suite('the CloudFormation in docs/deploy.md', () => {
  const folder = temporaryFolder();
  afterAll(folder.remove);
  const text = readFileSync(join(ROOT, 'docs', 'deploy.md'), 'utf8');
  const snippets = [...text.matchAll(/^```yaml cloudformation\n(.*?)^```$/gms)].map(
    ([, snippet = '']) => snippet,
  );

  it.each([
    ['REST', snippets[0], 'AWS::ApiGateway::RestApi'],
    ['HTTP', snippets[1], 'AWS::ApiGatewayV2::Api'],
  ])('for a %s API passes cfn-lint', async (kind, snippet = '', type) => {
    const api = `Api: { Type: '${type}', Properties: { Name: api${kind === 'HTTP' ? ', ProtocolType: HTTP' : ''} } }\n`;
    const indented = `${api}${snippet}`.replace(/^(?=.)/gm, '  ');
    const file = folder.write(
      `${kind}.yml`,
      `AWSTemplateFormatVersion: "2010-09-09"\nResources:\n${indented}`,
    );
    const { code, stdout } = await run(join(bin, 'cfn-lint'), [file]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });
});
