const data = JSON.parse(document.getElementById("data").textContent);
const [UNDEFINED, NOT_RUN] = [0, 1];
const states = data.states.map(([name, glyph, failing]) => ({ name, glyph, failing }));
const code = Object.fromEntries(states.map((s, c) => [s.name, c]));
const backends = data.backends.map(([label, missing, reason]) => ({ label, missing, reason }));
const words = (c) => states[c].name.replaceAll("-", " ");

// ---- Cells: for each op and dtype the worst state on each backend, and the results themselves

const ops = data.ops.map(([name, family, dtypes, summary, rule]) => {
  const cells = data.dtypes.map(() => null);
  for (const d of dtypes) cells[d] = { states: backends.map(() => NOT_RUN), grades: {}, rows: [] };
  return { name, family, summary, rule, cells };
});
for (const [op, dtype, backend, check, verdict, cases, rule, ...figures] of data.results) {
  const cell = ops[op].cells[dtype];
  const [ulp, z, vacuous, tight, gain, ratio, unsupported, place] = figures;
  cell.states[backend] = Math.max(cell.states[backend], verdict);
  cell.rows.push({ backend, check, verdict, cases, rule, ulp, z, vacuous, tight, gain, ratio, unsupported, detail: data.details[place] });
}
for (const [op, dtype, backend, text] of data.grades) ops[op].cells[dtype].grades[backend] = data.texts[text];
for (const cell of ops.flatMap((op) => op.cells).filter(Boolean)) {
  backends.forEach((b, i) => {
    if (b.missing && cell.states[i] === NOT_RUN) cell.states[i] = code.unavailable;
  });
}

// ---- The view: what is shown lives in the address, so that it can be sent to a colleague

const KEYS = ["q", "family", "dtype", "backend", "cell"];
const SELECTS = ["family", "dtype", "backend"];
const view = { q: "", family: "", dtype: "", backend: "", cell: "", hide: new Set() };

const shownBackends = () => backends.flatMap((b, i) => (!view.backend || b.label === view.backend ? [i] : []));
const shownDtypes = () => data.dtypes.flatMap((name, d) => (!view.dtype || name === view.dtype ? [d] : []));

const restore = () => {
  const hash = new URLSearchParams(location.hash.slice(1));
  for (const key of KEYS) view[key] = hash.get(key) ?? "";
  view.hide = new Set((hash.get("hide") ?? "").split(" ").flatMap((name) => code[name] ?? []));
  $("find").value = view.q;
  for (const key of SELECTS) {
    $(key).value = view[key];
    if ($(key).selectedIndex < 0) $(key).value = view[key] = "";
  }
};

const keep = () => {
  const hash = new URLSearchParams(KEYS.flatMap((key) => (view[key] ? [[key, view[key]]] : [])));
  if (view.hide.size) hash.set("hide", [...view.hide].map((c) => states[c].name).join(" "));
  const text = hash.toString();
  if (text !== location.hash.slice(1)) history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
};
