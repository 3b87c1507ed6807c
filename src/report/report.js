
"use strict";
(() => {
  const table = document.getElementById("problem-rows");
  if (!table) return;
  const pageSize = 25;
  const element = (name) => document.getElementById("row-" + name);
  const [tools, search, reason, onlyNew] = ["tools", "search", "reason", "new"].map(element);
  const [count, pager, previous, next, pageWords] = ["count", "pager", "previous", "next", "page"].map(element);
  const number = (value) => value.toLocaleString("en-US");
  const rows = Array.from(table.tBodies[0].rows, (row) => ({
    row,
    text: Array.from(row.cells, (cell) => cell.textContent).join(" ").toLowerCase(),
  }));
  let matching = rows;
  let page = 0;

  const find = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    matching = rows.filter(({ row, text }) =>
      (!reason.value || row.dataset.group === reason.value) &&
      (!onlyNew || !onlyNew.checked || row.dataset.new !== undefined) &&
      words.every((word) => text.includes(word)));
    page = 0;
    show();
  };

  const show = () => {
    const pages = Math.max(1, Math.ceil(matching.length / pageSize));
    const first = page * pageSize;
    const shown = new Set(matching.slice(first, first + pageSize));
    for (const entry of rows) entry.row.hidden = !shown.has(entry);
    const range = shown.size < matching.length ? `; ${number(first + 1)} to ${number(first + shown.size)} are shown` : "";
    count.textContent = `${number(matching.length)} of ${number(rows.length)} rows match${range}.`;
    pageWords.textContent = `Page ${number(page + 1)} of ${number(pages)}`;
    previous.disabled = page === 0;
    next.disabled = page + 1 >= pages;
    pager.hidden = pages === 1;
  };

  const turn = (by) => {
    page += by;
    show();
  };

  // The number of rows of a reason leads to the rows.
  const linkReasons = () => {
    for (const row of document.getElementById("problem-reasons").tBodies[0].rows) {
      const cell = row.querySelector(".rows");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = cell.textContent;
      button.setAttribute("aria-label", `${cell.textContent} rows: show them`);
      button.addEventListener("click", () => {
        reason.value = row.dataset.group;
        search.value = "";
        find();
        document.getElementById("rows-title").focus();
      });
      cell.replaceChildren(button);
    }
  };

  tools.hidden = false;
  count.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", find);
  reason.addEventListener("change", find);
  if (onlyNew) onlyNew.addEventListener("change", find);
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  linkReasons();
  find();
})();
