// The line number in an error of the API: `rule book:12`, `rule book:12:5: blocks`, `line 12`. Undefined if there is none.

export function lineOf({ input, message }: { input: string; message: string }): number | undefined {
  const found =
    /:(\d+)(?::\d+)?(?:$|[:,\s])/.exec(input) ?? /\bline (\d+)\b/.exec(input) ?? /\bline (\d+)\b/.exec(message);
  return found ? Number(found[1]) : undefined;
}
