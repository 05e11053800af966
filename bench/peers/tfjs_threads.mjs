// TensorFlow.js has a WebAssembly module with threads and leaves it out in Node, where its workers do not find what they
// look for (tensorflow/tfjs#3830). This gives it to them, so that it runs here as it does in a browser.
// Written for the version that bench/package.json names.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const os = require("node:os");
const workerThreads = require("node:worker_threads");

/** Runs first in each worker: the script that it imports by a blob's name, and the names which that script expects. */
const prelude = `{
  const fs = require("node:fs");
  const read = fs.readFileSync;
  const script = 'var commonjsGlobal = globalThis, require$$0 = require("fs"), require$$1 = require("path"),' +
    'require$$3 = require("perf_hooks"), require$$4 = require("os");' + require("node:worker_threads").workerData;
  fs.readFileSync = (file, ...more) => (String(file).startsWith("blob:") ? script : read(file, ...more));
}
`;

/** Text of the blobs by their URLs: the workers' own script, and the module's. */
const texts = new Map();
let main = "";

/** Makes it possible for the wasm backend to use up to so many threads; call it before the backend is first initialised. */
export function lendThreads(threads) {
  // The module starts a thread for every second core.
  const [core] = os.cpus();
  os.cpus = () => Array.from({ length: 2 * threads }, () => core);
  globalThis.Blob = class extends Blob {
    constructor(parts, options) {
      super(parts, options);
      this.script = parts.join("");
      if (this.script.startsWith("var WasmBackendModule")) main = this.script;
    }
  };
  const { createObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    const url = createObjectURL.call(URL, blob);
    texts.set(url, blob.script);
    return url;
  };
  workerThreads.Worker = class extends workerThreads.Worker {
    constructor(url) {
      super(prelude + texts.get(url), { eval: true, workerData: main });
    }

    postMessage(message, transfer) {
      super.postMessage(message.urlOrBlob ? { ...message, urlOrBlob: "blob:main" } : message, transfer);
    }
  };
}
