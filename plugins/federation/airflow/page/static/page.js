"use strict";
const RENEW_MS = 30000;
const NEW_MS = 24 * 3600 * 1000; // an incident is new for a day
const SYMBOLS = { accepted: "✓", accepted_with_warning: "!", rejected: "✕", held: "⏸", waiting: "…", none: "–", refused: "✕" };
const RUN_SYMBOLS = { success: "✓", failed: "✕", running: "▶", queued: "…" };
const shown = { data: null, questions: new Map(), answered: new Map() }; // answered: extract -> the task instance that had asked
const by = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en");

// Elements are built, never parsed from text: whatever a city wrote stays text.
function make(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

// Put a new node in the place of an old one only when it says something else; what has the focus keeps it.
function renew(old, fresh) {
  if (old.isEqualNode(fresh)) return old;
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const typed = new Map([...old.querySelectorAll("input[data-key]")].map((input) => [input.dataset.key, input.value]));
  const opened = new Set([...old.querySelectorAll("details[open]")].map((entry) => entry.dataset.key));
  old.replaceWith(fresh);
  fresh.querySelectorAll("input[data-key]").forEach((input) => { input.value = typed.get(input.dataset.key) || ""; });
  fresh.querySelectorAll("details").forEach((entry) => { entry.open = opened.has(entry.dataset.key); });
  if (focused) fresh.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  return fresh;
}

function renewAll(parent, fresh) {
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  fresh.forEach((node, place) => {
    const old = known.get(node.dataset.key);
    const now = old ? renew(old, node) : node;
    known.delete(node.dataset.key);
    if (parent.children[place] !== now) parent.insertBefore(now, parent.children[place] || null);
  });
  known.forEach((node) => node.remove());
}

function say(text, href, isError) {
  by("said").className = isError ? "wrong" : "";
  by("said").replaceChildren(...(href ? [make("a", { href }, text)] : [text]));
}

function act(button, action) {
  button.disabled = true;
  action().then((done) => say(done.text, done.href)).catch((error) => say(error.message, null, true))
    .finally(() => { button.disabled = false; button.focus(); load(); });
}

// -- cells -----------------------------------------------------------------------------------------------------

function verdictOf(feed) {
  const code = feed.verdict;
  const text = code === "waiting" ? word("waiting") : (shown.data.verdicts[code] || {})[language.now] || code;
  const older = feed.extracts_rejected && !["rejected", "refused"].includes(code)
    ? make("p", { class: "late" }, `${number(feed.extracts_rejected)} ${word("otherRejected")}`) : null;
  return [make("p", { class: `verdict ${standing(feed)}` }, make("span", { class: "symbol", "aria-hidden": "true" }, SYMBOLS[code] || "?"), ` ${text}`), older];
}

const TROUBLED_PLATFORM = ["unreachable", "emptied", "shrunk"];

// How a feed stands as a whole: no green where its platform, an extract or a due date is not in order.
function standing(feed) {
  if (["rejected", "refused"].includes(feed.verdict) || feed.extracts_rejected || TROUBLED_PLATFORM.includes(feed.platform)) return "bad";
  if (feed.verdict === "held") return "held";
  if (feed.late || feed.verdict === "accepted_with_warning") return "warn";
  return feed.verdict === "accepted" ? "good" : "none";
}

// Thai time, whatever the clock of the reader's machine says.
function inBangkok(instant) {
  return `${new Date(instant).toLocaleString("sv-SE", { timeZone: "Asia/Bangkok", dateStyle: "short", timeStyle: "short" })} ${word("thaiTime")}`;
}

function daysBetween(first, last) {
  return Math.round((Date.parse(last) - Date.parse(first)) / 86400000);
}

function freshness(feed) {
  const lines = [make("p", { class: "fresh" }, feed.data_up_to ? `${word("upTo")} ${feed.data_up_to}` : word("never"))];
  if (feed.late) {
    const days = daysBetween(feed.late_since, shown.data.today);
    lines.push(make("p", { class: "late" }, `${number(feed.late)} ${word("late")}, ${number(days)} ${word("days")}`));
  }
  if (TROUBLED_PLATFORM.includes(feed.platform)) lines.push(make("p", { class: "late" }, word(feed.platform)));
  return lines;
}

function score(feed) {
  if (feed.score === null) return null;
  return make("p", { class: "score" }, `${word("score")} ${feed.score}`, feed.grade ? make("b", { class: `grade ${feed.grade}` }, ` ${feed.grade}`) : null);
}

function flow(counts) {
  if (!counts || !counts.records_received) return null;
  const other = counts.records_duplicate + counts.records_superseded;
  const parts = [["core", counts.records_in_core], ["quarantine", counts.records_quarantined], ["other", other]];
  const bar = make("div", { class: "bar", "aria-hidden": "true" }, parts.filter(([, count]) => count).map(([kind, count]) => {
    const part = make("span", { class: kind });
    part.style.flexGrow = String(count);
    return part;
  }));
  const told = [["inCore", counts.records_in_core], ["quarantined", counts.records_quarantined],
    ["duplicate", counts.records_duplicate], ["superseded", counts.records_superseded]]
    .filter(([, count], place) => count || !place).map(([name, count]) => `${number(count)} ${word(name)}`).join(" · ");
  return [bar, make("p", { class: "flow" }, `${number(counts.records_received)} → ${told}`)];
}

function pageOf(city, dataset) {
  const pages = shown.data.release ? shown.data.release.pages : [];
  const name = [`${city}-${dataset}.html`, `${dataset}.html`].find((page) => pages.includes(page));
  return name ? `site/${encodeURIComponent(shown.data.release.release_id)}/${encodeURIComponent(name)}` : null;
}

function shadow(feed) {
  if (feed.shadow_periods === null) return null;
  const told = feed.ready ? word("ready") : `${number(feed.clean_periods || 0)}/${number(feed.shadow_periods)} ${word("clean")}`;
  return make("p", { class: "shadow" }, `${word("shadow")}: ${told}`);
}

function cell(city, dataset, feed, counts) {
  const key = `${city.city}/${dataset.dataset}`;
  const label = { "data-key": key, "data-label": `${dataset.th} · ${dataset.en}`, "data-city": city.city, "data-dataset": dataset.dataset };
  if (!feed) return make("td", { ...label, class: "none" }, make("p", {}, word("noFeed")));
  const page = pageOf(city.city, dataset.dataset);
  return make("td", { ...label, "data-verdict": feed.verdict, class: standing(feed) },
    verdictOf(feed), freshness(feed), score(feed), flow(counts), shadow(feed),
    page ? make("p", {}, make("a", { href: page, target: "_blank", "data-key": `${key}/report`, "aria-label": `${word("report")}: ${city.en}, ${dataset.en}` }, word("report"))) : null);
}

function runLine(dagId, name) {
  const run = shown.data.runs[dagId];
  if (!run) return make("p", { class: "run" }, make("a", { href: runPath(dagId), "data-key": `${name}/dag` }, dagId), ` · ${word("norun")}`);
  const failed = run.failed[0];
  return make("p", { class: `run ${run.state}` },
    make("a", { href: runPath(dagId), "data-key": `${name}/dag` }, dagId), " · ",
    make("a", { href: runPath(dagId, run.run_id), "data-key": `${name}/run`, title: run.started_at ? inBangkok(run.started_at) : "" }, `${RUN_SYMBOLS[run.state] || "·"} ${run.state}`),
    run.waiting.map((task) => make("span", { class: "warn" }, ` · ${task.task_id}: ${word("nextTry")} ${task.try_number}/${task.tries}, ${inBangkok(task.next_at)}`)),
    run.silent.map((task) => make("span", { class: "late" }, ` · ${task.task_id}: ${word("silent")} ${inBangkok(task.since)}`)),
    failed ? [" · ", make("a", { href: runPath(dagId, run.run_id, failed), "data-key": `${name}/log` }, `${word("log")}: ${failed}`)] : null);
}

function cityHead(city) {
  const start = make("button", { type: "button", class: "run-now", "data-key": `${city.city}/run-now`, "aria-label": `${word("runNow")}: ${city.en}` }, word("runNow"));
  start.addEventListener("click", () => act(start, () => runNow(city.dag_id)));
  return make("th", { scope: "row", "data-key": city.city }, make("span", { lang: "th" }, city.th),
    make("span", { lang: "en", class: "english" }, city.en), runLine(city.dag_id, city.city),
    city.refused.map((text) => make("p", { class: "late" }, `${word("refused")}: ${text}`)), start);
}

// -- the page --------------------------------------------------------------------------------------------------

function needsAttention(city, feeds) {
  const run = shown.data.runs[city.dag_id];
  return city.refused.length || (run && (run.state === "failed" || run.waiting.length || run.silent.length)) ||
    feeds.some((feed) => standing(feed) !== "good");
}

function chosen(city, feeds) {
  const wanted = by("find").value.trim().toLowerCase();
  const named = [city.city, city.th, city.en].some((name) => name.toLowerCase().includes(wanted));
  return named && (!by("troubled").checked || needsAttention(city, feeds));
}

function showMatrix() {
  const { cities, datasets, feeds, flow: flows } = shown.data;
  const known = new Map(feeds.map((feed) => [`${feed.city}/${feed.dataset}`, feed]));
  const counted = new Map(flows.map((entry) => [`${entry.city}/${entry.dataset}`, entry]));
  const columns = datasets.map((dataset) => make("th", { scope: "col", "data-key": dataset.dataset },
    make("span", { lang: "th" }, dataset.th), make("span", { lang: "en", class: "english" }, dataset.en)));
  renewAll(by("matrix").tHead.rows[0], [make("th", { scope: "col", "data-key": "" }, word("city")), ...columns]);
  const visible = cities.filter((city) => chosen(city, feeds.filter((feed) => feed.city === city.city)));
  const body = by("matrix").tBodies[0];
  const rows = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const fresh = visible.map((city) => rows.get(city.city) || make("tr", { "data-key": city.city }));
  if (fresh.some((row, place) => body.rows[place] !== row) || body.rows.length !== fresh.length) body.replaceChildren(...fresh);
  visible.forEach((city, place) => renewAll(fresh[place], [cityHead(city), ...datasets.map((dataset) => {
    const key = `${city.city}/${dataset.dataset}`;
    return cell(city, dataset, known.get(key), counted.get(key));
  })]));
  by("empty").hidden = visible.length > 0;
}

function heldCard(entry) {
  const question = shown.questions.get(entry.run_id);
  const reason = make("input", { type: "text", "data-key": `${entry.extract_id}/reason`, maxlength: "500" });
  const button = (option) => {
    const node = make("button", { type: "button", class: option, "data-key": `${entry.extract_id}/${option}`, disabled: !question }, word(option));
    node.addEventListener("click", () => {
      const said = by("held").querySelector(`[data-key="${CSS.escape(reason.dataset.key)}"]`).value.trim();
      if (!said) { say(word("needReason"), null, true); reason.focus(); return; }
      act(node, () => decide(question, option, said).then((done) => { shown.answered.set(entry.extract_id, question.task_instance.id); return done; }));
    });
    return node;
  };
  const answered = shown.answered.get(entry.extract_id);
  const asked = answered && (!question || question.task_instance.id === answered) ? word("answered") : question ? "" : word("notAsked");
  return make("li", { "data-key": entry.extract_id }, make("p", { class: "difference" }, entry.text), make("p", { class: "path" }, entry.path),
    asked ? make("p", { class: "note" }, asked)
      : make("div", { class: "decision" }, make("label", {}, `${word("reason")} `, reason), button("approve"), button("hold")));
}

function incidentCard(entry) {
  return make("li", { "data-key": entry.incident_id, class: entry.severity },
    make("b", {}, [entry.city, entry.dataset].filter(Boolean).join("/") || "TH"), ` ${entry[`message_${language.now}`] || entry.reason} · ${word(entry.state)} · ` +
    `${word("since")} ${inBangkok(entry.opened_at)} · ${word("owner")} ${entry.owner || "–"}${entry.repair_by ? ` ${word("by")} ${entry.repair_by}` : ""}`);
}

function isNew(entry) {
  return serverTime - Date.parse(entry.opened_at) < NEW_MS;
}

// The incidents of one reason, folded; they come with the newest first.
function incidentGroup([reason, entries]) {
  const fresh = entries.filter(isNew).length;
  return make("li", { "data-key": reason }, make("details", { "data-key": `group/${reason}` },
    make("summary", { "data-key": `fold/${reason}` }, `${entries[0][`title_${language.now}`] || reason} `, make("b", {}, number(entries.length)),
      fresh ? make("span", { class: "new" }, ` ${number(fresh)} ${word("new")}`) : null),
    make("ul", {}, entries.map(incidentCard))));
}

function byReason(incidents) {
  const groups = new Map();
  incidents.forEach((entry) => groups.set(entry.reason, [...(groups.get(entry.reason) || []), entry]));
  return [...groups];
}

function showLists() {
  const { held, incidents } = shown.data;
  by("held").hidden = !held.length;
  renewAll(by("held").querySelector("ul"), held.map(heldCard));
  by("incidents").hidden = !incidents.length;
  renewAll(by("incidents").querySelector("ul"), byReason(incidents).map(incidentGroup));
}

function showCounts() {
  const { feeds, held, incidents } = shown.data;
  const some = (test) => feeds.filter(test).length;
  const fresh = incidents.filter(isNew).length;
  const counts = [
    ["good", some((feed) => standing(feed) === "good"), "inOrder"],
    ["bad", some((feed) => ["rejected", "refused"].includes(feed.verdict) || feed.extracts_rejected), "rejectedFeeds"],
    ["bad", some((feed) => TROUBLED_PLATFORM.includes(feed.platform)), "troubledFeeds"],
    ["held", held.length, "heldDeliveries", "#held"],
    ["warn", some((feed) => feed.late), "lateFeeds"],
    ["warn", incidents.length, "openIncidents", "#incidents"],
    ["bad", fresh, "newIncidents", "#incidents"],
  ];
  renewAll(by("counts"), counts.filter(([, count, name]) => count || name === "inOrder").map(([tone, count, name, href]) => {
    const told = [make("b", { class: tone }, number(count)), ` ${name === "inOrder" ? `${word("of")} ${number(feeds.length)} ` : ""}${word(name)}`];
    return make("li", { "data-key": name }, href ? make("a", { href, "data-key": `${name}/link` }, told) : told);
  }));
}

function showRelease() {
  const { release, runs } = shown.data;
  const link = (path, text) => make("a", { href: `site/${encodeURIComponent(release.release_id)}/${path}`, target: "_blank", "data-key": path }, text);
  const line = release
    ? make("p", { id: "release" }, `${word("release")} ${release.release_id} · ${inBangkok(release.created_at)}`,
      release.pinned ? make("b", { class: "late" }, ` ${word("pinned")}`) : null,
      release.pages.includes("index.html") ? [" · ", link("index.html", word("site"))] : null)
    : make("p", { id: "release" }, word("none"));
  renew(by("release"), line);
  const national = ["warehouse", "reports", "arrivals"].filter((dagId) => runs[dagId]);
  renewAll(by("nation"), national.map((dagId) => make("li", { "data-key": dagId }, runLine(dagId, dagId))));
}

function show() {
  if (!shown.data) return;
  showRelease();
  showCounts();
  showMatrix();
  showLists();
}

function sayFresh() {
  by("fresh").textContent = `${word("asOf")} ${inBangkok(serverTime)}`;
  by("fresh").className = "";
}

async function load() {
  try {
    [shown.data, shown.questions] = await Promise.all([ask("GET", "data"), openQuestions()]);
    show();
    sayFresh();
  } catch (error) {
    by("fresh").textContent = `${word("stale")} ${error.message}`;
    by("fresh").className = "wrong";
  }
}

// Airflow's own light and dark are a class of the outer page.
function wearColours() {
  if (window.parent === window) return;
  const outer = window.parent.document.documentElement;
  const wear = () => { document.documentElement.dataset.theme = outer.classList.contains("dark") ? "dark" : "light"; };
  new MutationObserver(wear).observe(outer, { attributes: true, attributeFilter: ["class"] });
  wear();
}

function begin() {
  wearColours();
  sayWords();
  by("fresh").textContent = word("loading");
  by("filters").addEventListener("submit", (event) => event.preventDefault());
  by("find").addEventListener("input", show);
  by("troubled").addEventListener("change", show);
  by("refresh").addEventListener("click", load);
  by("language").addEventListener("click", () => {
    language.now = language.now === "th" ? "en" : "th";
    localStorage.setItem("federation.language", language.now);
    sayWords();
    if (shown.data && !by("fresh").className) sayFresh();
    show();
  });
  document.addEventListener("click", follow);
  document.addEventListener("auxclick", follow);
  setInterval(() => { if (!document.hidden) load(); }, RENEW_MS);
  load();
}

begin();
