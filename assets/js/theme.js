// Light, dark, or as the machine has it; the server reads the cookie, so no page flashes.

/** Let the buttons with data-theme-choice choose. */
export function chooseTheme() {
  mark();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const theme = button.dataset.themeChoice;
    const age = theme ? 31536000 : 0;
    document.cookie = `theme=${theme}; path=/; max-age=${age}; SameSite=Lax`;
    if (theme) document.documentElement.dataset.bsTheme = theme;
    else delete document.documentElement.dataset.bsTheme;
    mark();
  });
}

function mark() {
  const now = document.documentElement.dataset.bsTheme ?? "";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now));
  }
}
