// Sends the text of the page to the worker whenever it was changed, and shows what comes back.
const element = name => document.getElementById(`try-${name}`);
const fields = ["text", "kind", "level"].map(element);
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
let number = 0, isReady = false, isBusy = false, waiting = null;

const state = words => { element("state").textContent = words; };

// Only the newest text is asked about; one question at a time.
function ask() {
  const [text, kind, level] = fields.map(field => field.value);
  waiting = { number: ++number, text, kind, level };
  send();
}

function send() {
  if (!isReady || isBusy || !waiting) return;
  isBusy = true;
  state("Checking …");
  worker.postMessage(waiting);
  waiting = null;
}

function coloured(text) {
  return text.split("\n").map(line => {
    const made = document.createElement("span");
    made.textContent = `${line}\n`;
    if (/^[+-]/.test(line)) made.className = line[0] === "+" ? "try-in" : "try-out";
    return made;
  });
}

worker.onmessage = ({ data }) => {
  if (data.ready) isReady = true;
  else isBusy = false;
  if (data.failed) state(`This is a bug in modwsgi-fix, or the page did not load: ${data.failed}`);
  else if (!data.ready && data.number === number) {
    state("Checked.");
    element("told").textContent = data.told;
    element("diff").replaceChildren(...coloured(data.diff || "Nothing is changed at this level.\n"));
    element("about").textContent = data.about;
    element("about").hidden = !data.about;
  }
  send();
};
worker.onerror = event => state(`Python did not start: ${event.message || "this browser has no module workers"}`);

let pause;
for (const field of fields) field.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(ask, 300); });
ask();
