/**
 * The Serverless Framework's plugin: packs the bundles, refuses what could not work, and makes `invoke local` take the
 * bundles and the sample events. Needs nothing from the network.
 */

import { join, relative, resolve } from 'node:path';
import { CommandFailure } from '../cli/failure.ts';
import { readInput } from '../cli/input.ts';
import { type LoadedPolicy, loadPolicy } from '../cli/policy-file.ts';
import { positionIn } from '../cli/serverless.ts';
import { BUNDLE_VARIABLE, SAMPLE_TABLE_VARIABLE } from '../sandbox/invoke-local.ts';
import { asksWhoIsRevoked, EVENTS, fillSample, sampleEnvironment } from '../sandbox/samples.ts';
import type { DeploymentIssue } from '../shared/deployment/issues.ts';
import { judgeDeployment } from '../shared/deployment/judge.ts';
import { environmentOf, type Service } from '../shared/deployment/service.ts';
import { formatIssues } from '../shared/policy/print.ts';
import { archiveFolder } from './archive.ts';
import { type BundleStamp, readStamp, serializeArtefact, stampMismatch } from './bundle-stamp.ts';

/** What we use of the framework. */
interface Framework {
  serviceDir: string;
  /** An error of this class is a person's to mend: it is shown without a stack. */
  classes: { Error: new (message: string, code: string) => Error };
  configurationFilename: string;
  processedInput: { commands: string[] };
  /** serverless.yml, resolved. */
  configurationInput: Service & { params?: { default?: object } };
  service: {
    functions: Record<string, FrameworkFunction>;
    provider: {
      stage: string;
      compiledCloudFormationTemplate: { Resources: Record<string, TemplateResource> };
    };
  };
}

interface FrameworkFunction {
  handler: string;
  environment?: Record<string, unknown>;
  package?: { artifact?: string };
}

interface TemplateResource {
  Type: string;
  DependsOn?: string | string[];
}

/** The command line's. */
interface Options {
  stage?: string;
  param?: string[];
  function?: string;
  path?: string;
}

export default class GatehousePlugin {
  readonly hooks: Record<string, () => void>;
  readonly #framework: Framework;
  readonly #options: Options;

  constructor(framework: Framework, options: Options) {
    this.#framework = framework;
    this.#options = options;
    this.hooks = {
      initialize: () => {
        this.#refuseUnknownParameters();
        if (framework.processedInput.commands.join(' ') === 'invoke local') this.#prepareInvocation();
      },
      'before:package:createDeploymentArtifacts': () => this.#pack(),
      'before:package:function:package': () => this.#pack(),
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.#orderGatewayResponses(),
    };
  }

  /** The framework takes any name, so that a misspelt one would silently change nothing. */
  #refuseUnknownParameters(): void {
    const known = Object.keys(this.#framework.configurationInput.params?.default ?? {});
    const unknown = (this.#options.param ?? [])
      .map((param) => param.split('=')[0] ?? '')
      .filter((name) => !known.includes(name));
    if (unknown.length === 0) return;
    this.#refuse(`there is no parameter ${unknown.join(', ')}\n  help: use ${known.join(', ')}`);
  }

  /** Packs what the build made; functions of somebody's own are the framework's to pack. */
  #pack(): void {
    const { serviceDir, service } = this.#framework;
    for (const name of Object.keys(this.#fittingBundles())) {
      const packed = service.functions[name];
      if (!packed) continue;
      const artifact = join(serviceDir, '.serverless', `${name}.zip`);
      archiveFolder(join(serviceDir, 'build', name), artifact);
      packed.package = { ...packed.package, artifact };
    }
  }

  /** The bundles by name, if they and the service are fit to be deployed for this stage. */
  #fittingBundles(): BundleStamp['bundles'] {
    const { serviceDir, configurationInput, service } = this.#framework;
    const { policyFile = 'policy.yml', answerMode = 'request' } = configurationInput.custom?.gatehouse ?? {};
    const { policy, artefact } = this.#loadPolicy(relative(process.cwd(), resolve(serviceDir, policyFile)));
    this.#refuseIssues(judgeDeployment(configurationInput, policy));
    const out = join(serviceDir, 'build');
    const stamp = readStamp(out);
    const mismatch = stamp
      ? stampMismatch(stamp, out, { policy: serializeArtefact(artefact).hash, answerMode })
      : 'there is no finished build';
    if (stamp && mismatch === null) return stamp.bundles;
    const stage = this.#options.stage ?? service.provider.stage;
    return this.#refuse(
      `${mismatch}\n  help: run \`npm run build -- --stage ${stage}\`, or \`npm run deploy\`, which does`,
    );
  }

  #loadPolicy(file: string): LoadedPolicy {
    try {
      return loadPolicy(file);
    } catch (error) {
      if (error instanceof CommandFailure) this.#refuse(error.message);
      throw error;
    }
  }

  #refuseIssues(issues: DeploymentIssue[]): void {
    if (issues.length === 0) return;
    const { serviceDir, configurationFilename: file } = this.#framework;
    const positionOf = positionIn(readInput(join(serviceDir, file)));
    this.#refuse(formatIssues(issues.map(({ path, ...issue }) => ({ ...issue, file, ...positionOf(path) }))));
  }

  #refuse(message: string): never {
    throw new this.#framework.classes.Error(message, 'GATEHOUSE_REFUSED');
  }

  /** A REST API takes up its own responses when it is deployed, so they must be there before. */
  #orderGatewayResponses(): void {
    const { Resources: resources } = this.#framework.service.provider.compiledCloudFormationTemplate;
    const ofType = (type: string) => Object.keys(resources).filter((name) => resources[name]?.Type === type);
    for (const name of ofType('AWS::ApiGateway::Deployment')) {
      const deployment = resources[name] as TemplateResource;
      deployment.DependsOn = [deployment.DependsOn ?? [], ofType('AWS::ApiGateway::GatewayResponse')].flat();
    }
  }

  /** `invoke local` loads no `.mjs` and cannot know what CloudFormation will know. */
  #prepareInvocation(): void {
    const { serviceDir, configurationInput, service } = this.#framework;
    const { function: name = '', path } = this.#options;
    const invoked = service.functions[name];
    // Functions of somebody's own have handlers of their own.
    if (invoked?.handler !== 'index.handler') return;
    const isSample = path !== undefined && resolve(serviceDir, path).startsWith(join(EVENTS, name));
    if (isSample) this.#options.path = fillSample(resolve(serviceDir, path));
    invoked.handler = 'sandbox/invoke-local.ts.handler';
    invoked.environment = {
      ...environmentOf(configurationInput, name),
      // Known only later, and not on this machine: nobody is cut off or blocked, but in the samples' own table.
      ...(asksWhoIsRevoked(name) && { TABLE_NAME: '', [SAMPLE_TABLE_VARIABLE]: isSample ? 'yes' : '' }),
      ...(isSample && sampleEnvironment(name)),
      [BUNDLE_VARIABLE]: join(serviceDir, 'build', name, 'index.mjs'),
    };
  }
}
