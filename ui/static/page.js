// What the page needs from the browser: opening a record from any button that names it, copying an
// answer, announcing a finished one, the page's language and theme. Nothing here leaves the page.

const announced = new Set();

function liveRegion() {
  let region = document.getElementById("okr-live");
  if (!region) {
    region = document.createElement("div");
    region.id = "okr-live";
    region.className = "okr-hidden";
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    document.body.appendChild(region);
  }
  return region;
}

function announce() {
  for (const said of document.querySelectorAll("[data-announce]")) {
    const turn = said.dataset.announce;
    if (announced.has(turn)) continue;
    announced.add(turn);
    // Emptied first, so that the same answer given twice is spoken twice.
    const region = liveRegion();
    region.textContent = "";
    const text = said.innerText.slice(0, 1200);
    setTimeout(() => { region.textContent = text; }, 60);
  }
}

async function copy(button, copied) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  const text = source.innerText;
  try {
    await navigator.clipboard.writeText(text);
  } catch (refused) {
    // Without a secure address the clipboard is closed to scripts; the selection way still works.
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "okr-hidden";
    document.body.appendChild(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const before = button.dataset.label || button.textContent;
  button.dataset.label = before;
  button.textContent = copied;
  liveRegion().textContent = copied;
  setTimeout(() => { button.textContent = before; }, 1800);
}

let state = { send: null, copied: "Copied" };
let listening = false;

function listen() {
  if (listening) return;
  listening = true;
  document.addEventListener("click", (event) => {
    const from = event.target instanceof Element ? event.target : null;
    if (!from) return;
    const opener = from.closest("[data-open]");
    if (opener && state.send) {
      event.preventDefault();
      state.send(opener.dataset.open);
      return;
    }
    const copier = from.closest("[data-copy]");
    if (copier) copy(copier, state.copied);
  });
  new MutationObserver(announce).observe(document.body, { childList: true, subtree: true });
}

export default function (component) {
  const { data, setTriggerValue } = component;
  state = { send: (id) => setTriggerValue("open", id), copied: data.copied };
  document.documentElement.lang = data.language;
  if (data.theme) document.documentElement.dataset.theme = data.theme;
  liveRegion();
  listen();
  announce();
}
