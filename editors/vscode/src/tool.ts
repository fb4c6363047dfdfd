/** Where modwsgi-fix is, and how it is started. Nothing here knows VS Code. */

import * as path from "node:path";

/** A program and its first arguments. */
export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
  /** Where it was found, for people. */
  readonly from: string;
}

/** What is looked at; a test gives one of its own. */
export interface Machine {
  readonly isWindows: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a path is a file that can be run. */
  isProgram(file: string): boolean;
}

/** What the settings and the workspace say. */
export interface Place {
  /** The setting `modwsgi-fix.path`; empty where it is not set. */
  readonly path: string;
  readonly folders: readonly string[];
  /** Whether programs of the workspace itself may be started. */
  readonly isTrusted: boolean;
}

const ENVIRONMENTS = [".venv", "venv", "env"];

/** Return the tool: as set, else of a virtual environment, else on PATH, else run by uvx; undefined where there is none. */
export function findTool(place: Place, machine: Machine): Tool | undefined {
  if (place.path) {
    return { command: place.path, args: [], from: "the setting modwsgi-fix.path" };
  }
  const found = inEnvironments(place, machine) ?? onPath("modwsgi-fix", machine);
  if (found) {
    return { command: found, args: [], from: found };
  }
  const uvx = onPath("uvx", machine);
  return uvx ? { command: uvx, args: ["--from", "modwsgi-fix[lsp]", "modwsgi-fix"], from: "uvx" } : undefined;
}

/** Return what to tell somebody who has no modwsgi-fix. */
export function missing(): string {
  return (
    "modwsgi-fix was not found: install it with pip install 'modwsgi-fix[lsp]', or uv, " +
    "or name the program in the setting modwsgi-fix.path"
  );
}

/** Return the words of a command line that asks about each change; `level` is as --fix-level. */
export function choosing(tool: Tool, level: string, root: string, target: string): string[] {
  return [
    tool.command,
    ...tool.args,
    "--patch",
    "--fix-level",
    level,
    ...(root ? ["--root", root] : []),
    "--",
    target,
  ];
}

/** Return the directory of the server of a file: the nearest one above it with a main file; else the file itself. */
export function serverOf(file: string, isFile: (file: string) => boolean): string {
  let directory = path.dirname(file);
  for (;;) {
    for (const name of ["apache2.conf", "httpd.conf", path.join("conf", "httpd.conf")]) {
      if (isFile(path.join(directory, name))) {
        return directory;
      }
    }
    const above = path.dirname(directory);
    if (above === directory) {
      return file;
    }
    directory = above;
  }
}

function inEnvironments(place: Place, machine: Machine): string | undefined {
  const active = machine.env["VIRTUAL_ENV"];
  const ofWorkspace = place.isTrusted
    ? place.folders.flatMap((folder) => ENVIRONMENTS.map((name) => path.join(folder, name)))
    : [];
  const programs = [...ofWorkspace, ...(active ? [active] : [])].map((environment) =>
    machine.isWindows
      ? path.join(environment, "Scripts", "modwsgi-fix.exe")
      : path.join(environment, "bin", "modwsgi-fix"),
  );
  return programs.find((program) => machine.isProgram(program));
}

function onPath(name: string, machine: Machine): string | undefined {
  const directories = (machine.env["PATH"] ?? machine.env["Path"] ?? "").split(machine.isWindows ? ";" : ":");
  return directories
    // A relative entry would mean a program of whatever directory the editor was started in.
    .filter((directory) => path.isAbsolute(directory))
    .map((directory) => path.join(directory, machine.isWindows ? `${name}.exe` : name))
    .find((program) => machine.isProgram(program));
}
