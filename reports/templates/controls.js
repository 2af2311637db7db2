// ---- Controls

const failing = states.flatMap((s, c) => (s.failing ? [c] : []));
const others = states.flatMap((s, c) => (s.failing || c === UNDEFINED ? [] : [c]));
const onlyFailing = () => failing.every((c) => !view.hide.has(c)) && others.every((c) => view.hide.has(c));

const redraw = () => {
  draw();
  for (const button of $("legend").children) button.setAttribute("aria-pressed", !view.hide.has(+button.dataset.state));
  $("failing").setAttribute("aria-pressed", onlyFailing());
  const cell = view.cell && find(view.cell);
  if (cell && !$("panel").hidden) open(cell);
};

const list = (on) => {
  root.classList.toggle("listed", on);
  $("listed").setAttribute("aria-pressed", on);
  if (on) close();
};

/** Open the cell of that name, without the filters if they hide it. */
const show = (cell) => {
  if (!find(cell)) {
    for (const key of KEYS.slice(0, -1)) view[key] = "";
    view.hide.clear();
    keep();
    restore();
    redraw();
  }
  const td = find(cell);
  if (!td) return;
  focus(td);
  open(td);
};

const load = () => {
  restore();
  const cell = view.cell;
  redraw();
  if (cell) show(cell);
  else close();
};

const names = { family: data.families, dtype: data.dtypes, backend: backends.map((b) => b.label) };
for (const id of SELECTS) {
  $(id).append(...names[id].map((name) => new Option(name, name)));
  $(id).addEventListener("change", () => { view[id] = $(id).value; redraw(); });
}
$("find").addEventListener("input", () => { view.q = $("find").value; redraw(); });
$("failing").addEventListener("click", () => { view.hide = new Set(onlyFailing() ? [] : others); redraw(); });
$("legend").addEventListener("click", (event) => {
  const state = +event.target.closest("button")?.dataset.state;
  if (!state) return;
  if (!view.hide.delete(state)) view.hide.add(state);
  redraw();
});
$("listed")?.addEventListener("click", () => list(!root.classList.contains("listed") || root.classList.contains("open")));
$("list")?.addEventListener("click", (event) => {
  const cell = event.target.closest("a")?.dataset.cell;
  if (!cell) return;
  event.preventDefault();
  show(cell);
});
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());

$("matrix").addEventListener("keydown", move);
$("matrix").addEventListener("click", (event) => {
  const td = event.target.closest("td[data-d]");
  if (!td) return;
  focus(td);
  open(td);
});
$("matrix").addEventListener("focusin", (event) => {
  $("matrix").querySelector(".at")?.classList.remove("at");
  $("matrix").querySelector(`thead th[data-d="${event.target.dataset.d}"]`)?.classList.add("at");
});
$("panel").addEventListener("click", (event) => {
  if (event.target.matches(".close")) close();
  if (event.target.matches(".copy")) copy(event.target);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key !== "/" || event.target.matches("input, select")) return;
  event.preventDefault();
  $("find").select();
});

addEventListener("hashchange", load);
if ($("list") && matchMedia("(min-width: 1500px)").matches) list(true);
load();
