// A [data-clip] link opens a few seconds of sound; with a script they are heard where one is.

/** Play a clip in its place: a second press stops it, another clip takes over. */
export function hearClips() {
  const audio = new Audio();
  let playing = null;
  const stop = () => {
    playing?.classList.remove("is-playing");
    playing = null;
  };
  audio.addEventListener("ended", stop);
  audio.addEventListener("pause", stop);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-clip]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const again = link === playing;
    audio.pause();
    stop();
    if (again) return;
    audio.src = link.href;
    playing = link;
    link.classList.add("is-playing");
    // A sound that is not there any more: its own address says why.
    audio.play().catch((fault) => {
      if (fault.name !== "AbortError") location.assign(link.href);
    });
  });
}
