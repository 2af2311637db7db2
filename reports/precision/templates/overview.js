// ---- The overview: filters, order, and the address that says what is open

const body = $("functions").tBodies[0];
const all = [...body.rows].map((tr, place) => ({
  tr, place, name: tr.querySelector("a").textContent, dtype: tr.cells[1].textContent, worst: Number(tr.dataset.worst),
}));
const ORDERS = {
  "": (a, b) => a.place - b.place,
  worst: (a, b) => b.worst - a.worst,
  name: (a, b) => a.name.localeCompare(b.name) || a.place - b.place,
};

const arrange = () => {
  const wanted = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { tr, name, dtype } of all) {
    tr.hidden = !wanted.every((word) => name.toLowerCase().includes(word)) || ($("dtype").value !== "" && dtype !== $("dtype").value);
  }
  body.append(...all.toSorted(ORDERS[$("order").value]).map(({ tr }) => tr));
  const count = all.filter(({ tr }) => !tr.hidden).length;
  $("count").textContent = count === all.length ? `${count} rows` : `${count} of ${all.length} rows`;
};

const follow = () => {
  const key = decodeURIComponent(location.hash.slice(1));
  if (key in data.details) openDetail(key);
  else closeDetail();
};

for (const id of ["find", "dtype", "order"]) $(id).addEventListener("input", arrange);
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
body.addEventListener("click", (event) => {
  if (!event.target.closest("a")) location.hash = encodeURIComponent(event.target.closest("tr").querySelector("a").dataset.key);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && shown) location.hash = "";
  if (event.key === "Enter" && event.target.matches(".modebar-btn")) event.target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  if (event.key !== "/" || shown || event.target.matches("input, select")) return;
  event.preventDefault();
  $("find").select();
});
new MutationObserver(drawPlots).observe(root, { attributeFilter: ["data-theme"] });
light.addEventListener("change", drawPlots);
addEventListener("hashchange", follow);
arrange();
follow();
