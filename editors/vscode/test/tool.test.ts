import assert from "node:assert/strict";
import { test } from "node:test";

import { choosing, findTool, type Machine, missing, serverOf } from "../src/tool";

function machine(programs: string[], env: Record<string, string> = {}): Machine {
  return { isWindows: false, env: { PATH: "/usr/bin:.:/opt/bin", ...env }, isProgram: (file) => programs.includes(file) };
}

const OURS = { path: "", folders: ["/work/one", "/work/two"], isTrusted: true };
const EVERYWHERE = [
  "/work/two/venv/bin/modwsgi-fix", "/active/bin/modwsgi-fix", "/opt/bin/modwsgi-fix", "/usr/bin/uvx", "modwsgi-fix",
];

test("the setting comes first, whatever else is there", () => {
  const found = findTool({ ...OURS, path: "/my/tool" }, machine(EVERYWHERE));
  assert.equal(found?.command, "/my/tool");
});

test("then virtual environments, PATH, and uvx", () => {
  const left = [...EVERYWHERE];
  const seen: (string | undefined)[] = [];
  for (let tries = 0; tries < 5; tries++) {
    const found = findTool(OURS, machine(left, { VIRTUAL_ENV: "/active" }));
    seen.push(found && [found.command, ...found.args].join(" "));
    left.splice(left.indexOf(found?.command ?? ""), found ? 1 : 0);
  }
  assert.deepEqual(seen, [
    "/work/two/venv/bin/modwsgi-fix",
    "/active/bin/modwsgi-fix",
    "/opt/bin/modwsgi-fix",
    "/usr/bin/uvx --from modwsgi-fix[lsp] modwsgi-fix",
    undefined,
  ]);
  assert.match(missing(), /pip install/);
});

test("no program of a workspace that is not trusted is started", () => {
  const found = findTool({ ...OURS, isTrusted: false }, machine(EVERYWHERE));
  assert.equal(found?.command, "/opt/bin/modwsgi-fix");
});

test("on Windows programs are in Scripts, and end in .exe", () => {
  const wanted = "/work/one/.venv/Scripts/modwsgi-fix.exe";
  const found = findTool(OURS, { isWindows: true, env: {}, isProgram: (file) => file === wanted });
  assert.equal(found?.command, wanted);
});

test("changes are chosen at a level, with a root where there is one, and of a path that may begin with a dash", () => {
  const tool = { command: "uvx", args: ["modwsgi-fix"], from: "uvx" };
  assert.deepEqual(choosing(tool, "safe", "", "-x"), ["uvx", "modwsgi-fix", "--patch", "--fix-level", "safe", "--", "-x"]);
  assert.ok(choosing(tool, "safe", "/", "/etc").join(" ").includes("--root / -- /etc"));
});

test("the server of a file is the nearest one above it", () => {
  const files = ["/etc/apache2/apache2.conf", "/srv/conf/httpd.conf"];
  const of = (file: string): string => serverOf(file, (one) => files.includes(one));
  assert.equal(of("/etc/apache2/sites-enabled/shop.conf"), "/etc/apache2");
  assert.equal(of("/srv/conf/extra/shop.conf"), "/srv/conf");
  assert.equal(of("/home/ann/shop.conf"), "/home/ann/shop.conf");
});
