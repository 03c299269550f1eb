/**
 * Shapes of events: what we rely on, and nothing more. Written out and not taken from a library, because each request
 * passes here with all its headers: with a browser's, reading one takes half the time that it took with valibot.
 */

/** Gives the path of the first member that does not fit, `''` for the value itself; null if all fits. */
export type Shape<T> = ((value: unknown) => string | null) & { readonly type?: T };

export type ValueOf<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Optional<F extends Fields> = { [K in keyof F]: undefined extends ValueOf<F[K]> ? K : never }[keyof F];

/** Further members may be there, and are kept. */
type LooseObject<F extends Fields> = { [K in Exclude<keyof F, Optional<F>>]: ValueOf<F[K]> } & {
  [K in Optional<F>]?: ValueOf<F[K]>;
} & Record<string, unknown>;

export const text: Shape<string> = (value) => (typeof value === 'string' ? null : '');

export const anything: Shape<unknown> = () => null;

export function textFrom<const T extends string>(values: readonly T[]): Shape<T> {
  return (value) => (values.includes(value as T) ? null : '');
}

export function textWith(prefix: string): Shape<string> {
  return (value) => (typeof value === 'string' && value.startsWith(prefix) ? null : '');
}

/** Null and absent fit too. */
export function maybe<T>(shape: Shape<T>): Shape<T | null | undefined> {
  return (value) => (value === undefined || value === null ? null : shape(value));
}

export function listOf<T>(item: Shape<T>): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value)) return '';
    for (let index = 0; index < value.length; index++) {
      const misfit = item(value[index]);
      if (misfit !== null) return below(String(index), misfit);
    }
    return null;
  };
}

export function mapOf<T>(item: Shape<T>): Shape<Record<string, T>> {
  return (value) => {
    if (!isObject(value)) return '';
    for (const name of Object.keys(value)) {
      const misfit = item(value[name]);
      if (misfit !== null) return below(name, misfit);
    }
    return null;
  };
}

export function objectWith<const F extends Fields>(fields: F): Shape<LooseObject<F>> {
  const entries = Object.entries(fields);
  return (value) => {
    if (!isObject(value)) return '';
    for (const [name, shape] of entries) {
      const misfit = shape(value[name]);
      if (misfit !== null) return below(name, misfit);
    }
    return null;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function below(name: string, misfit: string): string {
  return misfit === '' ? name : `${name}.${misfit}`;
}
