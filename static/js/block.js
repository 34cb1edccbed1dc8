// <tilflytter-block municipality="al" show="activities" language="nb" count="5">…</tilflytter-block>
// On other people's pages: no cookie, no markup made of text, no style attribute, nobody asked but our own API.
// What stands inside the element is shown until there is an answer, and if there is none.
(() => {
  const home = new URL(document.currentScript.src).origin;
  const WORDS = {
    nb: {
      activities: "Det skjer", topics: "For deg som flytter hit", homes: "Boliger", jobs: "Ledige stillinger",
      month: "i måneden", more: "Se alt hos kommunen",
    },
    nn: {
      activities: "Det skjer", topics: "For deg som flyttar hit", homes: "Bustader", jobs: "Ledige stillingar",
      month: "i månaden", more: "Sjå alt hos kommunen",
    },
    en: {
      activities: "What's on", topics: "For those who move here", homes: "Homes", jobs: "Vacancies",
      month: "a month", more: "See it all on the municipality's page",
    },
  };
  const KINDS = ["activities", "topics", "homes", "jobs"];
  const MOST = 20;
  const SHEET = `
    :host { display: block; font: inherit; color: inherit; }
    h2 { margin: 0 0 .5em; font-size: 1.25em; line-height: 1.3; }
    ul { margin: 0 0 .75em; padding: 0; list-style: none; }
    li { padding: .6em 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
    a { color: inherit; text-decoration: underline; text-underline-offset: .2em; }
    a:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
    time, .where { display: block; font-size: .9em; }
  `;

  const element = (name, text, more = {}) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    Object.assign(made, more);
    return made;
  };

  class Block extends HTMLElement {
    static observedAttributes = ["municipality", "show", "language", "count"];

    connectedCallback() {
      if (!this.shadowRoot) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(SHEET);
        this.attachShadow({ mode: "open" }).append(document.createElement("slot"));
        this.shadowRoot.adoptedStyleSheets = [sheet];
      }
      this.show();
    }

    attributeChangedCallback() {
      if (this.shadowRoot && this.isConnected) this.show();
    }

    get language() {
      const asked = (this.getAttribute("language") || this.closest("[lang]")?.lang || "nb").slice(0, 2);
      return asked in WORDS ? asked : "nb";
    }

    // The reader's language, then the other written form of Norwegian, then whatever there is.
    text(texts) {
      const sister = { nb: "nn", nn: "nb" }[this.language];
      const order = [this.language, sister, "en", "nb", "nn"];
      return order.map((code) => texts.find((text) => text.language === code)).find(Boolean) ?? texts[0];
    }

    async show() {
      const slug = encodeURIComponent(this.getAttribute("municipality") ?? "");
      const asked = this.getAttribute("show");
      const kind = KINDS.includes(asked) ? asked : KINDS[0];
      const count = Math.min(Math.max(Number.parseInt(this.getAttribute("count") ?? "5", 10) || 5, 1), MOST);
      const turn = (this.turn = (this.turn ?? 0) + 1);
      try {
        const path = `${home}/api/v1/municipalities/${slug}/${kind}?size=${count}`;
        const answer = await fetch(path, { credentials: "omit", referrerPolicy: "no-referrer" });
        if (!answer.ok) throw new Error(answer.status);
        const { results } = await answer.json();
        // A vacancy is in one language.
        for (const each of results) each.texts ??= [{ language: each.language, title: each.title }];
        const told = results.filter((each) => each.texts.length > 0);
        if (turn === this.turn) this.draw(kind, slug, told);
      } catch {
        if (turn === this.turn) this.shadowRoot.replaceChildren(document.createElement("slot"));
      }
    }

    draw(kind, slug, told) {
      const { language } = this;
      const words = WORDS[language];
      const section = element("section", "", { lang: language });
      const heading = element("h2", words[kind], { id: "name" });
      const list = element("ul");
      list.setAttribute("role", "list"); // Safari takes the role away with the marks.
      section.setAttribute("aria-labelledby", heading.id);
      for (const each of told) {
        const text = this.text(each.texts);
        const line = element("li");
        const link = element("a", text.title, { href: each.url.replace(/\/nb\//, `/${language}/`) });
        if (text.language !== language) link.lang = text.language;
        line.append(link);
        if (kind === "activities") {
          const options = { weekday: "long", day: "numeric", month: "long", timeZone: "Europe/Oslo" };
          if (!each.all_day) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
          const when = new Date(each.starts_at).toLocaleString(language === "en" ? "en-GB" : language, options);
          line.append(element("time", when, { dateTime: each.starts_at }));
          if (each.place) line.append(element("span", each.place, { className: "where" }));
        }
        if (kind === "homes" && each.price !== null) {
          const price = `${each.price.toLocaleString("nb")} kr`;
          line.append(element("span", each.offer === "rent" ? `${price} ${words.month}` : price, { className: "where" }));
        }
        if (kind === "jobs") line.append(element("span", each.employer_name, { className: "where" }));
        list.append(line);
      }
      const more = element("a", words.more, { href: `${home}/${language}/${slug}/${kind === "topics" ? "" : `${kind}/`}` });
      const last = element("p");
      last.append(more);
      section.append(heading, list, last);
      this.shadowRoot.replaceChildren(section);
    }
  }

  if (!customElements.get("tilflytter-block")) customElements.define("tilflytter-block", Block);
})();
