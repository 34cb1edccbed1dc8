// The letter's page works without this. With it: a merge field goes where the cursor was, blocks move without
// the page being sent, and the picture of the letter follows what is typed.
(() => {
  const form = document.querySelector(".letter-form");
  const pages = document.getElementById("letter-pages");
  if (!form || !pages) return;

  // --- merge fields ---
  let last = null;
  form.addEventListener("focusin", (event) => {
    if (event.target.matches(".letter-input input[type=text], trix-editor")) last = event.target;
  });
  const insert = (place, words) => {
    if (place.editor) {
      place.focus();
      place.editor.insertString(words);
    } else {
      place.setRangeText(words, place.selectionStart, place.selectionEnd, "end");
      place.focus();
    }
    show();
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-field]");
    if (!button) return;
    const block = button.closest(".letter-block");
    const open = block.querySelector(".letter-text[open] trix-editor") || block.querySelector("trix-editor");
    const place = last && block.contains(last) ? last : open;
    if (!place) return;
    place.closest("details").open = true;
    insert(place, `{${button.dataset.field}}`);
  });

  // --- order ---
  const number = () => {
    const blocks = [...form.querySelectorAll(".letter-block")];
    blocks.forEach((block, place) => {
      block.querySelector("input[name$='-order']").value = place + 1;
      block.querySelector("[data-move=up]").disabled = place === 0;
      block.querySelector("[data-move=down]").disabled = place === blocks.length - 1;
    });
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const block = button.closest(".letter-block");
    const up = button.dataset.move === "up";
    const other = up ? block.previousElementSibling : block.nextElementSibling;
    if (!other || !other.matches(".letter-block")) return;
    // The neighbour is moved, not the block: what has the focus keeps it.
    if (up) block.after(other);
    else block.before(other);
    number();
    if (button.disabled) block.querySelector("[data-move]:not(:disabled)").focus();
    show();
  });

  // --- the picture ---
  let touched = false;
  for (const kind of ["pointerdown", "keydown"]) form.addEventListener(kind, () => (touched = true), { once: true });
  let waiting = 0;
  let asked = 0;
  const ask = async () => {
    const mine = ++asked;
    pages.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
      const html = await answer.text();
      // Who typed on meanwhile has asked anew.
      if (mine === asked && answer.ok) pages.innerHTML = html;
    } finally {
      if (mine === asked) pages.removeAttribute("aria-busy");
    }
  };
  const show = () => {
    if (!touched) return;  // The editors say so too when they have only come up.
    clearTimeout(waiting);
    waiting = setTimeout(ask, 900);
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  form.addEventListener("trix-change", show);
  form.addEventListener("click", (event) => {
    if (!event.target.closest(".letter-chooser [name=try]")) return;
    event.preventDefault();
    ask();
  });

  document.getElementById("errors")?.focus();
})();
