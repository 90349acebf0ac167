
(() => {
  "use strict";
  const body = document.querySelector("tbody");
  if (!body) return;
  document.documentElement.classList.add("scripted");
  const rows = [...body.rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const filter = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const all = document.getElementById("all");
  const pressed = { state: new Set(), rules: new Set() };

  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const matches = (kind) =>
        pressed[kind].size === 0 || row.dataset[kind].split(" ").some((value) => pressed[kind].has(value));
      row.hidden = !(matches("state") && matches("rules") && words.every((word) => texts.get(row).includes(word)));
      if (!row.hidden) count += 1;
    }
    const filtered = words.length + pressed.state.size + pressed.rules.size > 0;
    all.hidden = !filtered;
    shown.textContent = filtered ? `${count} of ${rows.length} credentials are shown` : "";
  };

  const button = (content, press) => {
    const made = document.createElement("button");
    made.type = "button";
    made.append(...content);
    made.addEventListener("click", () => press(made));
    return made;
  };

  for (const list of document.querySelectorAll(".totals")) {
    const values = pressed[list.dataset.filter];
    for (const item of list.children) {
      const total = button(item.childNodes, (made) => {
        const on = !values.delete(item.dataset.value);
        if (on) values.add(item.dataset.value);
        made.setAttribute("aria-pressed", on);
        apply();
      });
      total.setAttribute("aria-pressed", "false");
      item.append(total);
    }
  }
  all.addEventListener("click", () => {
    filter.value = "";
    pressed.state.clear();
    pressed.rules.clear();
    for (const total of document.querySelectorAll(".totals button")) total.setAttribute("aria-pressed", "false");
    apply();
    filter.focus();
  });
  filter.addEventListener("input", apply);
  document.getElementById("controls").hidden = false;
  apply();

  const heads = [...document.querySelectorAll("thead th")];
  heads.forEach((head, column) => {
    const label = head.querySelector(".label");
    const sort = button([label.textContent], () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const key = (row) => row.cells[column].dataset.order;
      const sorted = [...rows].sort((a, b) => key(a).localeCompare(key(b), "en", { numeric: true }));
      body.append(...(descending ? sorted.reverse() : sorted));
    });
    label.replaceWith(sort);
  });

  // On paper everything is open; afterwards it is as it was.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened = [];
  });
})();
