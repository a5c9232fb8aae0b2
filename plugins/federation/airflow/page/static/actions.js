"use strict";
// What a person can do here goes to Airflow's own API with the person's own session: Airflow's permissions decide.
const API = "../api/v2/";
// An answer that comes before the scheduler has heard that the task waits is lost, and Airflow asks again.
const SETTLED_MS = 20_000;
let serverTime = 0; // of the last answer; the clock of this machine may be wrong

async function ask(method, path, body) {
  const answer = await fetch(path, {
    method, credentials: "same-origin", headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  serverTime = Date.parse(answer.headers.get("date") || "") || Date.now();
  if (answer.ok) return answer.json();
  const told = await answer.json().catch(() => ({}));
  const known = { 401: word("loggedOut"), 403: word("forbidden"), 409: word("gone") };
  const detail = typeof told.detail === "string" ? told.detail : JSON.stringify(told.detail || answer.statusText);
  throw new Error(known[answer.status] || `${word("failed")} ${answer.status} ${detail}`);
}

function runPath(dagId, runId, taskId) {
  const run = `../dags/${encodeURIComponent(dagId)}` + (runId ? `/runs/${encodeURIComponent(runId)}` : "");
  return taskId ? `${run}/tasks/${encodeURIComponent(taskId)}` : run;
}

async function runNow(dagId) {
  const run = await ask("POST", `${API}dags/${encodeURIComponent(dagId)}/dagRuns`, { logical_date: null });
  return { text: `${word("started")} ${dagId}`, href: runPath(dagId, run.dag_run_id) };
}

// Open questions of the DAG `approval` that can be answered now, by run; none for who may not read them.
async function openQuestions() {
  const path = `${API}dags/approval/dagRuns/~/hitlDetails?response_received=false&limit=100`;
  const found = await ask("GET", path).catch(() => ({ hitl_details: [] }));
  const settled = found.hitl_details.filter((entry) => serverTime - Date.parse(entry.created_at) >= SETTLED_MS);
  return new Map(settled.map((entry) => [entry.task_instance.dag_run_id, entry]));
}

async function decide(question, option, reason) {
  const at = question.task_instance;
  const path = `${API}dags/${encodeURIComponent(at.dag_id)}/dagRuns/${encodeURIComponent(at.dag_run_id)}` +
    `/taskInstances/${encodeURIComponent(at.task_id)}/${at.map_index}/hitlDetails`;
  await ask("PATCH", path, { chosen_options: [option], params_input: { reason } });
  return { text: `${word("decided")} ${word(option)}`, href: runPath(at.dag_id, at.dag_run_id) };
}

// Airflow shows the page in a frame that may neither leave itself nor open windows: its links are the outer page's.
function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || window.parent === window || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  const outer = window.parent.document.createElement("a");
  outer.href = link.href;
  outer.target = link.target === "_blank" || event.ctrlKey || event.metaKey || event.button === 1 ? "_blank" : "_self";
  outer.rel = "noopener";
  outer.click();
}
