// What every upload over the tus protocol keeps to: pieces, patience with the line, and what went wrong.
import { defaultOptions } from "tus-js-client";

const PIECE = 8 * 1024 * 1024;
const DELAYS = [500, 1000, 2000, 4000, 8000, 15000, 30000];

/** Options for one file; `metadata` says what it is for. */
export function options(file, endpoint, metadata) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  return {
    ...defaultOptions,
    endpoint,
    chunkSize: PIECE,
    retryDelays: DELAYS,
    removeFingerprintOnSuccess: true,
    headers: token ? { "X-CSRFToken": token } : {},
    metadata: { filename: file.name, filetype: file.type, ...metadata },
    // The same file for another place is another upload.
    fingerprint: async () =>
      ["tus", file.name, file.size, file.lastModified, endpoint, JSON.stringify(metadata)].join("-"),
  };
}

/** Tell whether the line is to blame, so that it is worth another try. */
export function isTheLine(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status === 0 || [409, 423, 429].includes(status) || (status >= 500 && status !== 507);
}

/** Read the sentence that the server gave; empty when it said nothing a person can read. */
export function sentence(error) {
  try {
    return JSON.parse(error.originalResponse?.getBody() ?? "").message ?? "";
  } catch {
    return "";
  }
}
