// Vietnamese without its diacritics, letter for letter, so that a place in the one is a place in the other.

/** Fold a text; `at[i]` is where the letter i of the folded text stands in the text. */
export function fold(text) {
  const at = [];
  let folded = "";
  for (let i = 0; i < text.length; i += 1) {
    const plain = text[i].replace(/[đĐ]/, "d").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    for (const letter of plain) {
      folded += letter;
      at.push(i);
    }
  }
  at.push(text.length);
  return { folded, at };
}

/** List where the words stand in a text, as [start, end], whatever their diacritics. */
export function places(text, words) {
  const wanted = fold(words).folded;
  const { folded, at } = fold(text);
  const found = [];
  if (!wanted) return found;
  for (let i = folded.indexOf(wanted); i >= 0; i = folded.indexOf(wanted, i + wanted.length)) {
    let end = at[i + wanted.length];
    while (end < text.length && /\p{M}/u.test(text[end])) end += 1;
    found.push([at[i], end]);
  }
  return found;
}
