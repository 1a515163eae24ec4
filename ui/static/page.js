// What the page needs from the browser: opening a record from any button that names it, following a link
// of the app in place, copying an answer, announcing a finished one, the page's language and theme. Nothing here leaves the page.

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

// A long answer is read from its beginning; the page has followed its end while it was being said, and
// jumps there again when something changes its height. Whoever scrolls or presses anything is left alone.
function showFromItsBeginning(id) {
  const until = Date.now() + 8000;
  const theirs = ["wheel", "touchstart", "keydown", "pointerdown"];
  const show = () => {
    // Looked up each time, because the page may draw the turn anew meanwhile.
    const said = document.querySelector(`[data-announce="${CSS.escape(id)}"]`);
    const turn = said && said.closest('[class*="st-key-okr_turn"]');
    if (!turn || Date.now() > until) return stop();
    turn.scrollIntoView({ block: "start" });
  };
  const stop = () => {
    clearInterval(early);
    document.removeEventListener("scroll", show, true);
    for (const name of theirs) window.removeEventListener(name, stop, true);
  };
  const early = setInterval(show, 60);
  setTimeout(() => clearInterval(early), 1600);
  document.addEventListener("scroll", show, true);
  for (const name of theirs) window.addEventListener(name, stop, { capture: true, passive: true });
  show();
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
    showFromItsBeginning(turn);
  }
}

