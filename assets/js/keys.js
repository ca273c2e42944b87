// The keyboard everywhere: "/" searches, j and k walk through a list or the pages of a paper, Ctrl+Enter saves, "?" tells.

const isTyping = (target) =>
  target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.nodeName);

/** Listen for the keys that work on every page. */
export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    // In a form that is being written, Enter in its search field looks for something; it never saves.
    if (event.key === "Enter" && event.target.type === "search" && event.target.form?.method === "post") {
      event.preventDefault();
    }
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") go(event, document.querySelector("[data-search]"));
    if (event.key === "?") document.getElementById("keys")?.showModal();
    if (event.key === "j") go(event, neighbour(1));
    if (event.key === "k") go(event, neighbour(-1));
  });
}

function go(event, target) {
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: target.closest("[data-pages]") ? "start" : "nearest" });
}

function neighbour(step) {
  const links = [...document.querySelectorAll("[data-rows] .row-title[href], [data-pages] .paper-page-place")];
  const item = document.activeElement.closest?.("li");
  const at = item ? links.findIndex((link) => link.closest("li") === item) : -1;
  return links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))];
}
