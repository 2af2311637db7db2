// ---- The matrix: a row an op, a column a dtype, in each cell a stripe and a letter a backend

const combinations = document.head.appendChild(document.createElement("style")).sheet;
const known = new Set();
const combination = (list) => {
  const name = `s${list.join("-")}`;
  if (!known.has(name)) {
    known.add(name);
    combinations.insertRule(`#matrix td.${name}{background-image:${list.map((c) => `var(--${states[c].name})`).join()}}`);
  }
  return name;
};

const cellHTML = (op, d, shown) => {
  const cell = op.cells[d];
  const where = `${op.name} ${data.dtypes[d]}`;
  if (!cell) return `<td class="none" tabindex="-1" data-d="${d}" aria-label="${esc(where)}: not defined"></td>`;
  const list = shown.map((b) => cell.states[b]);
  const label = esc(`${where}: ${list.map((c, i) => `${backends[shown[i]].label} ${words(c)}`).join(", ")}`);
  const bad = list.some((c) => states[c].failing) ? " bad" : "";
  const dim = list.every((c) => view.hide.has(c)) ? " dim" : "";
  const glyphs = list.map((c) => states[c].glyph).join("");
  return `<td class="${combination(list)}${bad}${dim}" tabindex="-1" data-d="${d}" aria-label="${label}" title="${label}">${glyphs}</td>`;
};

const headHTML = (dtypes, shown) => {
  const places = shown.map((b) => (b + 1) % 10).join("");
  const below = shown.length > 1 ? `<span class="places" aria-hidden="true">${places}</span>` : "";
  const cells = dtypes.map((d) => `<th scope="col" data-d="${d}"><span class="name">${esc(data.dtypes[d])}</span>${below}</th>`);
  return `<thead><tr><th scope="col">op</th>${cells.join("")}</tr></thead>`;
};

const familyHTML = (f, places, dtypes, shown) => {
  const failing = (o) => dtypes.some((d) => shown.some((b) => states[ops[o].cells[d]?.states[b]]?.failing));
  const bad = places.filter(failing).length;
  const sums = `${places.length} ${places.length === 1 ? "op" : "ops"}${bad ? `, ${bad} failing` : ""}`;
  const rows = places.map((o) => {
    const cells = dtypes.map((d) => cellHTML(ops[o], d, shown)).join("");
    return `<tr data-o="${o}"><th scope="row" title="${esc(ops[o].summary)}">${esc(ops[o].name)}</th>${cells}</tr>`;
  });
  return `<tbody><tr class="family"><th scope="rowgroup" colspan="${dtypes.length + 1}">${esc(data.families[f])}<small>${sums}</small></th></tr>${rows.join("")}</tbody>`;
};

const draw = () => {
  const [shown, dtypes] = [shownBackends(), shownDtypes()];
  const wanted = view.q.toLowerCase().split(/\s+/).filter(Boolean);
  const visible = (op) =>
    wanted.every((word) => op.name.toLowerCase().includes(word))
    && dtypes.some((d) => op.cells[d] && shown.some((b) => !view.hide.has(op.cells[d].states[b])));
  const families = data.families.map(() => []);
  ops.forEach((op, o) => {
    if ((!view.family || data.families[op.family] === view.family) && visible(op)) families[op.family].push(o);
  });
  const count = families.flat().length;
  const body = families.map((places, f) => (places.length ? familyHTML(f, places, dtypes, shown) : "")).join("");
  const width = { 1: 26, 2: 17, 3: 14 }[shown.length] ?? 12;
  const matrix = $("matrix");
  matrix.style.setProperty("--w", `${width}px`);
  matrix.style.setProperty("--cell", `${width * shown.length + 4}px`);
  matrix.style.setProperty("--at", shown.map((_, i) => `${i * width}px 0`).join());
  matrix.innerHTML = headHTML(dtypes, shown) + (body || `<tbody><tr><td class="empty">No op matches the filters.</td></tr></tbody>`);
  // What is scrolled to must not come to lie under the header or the first column.
  const corner = matrix.tHead.rows[0].cells[0];
  $("scroll").style.scrollPadding = `${corner.offsetHeight + 4}px 6px 6px ${corner.offsetWidth + 4}px`;
  $("count").textContent = count === ops.length ? `${count} ops` : `${count} of ${ops.length} ops`;
  const first = find(view.cell) ?? matrix.querySelector("td[data-d]");
  if (first) first.tabIndex = 0;
  keep();
  mark();
};

// ---- Moving about it and opening a cell

const find = (key) => {
  const [op, dtype] = key.split("/");
  const [o, d] = [ops.findIndex((x) => x.name === op), data.dtypes.indexOf(dtype)];
  return $("matrix").querySelector(`tr[data-o="${o}"] > td[data-d="${d}"]`);
};

const mark = () => {
  $("matrix").querySelector("[aria-selected]")?.removeAttribute("aria-selected");
  if (!$("panel").hidden) find(view.cell)?.setAttribute("aria-selected", "true");
};

const open = (td) => {
  const [op, d] = [ops[td.parentNode.dataset.o], +td.dataset.d];
  if (!op.cells[d]) return;
  view.cell = `${op.name}/${data.dtypes[d]}`;
  $("panel").innerHTML = panelHTML(op, d);
  $("panel").hidden = false;
  $("panel").scrollTop = 0;
  root.classList.add("open");
  td.scrollIntoView({ block: "nearest", inline: "nearest" });
  keep();
  mark();
};

const close = () => {
  if ($("panel").hidden) return;
  const cell = find(view.cell);
  $("panel").hidden = true;
  root.classList.remove("open");
  view.cell = "";
  keep();
  mark();
  cell?.focus({ preventScroll: true });
};

const focus = (td) => {
  for (const other of $("matrix").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  td.tabIndex = 0;
  td.focus({ preventScroll: true });
  td.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (!$("panel").hidden) open(td);
};

const STEPS = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  PageUp: [-15, 0], PageDown: [15, 0], Home: [0, -Infinity], End: [0, Infinity],
};
const move = (event) => {
  const td = event.target.closest("td[data-d]");
  if (!td || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") {
    open(td);
    if (!$("panel").hidden) $("panel").focus();
  } else if (event.key in STEPS) {
    const rows = [...$("matrix").querySelectorAll("tr[data-o]")];
    const [dy, dx] = STEPS[event.key];
    const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
    const row = rows[clamp(rows.indexOf(td.parentNode) + dy, 0, rows.length - 1)];
    focus(row.cells[clamp(td.cellIndex + dx, 1, row.cells.length - 1)]);
  } else return;
  event.preventDefault();
};
