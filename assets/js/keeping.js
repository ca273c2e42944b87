// Nothing typed is lost: a form with data-keep="name" keeps its words in this browser until a page
// comes back from the server that holds the same words.
const WAIT = 400;
const OLDEST = 14 * 24 * 3600 * 1000;

/** Watch the forms under root that want to be kept. */
export function keepForms(root) {
  for (const form of root.querySelectorAll("form[data-keep]")) {
    if (!form.dataset.kept) keep(form);
  }
}

function keep(form) {
  form.dataset.kept = "1";
  const name = `kept:${location.pathname}:${form.dataset.keep}`;
  offer(form, name);
  let timer;
  const store = (sent) => write(name, { at: Date.now(), sent, values: values(form) });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => store(false), WAIT);
  });
  // A form that saves itself says so once the server has everything.
  form.addEventListener("kept:safe", () => {
    clearTimeout(timer);
    remove(name);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    store(true);
  });
}

function offer(form, name) {
  const found = read(name);
  if (!found) return;
  const same = JSON.stringify(tidy(found.values)) === JSON.stringify(tidy(values(form)));
  if (same || Date.now() - found.at > OLDEST) {
    remove(name);
    return;
  }
  const server = values(form);
  const { wordsRestored, wordsUnsaved, wordsRestore, wordsDiscard } = document.body.dataset;
  const note = document.createElement("div");
  note.className = "kept";
  note.setAttribute("role", "status");
  const say = document.createElement("span");
  note.append(say);
  const button = (text, run) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", run);
    note.append(made);
    return made;
  };
  const discard = () => {
    fill(form, server);
    remove(name);
    note.remove();
  };
  const restore = () => {
    fill(form, found.values);
    say.textContent = wordsRestored;
    note.querySelectorAll("button").forEach((each) => each.remove());
    button(wordsDiscard, discard);
  };
  form.prepend(note);
  if (found.sent) {
    // It was sent; perhaps the server has it in other words. Let the person decide.
    say.textContent = wordsUnsaved;
    button(wordsRestore, restore);
    button(wordsDiscard, discard);
  } else restore();
}

function values(form) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.name === "csrf_token" || /^(file|password|submit|button|hidden)$/.test(field.type)) continue;
    if (/^(checkbox|radio)$/.test(field.type)) found[`${field.name}=${field.value}`] = field.checked;
    else if (field.multiple) found[field.name] = [...field.selectedOptions].map((option) => option.value);
    else found[field.name] = field.value;
  }
  return found;
}

function fill(form, kept) {
  for (const field of form.elements) {
    const isTick = /^(checkbox|radio)$/.test(field.type);
    const value = kept[isTick ? `${field.name}=${field.value}` : field.name];
    if (value === undefined) continue;
    if (isTick) field.checked = value;
    else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
  }
}

const tidy = (kept) =>
  Object.entries(kept).map(([key, value]) => [key, typeof value === "string" ? value.replace(/\s+/g, " ").trim() : value]);

// A browser may refuse storage (private window, full disk); then nothing is kept, and nothing breaks.
function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    /* see above */
  }
}

function remove(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    /* see above */
  }
}
