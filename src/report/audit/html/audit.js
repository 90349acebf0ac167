
(() => {
  "use strict";
  const body = document.querySelector("tbody");
  if (!body) return;
  const rows = [...body.rows];
  const filter = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) count += 1;
    }
    shown.textContent = words.length ? `${count} of ${rows.length}` : "";
  };
  filter.addEventListener("input", apply);
  document.getElementById("controls").hidden = false;
  const key = (row, column) => row.cells[column].dataset.order ?? row.cells[column].textContent;
  document.querySelectorAll("thead th").forEach((head, column) => {
    if (head.classList.contains("timeline")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      document.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const sorted = [...rows].sort((a, b) => key(a, column).localeCompare(key(b, column), "en", { numeric: true }));
      body.append(...(descending ? sorted.reverse() : sorted));
    });
  });
})();
