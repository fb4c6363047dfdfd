import assert from "node:assert/strict";
import { test } from "node:test";

import { answerOf, type Line, status, treeOf, urlFault } from "../src/answers";

const TRACE = `\
http://example.com/db.py
  200 file served: /srv/db.py
    host         <VirtualHost *:80> (example.com): ServerName is example.com  [/etc/apache2/sites-enabled/a b.conf:3]
    handler      /srv/db.py is sent as it is

http://example.com/
  - otherwise: 404 not found
`;

function texts(lines: Line[]): unknown[] {
  return lines.map((line) => [line.text, texts(line.below)]);
}

test("a trace is a tree by its indentation", () => {
  assert.deepEqual(texts(treeOf(TRACE)), [
    ["http://example.com/db.py", [["200 file served: /srv/db.py", [
      ["host         <VirtualHost *:80> (example.com): ServerName is example.com", []],
      ["handler      /srv/db.py is sent as it is", []],
    ]]]],
    ["http://example.com/", [["- otherwise: 404 not found", []]]],
  ]);
});

test("a line leads to the place that it names", () => {
  const [first] = treeOf(TRACE);
  const steps = first?.below[0]?.below ?? [];
  assert.deepEqual(steps.map((step) => step.place), [{ file: "/etc/apache2/sites-enabled/a b.conf", line: 3 }, undefined]);
});

test("the status bar counts errors and the rest", () => {
  assert.equal(status(0, 0), "modwsgi-fix $(check)");
  assert.equal(status(1, 2), "modwsgi-fix $(error) 1 $(warning) 2");
});

test("a URL has a scheme and a host, or is a path", () => {
  for (const url of ["https://example.com", "http://a/b?c", "/shop/"]) {
    assert.equal(urlFault(url), undefined, url);
  }
  for (const url of ["", "example.com", "ftp://a/", "/a b"]) {
    assert.ok(urlFault(url), url);
  }
});

test("the answer of a command is its text", () => {
  assert.equal(answerOf({ title: "exposed", text: "nothing\n", uri: null }), "nothing\n");
  for (const none of [null, undefined, "text", {}, { text: 1 }]) {
    assert.equal(answerOf(none), undefined);
  }
});
