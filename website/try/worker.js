// Python and modwsgi-fix, beside the page and not in it, so that the page answers while they work.
import { loadPyodide } from "./pyodide.mjs";

const here = new URL(".", import.meta.url).href;
const bytes = async name => {
  const answer = await fetch(new URL(name, here));
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
  return new Uint8Array(await answer.arrayBuffer());
};

async function begun() {
  const python = await loadPyodide({ indexURL: here });
  python.FS.writeFile("/modwsgi-fix.pyz", await bytes("modwsgi-fix.pyz"));
  python.FS.writeFile("/asked.py", await bytes("asked.py"));
  python.runPython('import sys; sys.path[:0] = ["/", "/modwsgi-fix.pyz"]');
  return python.pyimport("asked").asked;
}

const ready = begun();
const failed = error => postMessage({ failed: String(error.message || error).trim().split("\n").pop() });
ready.then(() => postMessage({ ready: true }), failed);

onmessage = async ({ data }) => {
  try {
    const answer = (await ready)(data.text, data.kind, data.level);
    const [told, diff, about] = answer.toJs();
    answer.destroy();
    postMessage({ number: data.number, told, diff, about });
  } catch (error) {
    failed(error);
  }
};
