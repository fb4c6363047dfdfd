// Finds the message in a line of a log by its fixed words, in their order, as modwsgi_fix.explain does. Nothing leaves the page.
const line = document.getElementById("find-line");

// Whether the fixed words stand in a text in this order; an empty word at the end takes the rest.
function holds(text, words) {
  let at = 0;
  for (const word of words) {
    const found = text.indexOf(word, at);
    if (found < 0) return false;
    at = found + word.length;
  }
  return true;
}

// The messages that a text holds: by httpd's number where it has one, else by words, or those that a piece of a message is from.
function found(messages, text) {
  const code = /\bAH\d{5}\b/i.exec(text);
  if (code) return messages.filter(([name]) => name === code[0].toLowerCase());
  const whole = messages.filter(([, , ...words]) => text.split("\n").some(one => holds(one, words)));
  if (whole.length) return whole;
  const piece = text.trim().toLowerCase();
  if (piece.length < 4) return [];
  return messages.filter(([, , ...words]) => words.some(word => word.toLowerCase().includes(piece)));
}

if (line) {
  const list = document.getElementById("found-messages");
  const item = (words, target) => {
    const made = document.createElement("li");
    const inner = target ? document.createElement("a") : made;
    if (target) {
      inner.href = target;
      made.append(inner);
    }
    inner.append(words);
    return made;
  };
  fetch("words.json").then(answer => answer.json()).then(messages => {
    const show = () => {
      const text = line.value;
      const some = found(messages, text).slice(0, 8).map(([name, words]) => item(words, `${name}.html`));
      const none = text.trim().length < 4 ? [] : [item("No message is known by these words. Try a piece of the line, or the search above.")];
      list.replaceChildren(...(some.length ? some : none));
    };
    line.addEventListener("input", show);
    show();
  });
}
