// Suggestions below the search box, as the pattern "editable combobox with list autocomplete" tells: focus stays in
// the box, arrows choose, Enter goes there, Escape closes. Without a choice Enter searches, as it does without this.
for (const box of document.querySelectorAll("[data-suggestions]")) {
  const input = box.querySelector("input");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let options = [];
  let chosen = -1;
  let asked = "";
  let timer = 0;
  let asking = null;

  list.id = `${input.id}_list`;
  list.className = "find__list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.listName);
  list.hidden = true;
  said.className = "ds-sr-only";
  said.setAttribute("role", "status");
  box.append(list, said);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    chosen = place;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    if (place < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", options[place].id);
    options[place].scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    options = found.map((each, at) => {
      const option = document.createElement("li");
      const title = document.createElement("span");
      const kind = document.createElement("span");
      option.id = `${list.id}_${at}`;
      option.className = "find__option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.path = each.path;
      title.textContent = each.title;
      if (each.language) {
        title.lang = each.language;
        title.dir = each.direction;
      }
      kind.className = "find__kind";
      kind.textContent = each.kind;
      option.append(title, " ", kind);
      return option;
    });
    list.replaceChildren(...options);
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(options.length > 0));
    const { none, one, many } = box.dataset;
    said.textContent = [none, one][options.length] ?? many.replace("#", options.length);
  };
  const ask = async () => {
    const query = input.value.trim();
    if (query === asked && !list.hidden) return;
    asked = query;
    asking?.abort();
    if (query.length < 2) {
      close();
      said.textContent = "";
      return;
    }
    asking = new AbortController();
    try {
      const address = `${box.dataset.suggestions}?${new URLSearchParams({ q: query })}`;
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) return;
      const { suggestions } = await answer.json();
      if (query === input.value.trim() && document.activeElement === input) show(suggestions);
    } catch {
      // No network, or a newer question: the search itself still works.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey) {
      if (list.hidden) {
        asked = "";
        ask();
      } else {
        const count = options.length;
        const next = event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? count - 1 : chosen - 1;
        choose(next >= count ? -1 : next);
      }
      event.preventDefault();
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      location.assign(options[chosen].dataset.path);
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.path);
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    close();
  });
}
