/** The examples that a document shows: each fenced block whose info string names a file of `test/examples`. */

export interface ShownExample {
  readonly file: string;
  readonly text: string;
}

/** Blocks such as ```` ```ts test/examples/first.ts ````, in order. */
export function examplesIn(markdown: string): readonly ShownExample[] {
  return [...markdown.matchAll(/^```\w+ (test\/examples\/\S+)\n([\s\S]*?)^```$/gm)].map(([, file = '', text = '']) => ({
    file,
    text,
  }));
}
