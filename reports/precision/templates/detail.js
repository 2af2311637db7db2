// ---- The detail: one function in one dtype, all backends

const row = (cells) => `<tr>${cells.join("")}</tr>`;
const table = (head, rows, name, kind) => `<div class="${kind}" tabindex="0" role="region" aria-label="${name}"><table><thead>${row(head.map((text) => `<th scope="col">${text}</th>`))}</thead>
  <tbody>${rows.join("")}</tbody></table></div>`;
const columnHTML = (column) => `<span class="key" style="background: var(--series-${column % SYMBOLS.length})"></span>${esc(data.columns[column])}`;

const figuresHTML = (found) => table(
  ["", ...found.columns.map(columnHTML)],
  found.facts.map(([name, ...texts]) => row([`<th scope="row">${esc(name)}</th>`, ...texts.map((text) => `<td>${esc(text)}</td>`)])),
  "Figures",
  "wide",
);

const specialHTML = (found) => {
  const rows = new Map();
  found.sweeps.forEach((sweep, place) => {
    for (const [at, truth, got, error, size] of sweep.special) {
      if (!rows.has(at)) rows.set(at, { truth, cells: found.sweeps.map(() => "<td></td>") });
      rows.get(at).cells[place] = `<td class="s${size}">${esc(got)}${error && error !== "0" ? ` <small>${esc(error)} ulp</small>` : ""}</td>`;
    }
  });
  const lines = [...rows].map(([at, { truth, cells }]) => row([`<th scope="row">${esc(at)}</th><td>${esc(truth)}</td>`, ...cells]));
  return table(["input", "truth", ...found.sweeps.map((sweep) => columnHTML(sweep.column))], lines, "Special values", "tall");
};

const binadesHTML = (found) => {
  const rows = found.sweeps.flatMap((sweep) => sweep.binades.map(([negative, exponent, n, most, mean, at, wrong]) => row([
    `<th scope="row">${columnHTML(sweep.column)}</th>`,
    ...[`${negative ? "−" : ""}2^${exponent}`, n.toLocaleString("en"), tell(most), at, tell(mean), wrong].map((text) => `<td>${esc(text)}</td>`),
  ])));
  return table(["backend", "from", "inputs", "largest, ulp", "at", "mean, ulp", "wrong"], rows, "Errors by binade", "tall");
};

const words = (key) => esc(key.replace("/", " "));
const linkHTML = (key, before, after) => (key ? `<a href="#${encodeURIComponent(key)}">${before}${words(key)}${after}</a>` : "");
const detailHTML = (found, key) => {
  const place = keys.indexOf(key);
  const result = key.endsWith(`/${found.result}`) ? "" : ` to ${found.result}`;
  const of = found.inputs > 1 ? "the first input" : "the input";
  return `<nav aria-label="Functions"><a href="#">All functions</a>${linkHTML(keys[place - 1], "← ", "")}${linkHTML(keys[place + 1], "", " →")}</nav>
    <h2 id="title">${words(key)}${esc(result)} <small>${esc(found.attributes)}</small></h2>
    <section><h3>Error over ${of}</h3>
      <p>Of each ${found.sweeps.some((sweep) => sweep.step > 1) ? `${found.sweeps[0].step} binades: heavy lines the` : "binade: heavy lines its"} largest error, dotted ones the mean; × where a NaN or an infinity is wrong; dashed the limits of the profiles.
        Drag to zoom, click twice to go back; a name in the legend hides its curves. Errors below 10⁻⁶ ulp are drawn there.</p>
      <div class="plot" id="inputs" role="group" aria-label="Plot of the error over ${of}; the same in numbers below"></div></section>
    <section><h3>Sizes of the errors</h3>
      <p>The share of results with an error of that size, for each octave of sizes.</p>
      <div class="plot low" id="sizes" role="group" aria-label="Plot of how many errors there are of each size"></div></section>
    <section><h3>Figures</h3>${figuresHTML(found)}</section>
    ${found.sweeps.some((sweep) => sweep.special.length) ? `<section><h3>Special values</h3>${specialHTML(found)}</section>` : ""}
    <details><summary>Errors by binade, in numbers</summary><div id="binades"></div></details>`;
};

const transposed = (columns) => (columns[0] ?? []).map((_, i) => columns.map((column) => column[i]));

let shown;
const drawPlots = async () => {
  if (!shown?.found.sweeps.length) return;
  const name = shown.key.replace("/", "-");
  await draw($("inputs"), overInputs(shown.found, shown.found.inputs > 1 ? "first input" : "input"), name);
  await draw($("sizes"), overSizes(shown.found), `${name}-sizes`);
};

const openDetail = async (key) => {
  const found = JSON.parse(await unpack(data.details[key]));
  for (const sweep of found.sweeps) sweep.binades = transposed(sweep.binades);
  shown = { key, found };
  $("detail").innerHTML = detailHTML(found, key);
  $("detail").querySelector("details").addEventListener("toggle", () => { $("binades").innerHTML ||= binadesHTML(found); });
  $("overview").hidden = true;
  $("detail").hidden = false;
  $("detail").focus({ preventScroll: true });
  scrollTo(0, 0);
  await drawPlots();
  root.dataset.drawn = key;
};

const closeDetail = () => {
  const key = shown?.key;
  shown = undefined;
  delete root.dataset.drawn;
  $("detail").replaceChildren();
  $("detail").hidden = true;
  $("overview").hidden = false;
  if (key) document.querySelector(`a[data-key="${CSS.escape(key)}"]`)?.focus();
};
