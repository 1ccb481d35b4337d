"use strict";
// Forms by keyboard, progress, gates between items, and typing that survives a lost network.
// Everything works without this file, only less comfortably.
(function () {
  const store = window.localStorage;
  const saved = document.querySelector("[data-saved]");
  if (saved) {
    for (const key of Object.keys(store)) {
      if (key.startsWith("typed:" + saved.dataset.saved)) store.removeItem(key);
    }
  }
  const form = document.querySelector("form[data-sheet]");
  if (!form) return;
  const items = Array.from(form.querySelectorAll("fieldset.item"));
  const place = "typed:" + form.dataset.path;

  function fields() {
    return Array.from(form.elements).filter((e) => e.name && e.name.startsWith("q-"));
  }
  function value(name) {
    const found = fields().filter((e) => e.name === name);
    const radio = found.find((e) => e.checked);
    return found.length && found[0].type === "radio" ? (radio ? radio.value : "") : (found[0] || {}).value || "";
  }
  function gates() {
    for (const item of items) {
      if (!item.dataset.askedIf) continue;
      const before = parseFloat(value("q-" + item.dataset.askedIf));
      item.hidden = !(before >= parseFloat(item.dataset.atLeast));
    }
  }
  function progress() {
    const names = new Set(fields().filter((e) => !e.closest("fieldset").hidden).map((e) => e.name));
    const done = Array.from(names).filter((n) => value(n) !== "").length;
    const bar = document.getElementById("progress");
    if (!bar) return;
    bar.max = names.size;
    bar.value = done;
    document.getElementById("progress-words").textContent = done + " of " + names.size;
  }
  function typed() {
    const found = {};
    for (const e of fields()) {
      const text = value(e.name);
      if (text) found[e.name] = text;
    }
    return found;
  }
  function keep() {
    try { store.setItem(place, JSON.stringify({ at: new Date().toISOString(), base: form.elements.base.value, typed: typed() })); } catch (e) { /* full or forbidden: the server's draft remains */ }
  }
  function restore(kept) {
    for (const e of fields()) {
      const text = kept.typed[e.name];
      if (text === undefined) continue;
      if (e.type === "radio") e.checked = e.value === text; else if (!e.value) e.value = text;
    }
    gates();
    progress();
  }
  function next(item) {
    const shown = items.filter((i) => !i.hidden);
    const after = shown[shown.indexOf(item) + 1];
    const target = after ? after.querySelector("input:checked") || after.querySelector("input,textarea,select") : document.getElementById("save");
    if (target) target.focus();
  }
  form.addEventListener("keydown", function (event) {
    const item = event.target.closest("fieldset.item");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target.tagName === "INPUT") {
      event.preventDefault();
      next(item);
    } else if (/^[0-9]$/.test(event.key) && event.target.type === "radio") {
      const radio = Array.from(item.querySelectorAll("input[type=radio]")).find((r) => r.value === event.key);
      if (radio) {
        event.preventDefault();
        radio.checked = true;
        radio.focus();
        radio.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  });
  form.addEventListener("input", function () { keep(); gates(); progress(); });
  form.addEventListener("change", function () { keep(); gates(); progress(); });
  form.addEventListener("submit", function (event) {
    form.elements.device_at.value = new Date().toISOString();
    keep();
    if (navigator.onLine) return;
    event.preventDefault();
    note("No network. What you typed is kept in this browser and will be sent when the network is back; leave this page open.");
    window.addEventListener("online", function () { form.submit(); }, { once: true });
  });
  function note(words) {
    const line = document.createElement("p");
    line.className = "notice urgent";
    line.setAttribute("role", "alert");
    line.textContent = words;
    form.prepend(line);
  }
  let kept = JSON.parse(store.getItem(place) || "null");
  if (kept && kept.base !== form.elements.base.value) {
    store.removeItem(place); // a newer version was saved since: what was typed is in it
    kept = null;
  }
  const here = JSON.stringify(typed());
  if (kept && Object.keys(kept.typed).length && JSON.stringify(kept.typed) !== here) {
    const line = document.createElement("p");
    line.className = "notice";
    line.textContent = "Typed here before and perhaps not saved (" + kept.at.slice(0, 16).replace("T", " ") + " UTC). ";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = "Put it back";
    button.addEventListener("click", function () { restore(kept); line.remove(); });
    line.append(button);
    form.prepend(line);
  }
  gates();
  progress();
})();
