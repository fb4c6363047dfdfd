/** The text of `trace` and `exposed` as a tree. Nothing here knows VS Code. */

/** A line of an answer, with the lines that are indented below it. */
export interface Line {
  readonly text: string;
  /** The place that the line names at its end, `[FILE:LINE]`; lines count from 1. */
  readonly place: { readonly file: string; readonly line: number } | undefined;
  readonly below: Line[];
}

const PLACE = /^(.*?)\s+\[([^[\]]+):(\d+)\]$/;

/** Return the lines of an answer as a tree, by their indentation. */
export function treeOf(answer: string): Line[] {
  const top: Line[] = [];
  const open: { indent: number; below: Line[] }[] = [{ indent: -1, below: top }];
  for (const written of answer.split("\n")) {
    const text = written.trim();
    if (!text) {
      continue;
    }
    const indent = written.length - written.trimStart().length;
    while ((open.at(-1)?.indent ?? -1) >= indent) {
      open.pop();
    }
    const line = lineOf(text);
    open.at(-1)?.below.push(line);
    open.push({ indent, below: line.below });
  }
  return top;
}

/** Return the text of a command's answer; undefined where the server gave none. */
export function answerOf(result: unknown): string | undefined {
  const written = typeof result === "object" && result !== null && "text" in result ? result.text : undefined;
  return typeof written === "string" ? written : undefined;
}

/** Return the text of the status bar for a number of findings. */
export function status(errors: number, others: number): string {
  const counts = [`$(error) ${String(errors)}`, `$(warning) ${String(others)}`];
  return errors + others === 0 ? "modwsgi-fix $(check)" : `modwsgi-fix ${counts.join(" ")}`;
}

/** Whether a text is a URL that trace takes: with a scheme and a host, or a path of one. */
export function urlFault(url: string): string | undefined {
  return /^(https?:\/\/[^\s/]+(\/\S*)?|\/\S*)$/i.test(url) ? undefined : "a URL as https://example.com/shop/";
}

function lineOf(text: string): Line {
  const found = PLACE.exec(text);
  return found
    ? { text: found[1] ?? "", place: { file: found[2] ?? "", line: Number(found[3]) }, below: [] }
    : { text, place: undefined, below: [] };
}
