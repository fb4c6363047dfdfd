import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { loadWASM, OnigScanner, OnigString } from "vscode-oniguruma";
import { type IGrammar, INITIAL, parseRawGrammar, Registry } from "vscode-textmate";

const TOP = path.resolve(__dirname, "../..");
const FILE = path.join(TOP, "syntaxes/apacheconf.tmLanguage.json");
let grammar: IGrammar;

before(async () => {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new OnigScanner(patterns),
      createOnigString: (text) => new OnigString(text),
    }),
    loadGrammar: () => Promise.resolve(parseRawGrammar(readFileSync(FILE, "utf8"), FILE)),
  });
  const loaded = await registry.loadGrammar("source.apacheconf");
  assert.ok(loaded);
  grammar = loaded;
});

/** The words of a text that have a scope of their own, with the innermost one. */
function colours(text: string): string[] {
  let stack = INITIAL;
  const found: string[] = [];
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    for (const token of tokens) {
      const scope = (token.scopes.at(-1) ?? "").replace(".apacheconf", "");
      const word = line.slice(token.startIndex, token.endIndex).trim();
      if (word && scope !== "source") {
        found.push(`${word} ${scope}`);
      }
    }
  }
  return found;
}

test("sections and directives have their names", () => {
  assert.deepEqual(colours("<VirtualHost *:80>\n  ServerName a\n</VirtualHost>"), [
    "< punctuation.definition.tag", "VirtualHost entity.name.tag", "> punctuation.definition.tag",
    "ServerName support.function",
    "</ punctuation.definition.tag", "VirtualHost entity.name.tag", "> punctuation.definition.tag",
  ]);
});

test("options, numbers, variables and strings", () => {
  assert.deepEqual(colours('WSGIDaemonProcess ${NAME} threads=15 display-name="a %{GROUP}" python-path=/srv'), [
    "WSGIDaemonProcess support.function",
    "${NAME} variable.other",
    "threads variable.parameter", "= keyword.operator", "15 constant.numeric",
    "display-name variable.parameter", "= keyword.operator",
    '" string.quoted.double', "a string.quoted.double", "%{GROUP} variable.other", '" string.quoted.double',
    "python-path variable.parameter", "= keyword.operator",
  ]);
});

test("a comment is one only at the beginning of a line, and goes on after a backslash", () => {
  assert.deepEqual(colours("# one \\\ntwo\nRequire all granted # three"), [
    "# comment.line.number-sign", "one \\ comment.line.number-sign", "two comment.line.number-sign",
    "Require support.function", "all constant.language", "granted constant.language",
  ]);
});

test("a directive goes on after a backslash", () => {
  assert.deepEqual(colours("WSGIDaemonProcess a \\\n  threads=15\nListen 80"), [
    "WSGIDaemonProcess support.function", "\\ constant.character.escape",
    "threads variable.parameter", "= keyword.operator", "15 constant.numeric",
    "Listen support.function", "80 constant.numeric",
  ]);
});
