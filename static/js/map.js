// The list says all that the map says. The library and the tiles are fetched once somebody asks for the map.
const sheet = document.querySelector("[data-map]");
if (sheet) {
  const show = sheet.querySelector(".sheet__show");
  const place = sheet.querySelector(".sheet__map");
  const note = sheet.querySelector(".sheet__note");
  show.hidden = note.hidden = false;
  show.addEventListener("click", async () => {
    show.disabled = true;
    try {
      await draw(place, JSON.parse(document.getElementById("points").textContent));
      show.remove();
    } catch {
      place.hidden = true;
      note.textContent = sheet.dataset.failed;
      note.setAttribute("role", "status");
    }
  });
}

// The library tries two drawings to learn what the browser can, and empties what it makes. Nothing else becomes markup.
const HARMLESS = new Set(["", "<svg/>", '<v:shape adj="1"/>']);

async function draw(place, points) {
  window.trustedTypes?.createPolicy("default", { createHTML: (markup) => (HARMLESS.has(markup) ? markup : null) });
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: sheet.dataset.style });
  await new Promise((done, failed) => {
    style.onload = done;
    style.onerror = failed;
    document.head.append(style);
  });
  const library = await import(new URL(sheet.dataset.library, document.baseURI));
  place.hidden = false;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  // No control of the library's own: they write markup, and their words are English.
  const map = library.map(place, {
    attributionControl: false, zoomControl: false, zoomAnimation: !still, fadeAnimation: !still, scrollWheelZoom: false,
  });
  library.tileLayer("https://cache.kartverket.no/v1/wmts/1.0.0/topo/default/webmercator/{z}/{y}/{x}.png", {
    maxZoom: 18,
  }).addTo(map);
  for (const point of points) {
    const dot = document.createElement("a");
    dot.href = point.path;
    dot.className = "sheet__dot";
    if (point.tone) dot.dataset.tone = point.tone;
    dot.setAttribute("aria-label", [point.title, point.words].filter(Boolean).join(", "));
    const words = document.createElement("span");
    words.className = "sheet__words";
    words.textContent = [point.title, point.words].filter(Boolean).join("\n");
    dot.append(words);
    const icon = library.divIcon({ html: dot, className: "sheet__pin", iconSize: [28, 28] });
    library.marker(point.at, { icon, keyboard: false, interactive: false }).addTo(map);
  }
  const bounds = library.latLngBounds(points.map((point) => point.at));
  map.fitBounds(bounds, { padding: [48, 48], maxZoom: 14, animate: false });
  const buttons = document.createElement("div");
  buttons.className = "sheet__buttons";
  for (const [sign, words, act] of [["+", sheet.dataset.in, () => map.zoomIn()], ["−", sheet.dataset.out, () => map.zoomOut()]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", words);
    button.addEventListener("click", act);
    buttons.append(button);
  }
  sheet.insertBefore(buttons, place.nextSibling);
}
