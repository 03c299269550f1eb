/** IAM documents as rules read them: statements whose every member is a list. */

export interface IamStatement {
  effect: string;
  actions: string[];
  /** True for `NotAction`: everything but those. */
  notActions: boolean;
  resources: string[];
  notResources: boolean;
  /** By kind: `Service`, `AWS`, `Federated`; `*` for everybody. */
  principals: Record<string, string[]>;
  conditions: IamCondition[];
}

export interface IamCondition {
  operator: string;
  /** Lower case: keys are the same in any. */
  key: string;
  values: string[];
}

/** Throws a `SyntaxError` for text that is not JSON. */
export function statementsOf(document: string): IamStatement[] {
  const { Statement } = JSON.parse(document) as { Statement?: unknown };
  return listOf(Statement).map((statement) => {
    const { Effect, Action, NotAction, Resource, NotResource, Principal, Condition } = statement as Record<
      string,
      unknown
    >;
    return {
      effect: String(Effect),
      actions: texts(Action ?? NotAction),
      notActions: Action === undefined && NotAction !== undefined,
      resources: texts(Resource ?? NotResource),
      notResources: Resource === undefined && NotResource !== undefined,
      principals: principalsOf(Principal),
      conditions: conditionsOf(Condition),
    };
  });
}

/** `*` is any run of characters, `?` is one (contracts A9). */
export function globMatches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** True if a statement allows an action by name or wildcard. */
export function allowsAction({ effect, actions, notActions }: IamStatement, action: string): boolean {
  const named = actions.some((pattern) => globMatches(pattern.toLowerCase(), action.toLowerCase()));
  return effect === 'Allow' && named !== notActions;
}

function principalsOf(principal: unknown): Record<string, string[]> {
  if (typeof principal === 'string') return { '*': [principal] };
  return Object.fromEntries(Object.entries(principal ?? {}).map(([kind, who]) => [kind, texts(who)]));
}

function conditionsOf(condition: unknown): IamCondition[] {
  return Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys ?? {}).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: texts(values),
    })),
  );
}

function texts(value: unknown): string[] {
  return listOf(value).map(String);
}

function listOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : [value].flat();
}
