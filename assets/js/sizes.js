// Numbers as the reader writes them.

/** Show a number with at most one digit after the comma. */
export const shown = (value) =>
  value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });

/** Show bytes as "2,4 MB". */
export function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let at = 0;
  while (value >= 1024 && at < 3) {
    value /= 1024;
    at += 1;
  }
  return `${shown(value)} ${units[at]}`;
}
