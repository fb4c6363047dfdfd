/** The extension: it starts the language server, and shows what the server says. */

import * as fs from "node:fs";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, State } from "vscode-languageclient/node";

import { answerOf, type Line, status, treeOf, urlFault } from "./answers";
import { fixLevel, type Get, serverSettings, text } from "./settings";
import { choosing, findTool, missing, serverOf, type Tool } from "./tool";

const SELECTOR = [
  { scheme: "file", language: "apacheconf" },
  { scheme: "file", language: "python", pattern: "**/*.wsgi" },
];

/** The extension's state while it is active. */
class Extension {
  readonly log = vscode.window.createOutputChannel("modwsgi-fix", { log: true });
  readonly bar = vscode.window.createStatusBarItem("modwsgi-fix", vscode.StatusBarAlignment.Left);
  readonly answers = new Answers();
  client: LanguageClient | undefined;
  tool: Tool | undefined;

  get: Get = (name) => vscode.workspace.getConfiguration("modwsgi-fix").get<unknown>(name);

  async start(): Promise<void> {
    this.bar.command = "modwsgi-fix.log";
    this.tool = findTool(
      {
        path: text(this.get("path")),
        folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
        isTrusted: vscode.workspace.isTrusted,
      },
      { isWindows: process.platform === "win32", env: process.env, isProgram },
    );
    if (!this.tool) {
      this.log.warn(missing());
      this.say("modwsgi-fix $(warning)", missing());
      return;
    }
    this.log.info(`found in ${this.tool.from}`);
    const options: LanguageClientOptions = {
      documentSelector: SELECTOR,
      initializationOptions: serverSettings(this.get),
      outputChannel: this.log,
      middleware: {
        // A lens runs a command of the server, too, so its answer is shown here and not where the extension asks.
        executeCommand: async (command, words, next) => this.shown(await next(command, words)),
        // The server would show the same answer as a document, above the file that was asked about.
        window: { showDocument: () => Promise.resolve({ success: false }) },
      },
    };
    const program = { command: this.tool.command, args: [...this.tool.args, "server"] };
    this.client = new LanguageClient("modwsgi-fix", "modwsgi-fix", program, options);
    this.client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        this.count();
      } else {
        this.say(newState === State.Starting ? "modwsgi-fix $(sync~spin)" : "modwsgi-fix $(warning)", "not running");
      }
    });
    try {
      await this.client.start();
    } catch (error) {
      this.say("modwsgi-fix $(error)", `${this.tool.command} does not start: ${String(error)}`);
    }
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async configured(change: vscode.ConfigurationChangeEvent): Promise<void> {
    if (change.affectsConfiguration("modwsgi-fix.path")) {
      await this.restart();
    } else if (change.affectsConfiguration("modwsgi-fix")) {
      const settings = { "modwsgi-fix": serverSettings(this.get) };
      await this.client?.sendNotification("workspace/didChangeConfiguration", { settings });
    }
  }

  /** Show in the status bar how many findings there are. */
  count(): void {
    const found = vscode.languages
      .getDiagnostics()
      .flatMap(([, diagnostics]) => diagnostics.filter((one) => one.source === "modwsgi-fix"));
    const errors = found.filter((one) => one.severity === vscode.DiagnosticSeverity.Error).length;
    this.say(status(errors, found.length - errors), this.tool?.from ?? "");
  }

  async trace(): Promise<void> {
    const uri = this.uri();
    const url = uri && (await vscode.window.showInputBox({ prompt: "What answers this URL?", validateInput: urlFault }));
    if (uri && url) {
      await this.ask("modwsgi-fix.trace", uri.toString(), url);
    }
  }

  async exposed(): Promise<void> {
    const uri = this.uri();
    if (uri) {
      await this.ask("modwsgi-fix.exposed", uri.toString());
    }
  }

  /** Choose what to change, hunk by hunk, in a terminal. */
  async choose(): Promise<void> {
    const uri = this.uri();
    if (!uri || !this.tool) {
      return;
    }
    await vscode.window.activeTextEditor?.document.save();
    const target = serverOf(uri.fsPath, (file) => fs.existsSync(file));
    const [program = "", ...args] = choosing(this.tool, fixLevel(this.get), text(this.get("root")), target);
    const terminal = vscode.window.createTerminal({ name: "modwsgi-fix", shellPath: program, shellArgs: args });
    terminal.show();
  }

  private async ask(command: string, ...words: string[]): Promise<void> {
    await vscode.commands.executeCommand(command, ...words);
  }

  /** Show the answer of a command in the view, and return it. */
  private async shown(answer: unknown): Promise<unknown> {
    const written = answerOf(answer);
    if (written !== undefined) {
      this.answers.show(treeOf(written));
      await vscode.commands.executeCommand("modwsgi-fix.answers.focus");
    }
    return answer;
  }

  private uri(): vscode.Uri | undefined {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId === "apacheconf" && this.client?.isRunning()) {
      return document.uri;
    }
    void vscode.window.showInformationMessage(
      this.tool ? "Open a file of an Apache configuration first." : missing(),
    );
    return undefined;
  }

  private say(shown: string, tip: string): void {
    this.bar.text = shown;
    this.bar.tooltip = tip;
    this.bar.show();
  }
}

/** The tree view with the last answer. */
class Answers implements vscode.TreeDataProvider<Line> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private lines: Line[] = [];

  show(lines: Line[]): void {
    this.lines = lines;
    this.changed.fire(undefined);
  }

  getChildren(line?: Line): Line[] {
    return line ? line.below : this.lines;
  }

  getTreeItem(line: Line): vscode.TreeItem {
    const { Expanded, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(line.text, line.below.length ? Expanded : None);
    item.tooltip = line.text;
    if (line.place) {
      const start = new vscode.Position(line.place.line - 1, 0);
      item.description = `${vscode.workspace.asRelativePath(line.place.file)}:${String(line.place.line)}`;
      item.command = {
        command: "vscode.open",
        title: "Open",
        arguments: [vscode.Uri.file(line.place.file), { selection: new vscode.Range(start, start) }],
      };
    }
    return item;
  }
}

let extension: Extension | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const made = new Extension();
  extension = made;
  const commands: Record<string, () => unknown> = {
    "modwsgi-fix.askTrace": () => made.trace(),
    "modwsgi-fix.askExposed": () => made.exposed(),
    "modwsgi-fix.choose": () => made.choose(),
    "modwsgi-fix.restart": () => made.restart(),
    "modwsgi-fix.log": () => {
      made.log.show();
    },
  };
  context.subscriptions.push(
    made.log,
    made.bar,
    vscode.window.registerTreeDataProvider("modwsgi-fix.answers", made.answers),
    vscode.languages.onDidChangeDiagnostics(() => {
      if (made.client?.isRunning()) {
        made.count();
      }
    }),
    vscode.workspace.onDidChangeConfiguration((change) => made.configured(change)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => made.restart()),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
  );
  await made.start();
}

export async function deactivate(): Promise<void> {
  await extension?.stop();
  extension = undefined;
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
