/** A VS Code of its own: code-server with the packaged extension, and its window in a headless Chromium. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { type Browser, chromium, type Locator, type Page } from "playwright-core";

/** What must be there, as `make vscode-run` gives it. */
export interface Given {
  /** The directory that install.sh filled. */
  readonly host: string;
  /** The packaged extension. */
  readonly extension: string;
  /** The program modwsgi-fix. */
  readonly program: string;
  readonly browser: string;
}

const SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.layoutControl.enabled": false,
  "workbench.navigationControl.enabled": false,
  "window.commandCenter": false,
  "window.title": "${activeEditorShort}",
  "extensions.ignoreRecommendations": true,
  "telemetry.telemetryLevel": "off",
  "editor.minimap.enabled": false,
  "files.exclude": { "**/.vscode": true },
  // Without it a terminal is a canvas, which has no text to read.
  "terminal.integrated.gpuAcceleration": "off",
};
/** Milliseconds after which what has not happened does not happen any more. */
const PATIENCE = 60_000;

/** A running VS Code; `close` ends all of it and deletes its directory. */
export class Session {
  private constructor(
    /** A directory of this session alone. */
    readonly directory: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
    private readonly address: string,
  ) {}

  /** Start a server with the extension; `settings` are the user's, in addition to those that keep the window quiet. */
  static async start(given: Given, settings: (directory: string) => object): Promise<Session> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "modwsgi-fix-vscode-"));
    write(directory, "data/User/settings.json", JSON.stringify({ ...SETTINGS, ...settings(directory) }));
    // VS Code takes the environment of a login shell, and so the extension finds the program on PATH as a user's.
    write(directory, "home/.profile", `PATH=${path.dirname(given.program)}:$PATH\n`);
    const entry = path.join(given.host, "node_modules/code-server/out/node/entry.js");
    const words = [
      entry, "--user-data-dir", path.join(directory, "data"), "--extensions-dir", path.join(directory, "extensions"),
      "--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "--disable-update-check",
      "--disable-workspace-trust",
    ];
    const env = { ...process.env, HOME: path.join(directory, "home"), SHELL: "/bin/sh" };
    const installed = spawnSync(process.execPath, [...words, "--install-extension", given.extension], { env });
    if (installed.status !== 0) {
      throw new Error(`the extension is not installed: ${String(installed.stderr)}`);
    }
    // A process group of its own, because a server has children that outlive it.
    const server = spawn(process.execPath, words, { env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
    try {
      const address = await listening(server);
      const browser = await chromium.launch({ executablePath: given.browser, args: ["--no-sandbox"] });
      return new Session(directory, server, browser, address);
    } catch (error) {
      end(server);
      throw error;
    }
  }

  /** Open a folder in a new window. */
  async open(folder: string): Promise<Window> {
    const page = await this.browser.newPage({ viewport: { width: 1180, height: 740 } });
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${this.address}/?folder=${encodeURIComponent(folder)}`);
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
    return new Window(page);
  }

  async close(): Promise<void> {
    await this.browser.close();
    const ended = once(this.server, "exit");
    end(this.server);
    await ended;
    // What the server started may still write while it ends.
    fs.rmSync(this.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}

/** A window, as one sees and uses it. */
export class Window {
  readonly status: Locator;
  readonly language: Locator;
  readonly problems: Locator;
  readonly answers: Locator;
  readonly terminal: Locator;

  constructor(readonly page: Page) {
    this.status = page.locator(".statusbar-item", { hasText: /^\s*modwsgi-fix/ });
    this.language = page.locator("[id='status.editor.mode']");
    this.problems = page.locator(".markers-panel .monaco-list-row");
    this.answers = page.locator(".pane", { hasText: /^modwsgi-fix/i }).locator(".monaco-list-row");
    this.terminal = page.locator(".terminal-wrapper.active .xterm-rows");
  }

  /** A word of the text. */
  word(text: string): Locator {
    return this.page.locator(".view-line").getByText(text).first();
  }

  /** Open a file by its name, and wait until the server has said something of it. */
  async file(name: string): Promise<void> {
    await this.pick("Control+p", name, name);
    await this.page.locator(".tab.active", { hasText: path.basename(name) }).waitFor();
    await this.page.locator(".codelens-decoration").first().waitFor();
  }

  /** Run a command by its title. */
  async command(title: string): Promise<void> {
    await this.pick("F1", `>${title}`, title);
  }

  /** Answer the question that is asked at the top. */
  async answer(question: string, typed: string): Promise<void> {
    await this.page.locator(".quick-input-message", { hasText: question }).waitFor();
    await this.page.locator(".quick-input-widget input[type=text]").fill(typed);
    await this.page.keyboard.press("Enter");
  }

  /** Put the cursor into a line, behind its indentation; lines and columns count from 1. */
  async line(line: number, column: number): Promise<void> {
    await this.pick("Control+g", `:${String(line)}:${String(column)}`, "");
  }

  /** Choose an entry of the menu of quick fixes at the cursor. */
  async quickFix(title: string): Promise<void> {
    await this.page.keyboard.press("Control+.");
    // The menu takes no click in its first moments.
    const chosen = this.page.locator(".action-widget .monaco-list-row.focused");
    await this.page.locator(".action-widget .monaco-list-row", { hasText: title }).waitFor();
    while (!(await chosen.textContent())?.includes(title)) {
      await this.page.keyboard.press("ArrowDown");
    }
    await this.page.keyboard.press("Enter");
  }

  /** What the lines on the screen say. */
  async text(): Promise<string> {
    const lines = await this.page.locator(".editor-instance .view-line").evaluateAll((elements) =>
      elements
        .map((element) => ({ top: element.getBoundingClientRect().top, text: element.textContent }))
        .sort((one, other) => one.top - other.top)
        .map(({ text }) => text),
    );
    return lines.map((line) => line.replaceAll("\u00a0", " ")).join("\n");
  }

  private async pick(key: string, typed: string, label: string): Promise<void> {
    await this.page.keyboard.press(key);
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await input.waitFor();
    await input.fill(typed);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: path.basename(label) }).first().waitFor();
    await this.page.keyboard.press("Enter");
  }
}

/** Write a file with the directories above it. */
export function write(directory: string, name: string, text: string): void {
  const file = path.join(directory, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** Wait until a value is as it should be; where it never is, say what it is. */
export async function until<T>(value: () => Promise<T> | T, is: (value: T) => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const now = await value();
    if (is(now)) {
      return;
    }
    if (Date.now() > deadline) {
      throw new Error(`it stays ${JSON.stringify(now)}`);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function listening(server: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((done, failed) => {
    server.once("exit", () => {
      failed(new Error(`code-server ended: ${said}`));
    });
    server.stdout?.on("data", (data: Buffer) => {
      said += data.toString();
      const address = /HTTP server listening on (\S+?)\/?\s/.exec(said)?.[1];
      if (address) {
        done(address);
      }
    });
  });
}

function end(server: ChildProcess): void {
  if (server.pid !== undefined && server.exitCode === null) {
    process.kill(-server.pid);
  }
}
