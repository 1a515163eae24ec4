// The search field: what is typed goes to the server after a breath, the arrows walk through what was
// found, Enter opens it. The list itself is drawn by the page, below the field.

const BREATH = 120;

function listOf(field) {
  const around = field.closest('[class*="st-key-okr_finder"]');
  return around && around.querySelector(".okr-hits");
}

function hitsOf(field) {
  const list = listOf(field);
  return list ? [...list.querySelectorAll("[data-go]")] : [];
}

function choose(field, number) {
  const hits = hitsOf(field);
  hits.forEach((hit, place) => hit.setAttribute("aria-selected", String(place === number)));
  const chosen = hits[number];
  field.setAttribute("aria-expanded", String(hits.length > 0));
  const list = listOf(field);
  if (list) field.setAttribute("aria-controls", list.id);
  if (!chosen) { field.removeAttribute("aria-activedescendant"); return; }
  field.setAttribute("aria-activedescendant", chosen.id);
  if (number > 0 || chosen.dataset.walked) chosen.scrollIntoView({ block: "nearest" });
}

function chosenOf(field) {
  return hitsOf(field).findIndex((hit) => hit.getAttribute("aria-selected") === "true");
}

function made(parent, data) {
  const field = document.createElement("input");
  field.type = "search";
  field.className = "okr-search-field";
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-label", data.label);
  field.setAttribute("aria-expanded", "false");
  field.placeholder = data.placeholder;
  field.autocomplete = "off";
  field.spellcheck = false;
  field.maxLength = 200;
  field.value = data.text;
  const around = document.createElement("div");
  around.className = "okr-search-box";
  around.appendChild(field);
  parent.appendChild(around);
  return field;
}

export default function (component) {
  const { data, parentElement: parent, setStateValue, setTriggerValue } = component;
  let field = parent.querySelector("input");
  if (field) {
    field.okrTell = { setStateValue, setTriggerValue };
    return;
  }
  field = made(parent, data);
  field.okrTell = { setStateValue, setTriggerValue };
  let told = data.text;
  let waiting = null;
  // Enter was pressed before what was typed had been looked up.
  let hurried = false;

  const tell = () => {
    clearTimeout(waiting);
    waiting = null;
    if (field.value === told) return;
    told = field.value;
    if (data.address) {
      const address = new URL(window.location.href);
      if (told.trim()) address.searchParams.set("q", told); else address.searchParams.delete("q");
      window.history.replaceState(window.history.state, "", address);
    }
    field.okrTell.setStateValue("typed", told);
  };
  const go = (hit) => field.okrTell.setTriggerValue("go", hit.dataset.go);
  const fresh = () => { const list = listOf(field); return list && list.dataset.typed === field.value.trim(); };

  field.addEventListener("input", () => {
    hurried = false;
    clearTimeout(waiting);
    waiting = setTimeout(tell, BREATH);
  });
  field.addEventListener("keydown", (event) => {
    const hits = hitsOf(field);
    const at = chosenOf(field);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!hits.length) return;
      const next = event.key === "ArrowDown" ? at + 1 : at - 1;
      choose(field, (next + hits.length) % hits.length);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (fresh()) { if (hits[Math.max(at, 0)]) go(hits[Math.max(at, 0)]); } else { hurried = true; tell(); }
    }
  });
  const pressed = (event) => {
    const hit = event.target instanceof Element ? event.target.closest(".okr-hits [data-go]") : null;
    if (!hit || !field.isConnected || !hitsOf(field).includes(hit)) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(hit);
  };
  document.addEventListener("click", pressed);
  const drawn = new MutationObserver(() => {
    const list = listOf(field);
    if (!list || list.dataset.shown) return;
    list.dataset.shown = "1";
    choose(field, 0);
    if (hurried && fresh()) {
      hurried = false;
      const first = hitsOf(field)[0];
      if (first) go(first);
    }
  });
  drawn.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-typed"] });
  choose(field, 0);
  if (data.focus) setTimeout(() => field.focus(), 0);

  return () => {
    clearTimeout(waiting);
    drawn.disconnect();
    document.removeEventListener("click", pressed);
  };
}
