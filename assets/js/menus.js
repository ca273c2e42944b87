// Menus are <details>, windows are <dialog>: both work alone; here they only learn good manners.

/** Close menus on Escape and on a click elsewhere; open and close dialogs. */
export function openMenus() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
      dialog.querySelector("[autofocus], .dialog-body input:not([type=hidden]), .dialog-body textarea")?.focus();
    }
    if (event.target.nodeName === "DIALOG") event.target.close();
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target) || event.target.closest("[data-menu-close], [data-dialog]")) {
        menu.open = false;
      }
    }
  });
  // A menu that would leave the page on one side opens to the other.
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("details[data-menu]") || !menu.open) return;
    menu.dataset.side ??= menu.classList.contains("menu-left") ? "left" : "right";
    menu.classList.toggle("menu-left", menu.dataset.side === "left");
    const { left, right } = menu.querySelector(".menu-sheet").getBoundingClientRect();
    if (left < 0) menu.classList.add("menu-left");
    if (right > document.documentElement.clientWidth) menu.classList.remove("menu-left");
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
