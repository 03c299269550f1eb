/** Where cognito-local keeps its data here: in memory, as plain values that nobody else holds. */

type Tree = Record<string, unknown>;

export class MemoryStore {
  readonly #root: Tree;

  constructor(root: Tree) {
    this.#root = root;
  }

  async getRoot(): Promise<unknown> {
    return structuredClone(this.#root);
  }

  async get(_context: unknown, key: string | string[], fallback: unknown = null): Promise<unknown> {
    const found = [key].flat().reduce<unknown>(child, this.#root);
    return structuredClone(found ?? fallback);
  }

  async set(_context: unknown, key: string | string[], value: unknown): Promise<void> {
    const path = [key].flat();
    let tree = this.#root;
    for (const name of path.slice(0, -1)) tree = subtree(tree, name);
    define(tree, path.at(-1) as string, structuredClone(value));
  }

  async delete(_context: unknown, key: string | string[]): Promise<void> {
    const path = [key].flat();
    const parent = path.slice(0, -1).reduce<unknown>(child, this.#root);
    if (isTree(parent)) delete parent[path.at(-1) as string];
  }
}

function child(tree: unknown, name: string): unknown {
  return isTree(tree) && Object.hasOwn(tree, name) ? tree[name] : undefined;
}

function subtree(tree: Tree, name: string): Tree {
  const found = child(tree, name);
  return isTree(found) ? found : (define(tree, name, {}) as Tree);
}

/** A user may be called `__proto__`. */
function define(tree: Tree, name: string, value: unknown): unknown {
  Object.defineProperty(tree, name, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}
