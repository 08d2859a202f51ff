/** How a check tells what it found: the field with its path, and the reason in the words of whoever filled the form. */
export type Report = (field: string, reason: string) => void;

/** Looks at a value that already fits its schema. `at` is the value's own path, without a dot at its end. */
export type Check<T> = (value: T, at: string, report: Report) => void;

/** The path of `name` below `at`. */
export const below = (at: string, name: string | number): string => (at === '' ? String(name) : `${at}.${name}`);

/** Runs `check` on every element. */
export function checkEach<T>(list: readonly T[] | undefined, at: string, report: Report, check: Check<T>): void {
  list?.forEach((item, index) => {
    check(item, below(at, index), report);
  });
}

/** Reports every key that stands twice in a list. */
export function checkUnique<T>(
  list: readonly T[],
  at: string,
  report: Report,
  name: string,
  keyOf: (item: T) => string,
): void {
  const first = new Map<string, number>();
  list.forEach((item, index) => {
    const key = keyOf(item);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    else report(below(below(at, index), name), `${key} stands twice, first at ${below(at, earlier)}`);
  });
}
