/** The settings of the editor in the words of the language server. Nothing here knows VS Code. */

/** How to get the value of a setting below `modwsgi-fix`. */
export type Get = (name: string) => unknown;

/** What the language server takes, as docs/editors.md lists it. */
export interface ServerSettings {
  readonly indentation: boolean;
  readonly root: string | null;
}

/** Return the settings of the language server. */
export function serverSettings(get: Get): ServerSettings {
  return { indentation: get("format") === "fixes and indentation", root: text(get("root")) || null };
}

/** Return the level of fixes, as --fix-level has it. */
export function fixLevel(get: Get): string {
  const level = text(get("fixLevel"));
  return ["safe", "repair", "unsafe"].includes(level) ? level : "repair";
}

/** Return a setting that is a text; empty where it is something else. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
