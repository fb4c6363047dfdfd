/** The extension in a real VS Code: `make vscode-run`. Each test goes on where the one before it stopped. */

import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { after, before, test } from "node:test";

import { Session, until, type Window, write } from "./session";

const MAIN = `\
ServerName www.example.com
Listen 80
<Directory />
    AllowOverride None
    Require all denied
</Directory>
IncludeOptional sites-enabled/*.conf
`;
const SHOP = `\
NameVirtualHost *:80
<VirtualHost *:80>
    ServerName shop.example.com
    WSGIDaemonProcess shop processes=2 threads=15
    WSGIDaemonProcess shop processes=2 threads=15
    WSGIProcessGroup shop
    WSGIScriptAlias / /srv/shop/wsgi.py
    Alias /static/ /srv/shop/static/
    <Directory /srv/shop>
        Require all granted
    </Directory>
    <Location /admin>
        Order allow,deny
        Allow from all
    </Location>
</VirtualHost>
`;
const SCRIPT = `\
def application(environ, start_response):
    start_response("200 OK", [])
    return [b"shop"]
`;
const MENDED = SHOP.replace(/^Name.*\n/, "")
  .replace(/^ *WSGIDaemon.*\n/m, "")
  .replace(/^ *<Location[^]*<\/Location>\n/m, "");
const BLOG = MAIN.replace(/^Include.*\n/m, "<VirtualHost *:80>\n    ServerName blog.example.com\n</VirtualHost>\n");

let session: Session;
let window: Window;
let folder: string;

function read(name: string): string {
  return fs.readFileSync(path.join(folder, name), "utf8");
}


function variable(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: make vscode-run sets it`);
  return value;
}

/** Draw the window as docs/editors.md shows it, where a name is given. */
async function picture(): Promise<void> {
  const name = process.env["PICTURE"];
  if (name) {
    // The view with the answer is as wide as the one of files.
    const edge = (await window.page.locator(".part.sidebar").boundingBox()) ?? assert.fail("there is no side bar");
    await window.page.mouse.move(edge.x + edge.width, 400);
    await window.page.mouse.down();
    await window.page.mouse.move(500, 400);
    await window.page.mouse.up();
    await window.page.mouse.move(900, 460);
    await window.page.screenshot({ path: name });
  }
}

before(async () => {
  session = await Session.start(
    {
      host: variable("VSCODE_HOST"),
      extension: variable("VSCODE_EXTENSION"),
      program: variable("MODWSGI_FIX"),
      browser: variable("CHROMIUM"),
    },
    (directory) => ({ "modwsgi-fix.root": path.join(directory, "root") }),
  );
  write(session.directory, "root/srv/shop/wsgi.py", SCRIPT);
  write(session.directory, "root/srv/shop/static/shop.css", "");
  write(session.directory, "root/srv/shop/static/.env", "");
  folder = path.join(session.directory, "apache2");
  write(folder, "apache2.conf", MAIN);
  write(folder, "sites-enabled/shop.conf", SHOP);
  write(folder, ".vscode/settings.json", '{"[apacheconf]": {"editor.formatOnSave": true}}');
  window = await session.open(folder);
});

after(async () => {
  await session.close();
});

test("it starts where a folder has the main file of a server, before one is opened", async () => {
  await window.status.waitFor();
});

test("a site is an Apache configuration, and has colours", async () => {
  await window.file("sites-enabled/shop.conf");
  assert.equal(await window.language.textContent(), "Apache configuration");
  const colour = (word: string) =>
    window.word(word).evaluate((element) => getComputedStyle(element).color);
  assert.notEqual(await colour("WSGIProcessGroup"), await colour("/srv/shop/wsgi.py"));
});

test("what is wrong is listed and counted", async () => {
  await window.page.keyboard.press("Control+Shift+m");
  for (const rule of ["name-virtual-host", "duplicate-daemon-process", "allow-in-location", "old-access-directives"]) {
    await window.problems.filter({ has: window.page.getByText(rule, { exact: true }) }).waitFor();
  }
  // Where the first definition stands is told below the second.
  await window.problems.filter({ hasText: "first defined here" }).waitFor();
  await until(() => window.status.textContent(), (text) => /1\D+3/.test(text ?? ""));
});

test("a lens shows in the view what answers, and the file stays in front", async () => {
  await window.page.getByText("what answers here").click();
  await window.answers.filter({ hasText: "application /srv/shop/wsgi.py, process group shop" }).waitFor();
  await window.page.locator(".tab.active", { hasText: "shop.conf" }).waitFor();
});

test("a line of an answer leads to the line that decides", async () => {
  const granted = window.answers.filter({ hasText: "Require all granted in <Directory /srv/shop> admits" });
  await until(() => granted.textContent(), (text) => text?.endsWith("sites-enabled/shop.conf:10") ?? false);
  await granted.click();
  await window.page.getByText("Ln 10, Col 1", { exact: true }).waitFor();
  assert.equal(await window.page.locator(".tab").count(), 1);
});

test("so do the commands of the palette", async () => {
  await window.word("ServerName").click();
  await window.command("modwsgi-fix: What is exposed");
  await window.answers.filter({ hasText: "http://shop.example.com/static/.env" }).waitFor();
  await picture();
  await window.command("modwsgi-fix: What answers this URL");
  await window.answer("What answers this URL?", "http://shop.example.com/static/shop.css");
  await window.answers.filter({ hasText: "200 file served: /srv/shop/static/shop.css" }).waitFor();
});

test("a directive is explained where the pointer rests", async () => {
  await window.word("WSGIProcessGroup").hover();
  await window.page.locator(".monaco-hover", { hasText: "mod_wsgi" }).waitFor();
});

test("a quick fix changes the text", async () => {
  await window.line(14, 10);
  await window.quickFix("allow-in-location");
  await until(() => window.text(), (text) => !text.includes("Allow from all"));
  assert.equal(read("sites-enabled/shop.conf"), SHOP);
});

test("saving a file that is formatted on save makes its safe fixes", async () => {
  await window.page.keyboard.press("Control+s");
  await until(() => read("sites-enabled/shop.conf"), (text) => text === MENDED);
  await until(() => window.status.textContent(), (text) => text?.trim() === "modwsgi-fix");
});

test("changes are chosen in a terminal", async () => {
  write(folder, "sites-enabled/shop.conf", SHOP);
  await until(() => window.text(), (text) => text.includes("Allow from all"));
  await window.command("modwsgi-fix: Choose changes in the terminal");
  await until(() => window.terminal.textContent(), (text) => text?.includes("Apply this hunk") ?? false);
});

test("saving can make them as a code action, too", async () => {
  const other = path.join(session.directory, "blog");
  write(other, "apache2.conf", `NameVirtualHost *:80\n${BLOG}`);
  const actions = { "editor.codeActionsOnSave": { "source.fixAll.modwsgi-fix": "explicit" } };
  write(other, ".vscode/settings.json", JSON.stringify({ "[apacheconf]": actions }));
  const second = await session.open(other);
  await second.file("apache2.conf");
  await second.page.keyboard.press("Control+s");
  await until(() => fs.readFileSync(path.join(other, "apache2.conf"), "utf8"), (text) => text === BLOG);
  await until(() => second.status.textContent(), (text) => text?.trim() === "modwsgi-fix");
  await second.page.close();
});
