/**
 * An answer of which most look at one part only, and each part costs messages to the server: parts
 * are worked out when somebody looks, and then they are plain data.
 */
export function answer<T extends object>(parts: { readonly [K in keyof T]: () => T[K] }): T {
  const whole: object = {};
  for (const [name, part] of Object.entries<() => unknown>(parts)) {
    const known = remembered(part);
    Object.defineProperty(whole, name, { enumerable: true, get: () => known(undefined) });
  }
  // Sound: the loop has given it each property of T, which the parts' type requires to be there.
  return whole as T;
}

/** Whatever is asked of one thing is asked once. */
export function remembered<K, V>(ask: (about: K) => V): (about: K) => V {
  const answers = new Map<K, { readonly answer: V }>();
  return (about) => {
    let known = answers.get(about);
    if (known === undefined) answers.set(about, (known = { answer: ask(about) }));
    return known.answer;
  };
}
