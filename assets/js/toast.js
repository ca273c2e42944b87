// A short word at the foot of the page, read aloud, gone after a while.

/** Show a message. */
export function toast(text, { action, run, seconds = 6 } = {}) {
  const place = document.getElementById("toasts");
  if (!place || !text) return;
  const note = document.createElement("div");
  note.className = "toast";
  note.append(document.createTextNode(text));
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action;
    button.addEventListener("click", () => {
      note.remove();
      run();
    });
    note.append(button);
  }
  place.append(note);
  setTimeout(() => note.remove(), seconds * 1000);
}
