/** Policies of any size that ask the same of one request: ten rules match its path, all others lie elsewhere. */

/** The request's path, and the group that makes one of the ten allow it. */
export const MATCHING = { path: '/orders/17', group: 'group-9', rules: 10 };

const numbers = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);

/** As YAML. */
export function policyText(rules: number): string {
  const groups = numbers(0, MATCHING.rules).map((n) => `  group-${n}: { precedence: ${n} }`);
  const matching = numbers(0, Math.min(rules, MATCHING.rules)).map(
    (n) =>
      `  - { id: order-${n}, allow: ["GET /orders/${n % 2 === 0 ? '*' : '**'}"], to: { groups: [group-${n}] } }`,
  );
  const others = numbers(MATCHING.rules, rules).map(
    (n) => `  - { id: other-${n}, allow: ["GET /service-${n}/items/*"], to: { groups: [group-${n % 10}] } }`,
  );
  return ['version: 1', 'groups:', ...groups, 'rules:', ...matching, ...others, ''].join('\n');
}

/** As YAML: ten rules for each group, each of `/**` of a service. */
export function callerPolicyText(rules: number): string {
  const groups = numbers(0, rules / 10);
  return [
    'version: 1',
    'groups:',
    ...groups.map((n) => `  group-${n}: {}`),
    'rules:',
    ...numbers(0, rules).map(
      (n) =>
        `  - { id: r${n}, allow: ["GET /service-${n}/**"], to: { groups: [group-${n % groups.length}] } }`,
    ),
    '',
  ].join('\n');
}

/** As YAML: a rule for each group, each of one path, so that a caller in a hundred groups has a document that fits. */
export function groupPolicyText(groups: number): string {
  return [
    'version: 1',
    'groups:',
    ...numbers(0, groups).map((n) => `  group-${n}: { precedence: ${n} }`),
    'rules:',
    ...numbers(0, groups).map(
      (n) => `  - { id: r${n}, allow: ["GET /s${n}"], to: { groups: [group-${n}] } }`,
    ),
    '',
  ].join('\n');
}

/** The same as `policyText` in Cedar. */
export function cedarPolicies(rules: number): string {
  const permit = (group: string, path: string) =>
    `permit (principal in Group::"${group}", action == Action::"GET", resource) when { context.path like "${path}" };`;
  return [
    ...numbers(0, Math.min(rules, MATCHING.rules)).map((n) => permit(`group-${n}`, '/orders/*')),
    ...numbers(MATCHING.rules, rules).map((n) => permit(`group-${n % 10}`, `/service-${n}/items/*`)),
  ].join('\n');
}
