// Languages that last from page to page, tables that sort, a search box over long tables. Pages are whole without it.
"use strict"
const pick = (selector, within = document) => [...within.querySelectorAll(selector)]
const inThai = () => document.documentElement.lang === "th"

function language(choice) {
  const radio = document.querySelector(`.languages input[value="${choice}"]`)
  if (!radio) return
  radio.checked = true
  document.documentElement.lang = choice === "en" ? "en" : "th"
}

function kept(choice) {  // a browser may refuse to keep anything for pages from disk
  try {
    if (choice) localStorage.setItem("hub-language", choice)
    return localStorage.getItem("hub-language")
  } catch { return null }
}

function value(row, column) {
  const cell = row.cells[column]
  const shown = cell?.querySelector("[datetime]")?.getAttribute("datetime") ?? cell?.dataset.sort ?? cell?.textContent.trim() ?? ""
  const number = Number(shown.replace(/,/g, ""))
  return shown !== "" && !Number.isNaN(number) ? number : shown
}

function compared(one, other) {
  if (typeof one === typeof other && typeof one === "number") return one - other
  return String(one).localeCompare(String(other), "th", { numeric: true })
}

function sort(table, column, head) {
  const down = head.getAttribute("aria-sort") === "ascending"
  pick("th[aria-sort]", table).forEach(other => other.removeAttribute("aria-sort"))
  head.setAttribute("aria-sort", down ? "descending" : "ascending")
  const body = table.tBodies[0]
  const rows = [...body.rows].sort((one, other) => compared(value(one, column), value(other, column)))
  body.append(...(down ? rows.reverse() : rows))
}

function sortable(table) {
  pick("thead th", table).forEach((head, column) => {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "sort"
    button.append(...head.childNodes)
    button.addEventListener("click", () => sort(table, column, head))
    head.append(button)
  })
}

// One box for all tables of a page that can be long; what it hides is hidden, with the heading of a section that is empty.
function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = node => words.every(word => node.textContent.toLowerCase().includes(word))
  let shown = 0
  for (const table of pick("table.find")) {
    const section = table.closest("section.find")
    const title = section?.querySelector("h2")
    const whole = title && words.length && fits(title)
    for (const row of table.tBodies[0].rows) {
      row.hidden = !whole && !fits(row)
      shown += !row.hidden
    }
    if (section) section.hidden = [...table.tBodies[0].rows].every(row => row.hidden)
    if (words.length) table.closest("details")?.setAttribute("open", "")  // what is found is shown
  }
  return shown
}

function searchable() {
  const first = document.querySelector("section.find, table.find")
  if (!first) return
  const form = document.createElement("form")
  form.className = "search"
  form.innerHTML = `<label><span lang="th">ค้นในหน้านี้</span> <span lang="en">Search this page</span> <input type="search"></label> <output></output>`
  const box = form.querySelector("input")
  form.addEventListener("submit", event => event.preventDefault())
  box.addEventListener("input", () => {
    const shown = filter(box.value)
    form.querySelector("output").textContent = box.value ? (inThai() ? `พบ ${shown} แถว` : `${shown} rows`) : ""
  })
  document.addEventListener("keydown", event => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) { event.preventDefault(); box.focus() }
  })
  document.querySelector("header").append(form)
}

pick(".languages input").forEach(radio => radio.addEventListener("change", () => { language(radio.value); kept(radio.value) }))
language(kept() ?? "both")
pick("table.sorts").forEach(sortable)
searchable()
const reveal = () => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("details")?.setAttribute("open", "")
addEventListener("hashchange", reveal)
reveal()
addEventListener("beforeprint", () => pick("details").forEach(part => { part.dataset.was = part.open; part.open = true }))
addEventListener("afterprint", () => pick("details").forEach(part => { part.open = part.dataset.was === "true" }))