async function copy(button, copied) {
  const text = button.dataset.copy;
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

let state = { send: null, stopped: null, search: null, copied: "Copied" };
let listening = false;
let pressed = null;
let told = false;

// A run that the stop button ended leaves its last step on the page as if it still went on.
function watchForStop() {
  const app = document.querySelector("[data-test-script-state]");
  const idle = app && app.dataset.testScriptState === "notRunning";
  const unfinished = document.querySelector("[data-live]");
  if (!unfinished) { told = false; return; }
  if (!idle || told) return;
  setTimeout(() => {
    const still = document.querySelector("[data-test-script-state]");
    if (told || !document.querySelector("[data-live]") || still.dataset.testScriptState !== "notRunning") return;
    told = true;
    state.stopped();
  }, 350);
}

// Change to an address of the app in place, as going back and forward does: the page is not loaded anew.
function follow(address) {
  window.history.pushState({}, "", new URL(address, window.location.href));
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

// The address of the tree with one branch unfolded or folded, or with all that stands below it.
function unfolded(branch) {
  const asked = new URLSearchParams(window.location.search);
  const tree = branch.closest("[data-unfolded]");
  const open = new Set(JSON.parse(tree ? tree.dataset.unfolded : "[]"));
  if (branch.dataset.all) {
    asked.append("all", branch.dataset.all);
    open.add(branch.dataset.all);
  } else if (!open.delete(branch.dataset.fold)) {
    open.add(branch.dataset.fold);
  }
  asked.delete("open");
  // An empty one says that all is folded, which is not the same as that nobody chose.
  for (const one of open.size ? open : [""]) asked.append("open", one);
  return `tree?${asked}`;
}

// The button that was pressed is drawn anew with the tree; whoever works by keyboard stays on it.
function keepFocus() {
  if (!pressed || (document.activeElement && document.activeElement !== document.body)) return;
  const again = document.querySelector(`[data-fold="${CSS.escape(pressed)}"]`);
  if (again) again.focus({ preventScroll: true });
}

// On a telephone the list of questions lies over the page; what was chosen is behind it.
function foldSideBar() {
  if (window.innerWidth >= 768) return;
  const close = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
  if (close) setTimeout(() => close.click(), 50);
}

// Where a form appears, or what it would save, the cursor is put there once, so that the keyboard goes on.
let focused = null;
let touched = false;
function focusWanted() {
  const app = document.querySelector("[data-test-script-state]");
  if (!app || app.dataset.testScriptState !== "notRunning") return;
  const marks = document.querySelectorAll("[data-focus]");
  const mark = marks[marks.length - 1];
  if (!mark) { focused = null; return; }
  // The page may draw the field anew before anybody has touched it.
  const settled = touched || document.activeElement !== document.body;
  if (mark.dataset.focus === focused && settled) return;
  const within = mark.closest('[class*="st-key-okr_check_in_"], [class*="st-key-okr_ed_clash"]');
  // A field whose script is still on its way is a grey bar.
  if (!within || within.querySelector('[data-testid="stSkeleton"]')) return;
  const wanted = mark.dataset.focus.startsWith("form-") ? "input, textarea" : "input, textarea, button";
  const fields = within.querySelectorAll(wanted);
  const field = [...fields].find((one) => mark.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (!field) return;
  if (mark.dataset.focus !== focused) touched = false;
  focused = mark.dataset.focus;
  field.focus();
}

// Streamlit shows the eye on which page one is; this says it to whoever listens. Home's own address is the empty one.
function sayWhere() {
  const last = (address) => address.split("?")[0].replace(/\/$/, "").split("/").pop();
  const here = last(window.location.pathname);
  // The other views of the board are behind its name in the bar.
  const within = document.querySelector(".st-key-okr_views") ? "board" : here;
  for (const link of document.querySelectorAll(":is(.st-key-okr_places, .st-key-okr_menu, .st-key-okr_bell, .st-key-okr_views, .st-key-okr_behind) a[href]")) {
    const place = last(link.getAttribute("href"));
    const said = place === here ? "page" : place === within && !link.closest(".st-key-okr_views") ? "true" : null;
    if (said === link.getAttribute("aria-current")) continue;
    if (said) link.setAttribute("aria-current", said); else link.removeAttribute("aria-current");
  }
}

function listen() {
  if (listening) return;
  listening = true;
  document.addEventListener("click", (event) => {
    pressed = null;
    const from = event.target instanceof Element ? event.target : null;
    if (!from) return;
    const opener = from.closest("[data-open]");
    if (opener && state.send) {
      event.preventDefault();
      if (from.closest(".okr-pinned")) foldSideBar();
      state.send(opener.dataset.open);
      return;
    }
    const branch = from.closest("[data-fold], [data-all]");
    if (branch) {
      event.preventDefault();
      pressed = branch.dataset.fold || branch.dataset.all;
      follow(unfolded(branch));
      return;
    }
    const link = from.closest("[data-to]");
    if (link && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
      // Anything else than a plain click opens the link's own address, in another tab for instance.
      event.preventDefault();
      follow(link.dataset.to);
      return;
    }
    if (from.closest('[data-testid="stSkipToContent"]')) {
      // Streamlit's own would lead to before the bar.
      const heading = document.querySelector('[data-testid="stMain"] h1');
      if (!heading) return;
      event.preventDefault();
      heading.tabIndex = -1;
      heading.focus();
      return;
    }
    if (from.closest("[data-search]") && state.search) {
      event.preventDefault();
      state.search();
      return;
    }
    const figure = from.closest("[data-behind]");
    if (figure && state.behind) {
      event.preventDefault();
      state.behind(figure.dataset.behind);
      return;
    }
    if (from.closest(".st-key-okr_talks button, .st-key-okr_new button")) foldSideBar();
    const copier = from.closest("[data-copy]");
    if (copier) copy(copier, state.copied);
  });
  // "/" where nothing is being typed, Ctrl or Command with K anywhere.
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !state.search) return;
    const at = event.target instanceof Element ? event.target : document.body;
    const writes = at.closest('input, textarea, select, [contenteditable="true"]');
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !writes;
    const k = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k";
    if (!slash && !k) return;
    event.preventDefault();
    const field = document.querySelector(".okr-search-field");
    if (field) { field.focus(); field.select(); return; }
    if (!document.querySelector('[role="dialog"]')) state.search();
  }, true);
  for (const name of ["keydown", "pointerdown"]) {
    window.addEventListener(name, () => { touched = true; }, { capture: true, passive: true });
  }
  document.addEventListener("keydown", (event) => {
    const leave = event.key === "Escape" && document.querySelector(".st-key-okr_wall_leave button");
    if (leave && !document.querySelector('[role="dialog"]')) leave.click();
  });
  const changed = () => { sayWhere(); announce(); watchForStop(); focusWanted(); keepFocus(); };
  const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-test-script-state"] };
  new MutationObserver(changed).observe(document.body, watched);
}

export default function (component) {
  const { data, setTriggerValue } = component;
  state = {
    send: (id) => setTriggerValue("open", id),
    behind: (figure) => setTriggerValue("behind", figure),
    stopped: () => setTriggerValue("stopped", Date.now()),
    search: () => setTriggerValue("search", Date.now()),
    copied: data.copied,
  };
  document.documentElement.lang = data.language;
  if (data.theme) document.documentElement.dataset.theme = data.theme;
  const skip = document.querySelector('[data-testid="stSkipToContent"]');
  if (skip && data.skip && skip.textContent !== data.skip) skip.textContent = data.skip;
  liveRegion();
  listen();
  announce();
  // All may be drawn before this script is there.
  sayWhere();
  focusWanted();
}
