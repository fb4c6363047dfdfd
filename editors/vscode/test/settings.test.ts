import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { fixLevel, serverSettings } from "../src/settings";

interface Manifest {
  contributes: {
    configuration: { properties: Record<string, { default: unknown; enum?: string[] }> };
    commands: { command: string }[];
  };
}

const TOP = path.resolve(__dirname, "../..");
const MANIFEST = JSON.parse(readFileSync(path.join(TOP, "package.json"), "utf8")) as Manifest;
const PROPERTIES = MANIFEST.contributes.configuration.properties;

function given(changes: Record<string, unknown> = {}): (name: string) => unknown {
  return (name) => changes[name] ?? PROPERTIES[`modwsgi-fix.${name}`]?.default;
}

test("by default only fixes are made, and no filesystem is meant", () => {
  assert.deepEqual(serverSettings(given()), { indentation: false, root: null });
  assert.equal(fixLevel(given()), "repair");
});

test("settings reach the server in its own words", () => {
  const [, both] = PROPERTIES["modwsgi-fix.format"]?.enum ?? [];
  assert.deepEqual(serverSettings(given({ format: both, root: "/" })), { indentation: true, root: "/" });
  for (const level of PROPERTIES["modwsgi-fix.fixLevel"]?.enum ?? []) {
    assert.equal(fixLevel(given({ fixLevel: level })), level);
  }
});

test("what is none of these words is not taken", () => {
  assert.equal(fixLevel(given({ fixLevel: "--write" })), "repair");
  assert.deepEqual(serverSettings(given({ format: 7, root: 7 })), { indentation: false, root: null });
});

test("every command of the manifest is there", () => {
  const source = readFileSync(path.join(TOP, "src/extension.ts"), "utf8");
  for (const { command } of MANIFEST.contributes.commands) {
    assert.ok(source.includes(`"${command}": () =>`), command);
  }
});
