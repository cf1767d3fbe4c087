"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (name) element.className = name;
    return element;
  };

  // Theme: the system's until somebody chooses.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("conformance-theme"); } catch { return null; } };
  const store = (value) => { try { localStorage.setItem("conformance-theme", value); } catch { /* no storage here */ } };
  const theme = $("#theme");
  const isDark = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const named = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  if (["dark", "light"].includes(stored())) root.dataset.theme = stored();
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    store(root.dataset.theme);
    named();
  });
  dark.addEventListener("change", named);
  named();

  // Clauses: thousands of rows, so they are made as they are needed.
  const data = JSON.parse($("#clauses-data").textContent);
  const subjectOf = (clause) => clause.slice(0, Math.max(0, clause.indexOf("/")));
  const sectionOf = (clause) => clause.slice(clause.indexOf("/") + 1).split(/[/#]/, 1)[0] || "other";
  const rows = data.rows.map(([clause, verdict, reason, first, count]) => {
    const operation = subjectOf(clause);
    const text = reason < 0 ? "" : data.reasons[reason];
    const id = first.startsWith("~") ? operation + first.slice(1) : first;
    return { clause, subjects: [operation, subjectOf(id)], section: sectionOf(clause), verdict: data.verdicts[verdict],
             reason: text, id, count, find: (clause + " " + text).toLowerCase() };
  });
  const known = new Set(["passed", "failed", "errored", "unreached", "skipped"]);
  const body = $("#clauses-body");
  const more = $("#clauses-more");
  const PAGE = 200;
  let matching = rows;
  let shown = 0;

  const findingOf = new Map();
  for (const element of $$("[data-clause]")) {
    if (!findingOf.has(element.dataset.clause)) findingOf.set(element.dataset.clause, element);
  }

  const clauseRow = (row) => {
    const line = make("tr");
    const clause = make("td", undefined, "mono");
    const finding = row.verdict === "failed" ? findingOf.get(row.clause) : undefined;
    if (finding) {
      const link = make("button", row.clause, "link mono");
      link.type = "button";
      link.addEventListener("click", () => show(finding));
      clause.append(link);
    } else {
      clause.textContent = row.clause;
    }
    const kind = known.has(row.verdict) ? row.verdict : "other";
    const verdict = make("td");
    verdict.append(make("span", row.verdict, "badge " + kind));
    const cases = row.count > 1 ? row.id + " and " + (row.count - 1) + " more" : row.id;
    line.append(clause, verdict, make("td", row.reason), make("td", cases, "mono soft"));
    return line;
  };
  const extend = () => {
    const part = document.createDocumentFragment();
    for (const row of matching.slice(shown, shown + PAGE)) part.append(clauseRow(row));
    body.append(part);
    shown = Math.min(matching.length, shown + PAGE);
    more.hidden = shown >= matching.length;
    more.textContent = "Show more (" + (matching.length - shown).toLocaleString("en") + " left)";
  };
  more.addEventListener("click", extend);

  // Filters.
  const operation = $("#operation");
  const section = $("#section");
  const search = $("#search");
  const findings = $$(".finding").map((element) => ({
    element,
    parts: [element, ...$$(".folded-finding", element)].map((part) => ({
      part, subjects: [part.dataset.operation, subjectOf(part.dataset.clause)],
      section: sectionOf(part.dataset.clause), severity: part.dataset.severity,
      find: $$(".head", part).filter((head) => head.closest("[data-clause]") === part)
        .map((head) => head.textContent).join(" ").toLowerCase(),
    })),
  }));
  const operationRows = $$("#operations-body tr");
  const operationsMore = $("#operations-more");
  const FEW = 25;
  let few = operationRows.length > FEW + 5;
  operationsMore.addEventListener("click", () => { few = false; showOperations(); });
  const showOperations = () => {
    const fitting = operationRows.filter((row) => !operation.value || row.dataset.operation === operation.value);
    const shownRows = new Set(few ? fitting.slice(0, FEW) : fitting);
    for (const row of operationRows) row.hidden = !shownRows.has(row);
    operationsMore.hidden = shownRows.size === fitting.length;
    operationsMore.textContent = "Show all " + fitting.length.toLocaleString("en") + " operations";
  };
  const checked = (name) => new Set($$("input[name=" + name + "]:checked").map((box) => box.value));
  // A clause about a resource belongs to the operation whose case put it to the test, too.
  const isAbout = (part) => (!operation.value || part.subjects.includes(operation.value)) &&
    (!section.value || part.section === section.value);
  const matches = (part, severities, words) =>
    isAbout(part) && severities.has(part.severity) && words.every((word) => part.find.includes(word));

  const filter = () => {
    const severities = checked("severity");
    const verdicts = checked("verdict");
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    let total = 0;
    for (const { element, parts } of findings) {
      let any = false;
      parts.forEach((part, index) => {
        const fits = matches(part, severities, words);
        any = any || fits;
        total += 1;
        visible += fits ? 1 : 0;
        if (index) part.part.hidden = !fits;
      });
      element.hidden = !any;
    }
    showOperations();
    matching = rows.filter((row) => isAbout(row) &&
      verdicts.has(known.has(row.verdict) ? row.verdict : "other") && words.every((word) => row.find.includes(word)));
    body.replaceChildren();
    shown = 0;
    extend();
    $("#no-findings").hidden = visible > 0;
    $("#no-clauses").hidden = matching.length > 0;
    $("#status").textContent = "Showing " + visible.toLocaleString("en") + " of " + total.toLocaleString("en") +
      " findings, " + matching.length.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + " clauses";
  };
  let waiting;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  operation.addEventListener("change", filter);
  section.addEventListener("change", filter);
  for (const box of $$(".filters input[type=checkbox]")) box.addEventListener("change", filter);
  $("#reset").addEventListener("click", () => {
    operation.value = "";
    section.value = "";
    search.value = "";
    for (const box of $$(".filters input[type=checkbox]")) box.checked = true;
    filter();
  });
  const choose = (name) => {
    operation.value = name;
    filter();
    $("#findings").scrollIntoView();
  };

  // The very place that a finding is about is in sight when its body is.
  document.addEventListener("toggle", (event) => {
    for (const place of $$("pre .match", event.target)) {
      const body = place.closest("pre");
      body.scrollTop = place.offsetTop - body.clientHeight / 3;
    }
  }, true);

  // Opening a finding from elsewhere: everything around it opens too.
  const show = (element) => {
    if (element.hidden || (element.closest(".finding") || element).hidden) $("#reset").click();
    for (let up = element; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    const own = $("details", element);
    if (own && element.tagName !== "DETAILS") own.open = true;
    element.scrollIntoView();
    const summary = $("summary", element);
    if (summary) summary.focus({ preventScroll: true });
  };
  const byHash = () => {
    const element = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (element && element.matches("[data-clause]")) show(element);
  };
  window.addEventListener("hashchange", byHash);

  // Tabs, copy buttons, operations that are clicked.
  const select = (tab) => {
    for (const other of $$("[role=tab]", tab.parentElement)) {
      const active = other === tab;
      other.setAttribute("aria-selected", String(active));
      other.tabIndex = active ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !active;
    }
  };
  for (const tabs of $$("[role=tablist]")) select($("[role=tab]", tabs));
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) select(tab);
    const copy = event.target.closest(".copy");
    if (copy) copied(copy);
    const chosen = event.target.closest("[data-choose]");
    if (chosen) choose(chosen.dataset.choose);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest && event.target.closest("[role=tab]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!tab || !step) return;
    const all = $$("[role=tab]", tab.parentElement);
    const next = all[(all.indexOf(tab) + step + all.length) % all.length];
    select(next);
    next.focus();
    event.preventDefault();
  });
  const copied = async (button) => {
    const pre = $("pre", button.parentElement);
    let done = false;
    try {
      await navigator.clipboard.writeText(pre.textContent);
      done = true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(pre);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };

  // Sorting operations.
  for (const head of $$("#operations th[data-sort]")) {
    $("button", head).addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of $$("#operations th")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = head.dataset.sort;
      const value = (row) => (key === "operation" ? row.dataset.operation : Number(row.dataset[key]));
      const order = (one, two) => (value(one) < value(two) ? -1 : value(one) > value(two) ? 1 : 0) * (up ? 1 : -1);
      $("#operations-body").append(...operationRows.sort(order));
      showOperations();
    });
  }

  // On paper everything is open, unless that were hundreds of pages.
  window.addEventListener("beforeprint", () => {
    const all = $$(".finding:not([hidden]) > details");
    if (all.length <= 60) for (const details of all) details.open = true;
  });

  filter();
  byHash();
})();
