// Sends one file with tus-js-client as a browser would, and says what its hash was.
const { createHash } = require("node:crypto");
const { createReadStream, readFileSync, statSync } = require("node:fs");
const { createRequire } = require("node:module");

const told = JSON.parse(readFileSync(0, "utf8"));
const { Upload } = createRequire(`${told.modules}/`)("tus-js-client");

const upload = new Upload(createReadStream(told.path), {
  endpoint: told.endpoint,
  headers: { ...told.headers, Connection: "close" },
  metadata: told.metadata,
  chunkSize: told.chunkSize,
  uploadSize: statSync(told.path).size,
  retryDelays: new Array(50).fill(20),
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess: () => {
    const sha256 = createHash("sha256").update(readFileSync(told.path)).digest("hex");
    console.log(JSON.stringify({ sha256 }));
    process.exit(0);
  },
});
upload.start();
