"use strict";
// Sorting is an extra: every table reads without it.
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    const name = head.textContent;
    button.setAttribute("aria-label", document.body.dataset.sort.replace("%s", name));
    const last = document.createElement("span"); // the arrow stays with the last word
    last.className = "last";
    const cut = name.lastIndexOf(" ") + 1;
    last.append(name.slice(cut), button);
    head.replaceChildren(name.slice(0, cut), last);
    head.classList.add("sorts");
    head.addEventListener("click", () => {
      const number = head.classList.contains("n");
      const down = head.getAttribute("aria-sort") === (number ? "descending" : "ascending");
      const rising = number ? down : !down;
      heads.forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", rising ? "ascending" : "descending");
      const body = table.tBodies[0];
      const place = (row) => {
        const cell = row.cells[column];
        if (!number) return cell.textContent;
        return cell.dataset.v === "" ? null : Number(cell.dataset.v);
      };
      const rows = [...body.rows].sort((a, b) => {
        const x = place(a), y = place(b);
        if (x === null || y === null) return (x === null) - (y === null); // what is not shown comes last
        const order = number ? x - y : x.localeCompare(y, document.documentElement.lang);
        return rising ? order : -order;
      });
      body.append(...rows);
    });
  });
}
