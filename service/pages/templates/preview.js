// Follows what is typed: the server answers with the same page's answer, and the address keeps what is on the screen.
"use strict";

(() => {
  const form = document.getElementById("asked");
  const answer = document.getElementById("answer");
  const WAIT_MS = 120;
  let waiting = 0;
  let latest = 0;

  function query() {
    const typed = new FormData(form);
    const kept = new URLSearchParams();
    for (const [name, value] of typed) {
      const field = document.getElementById(name);
      const unchanged = field && field.dataset.inForce !== undefined && field.dataset.inForce === value;
      if (value !== "" && !unchanged) kept.append(name, value);
    }
    return kept;
  }

  async function show() {
    const asked = query();
    const mine = ++latest;
    history.replaceState(null, "", `/preview?${asked}`);
    asked.append("part", "answer");
    answer.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(`/preview?${asked}`, { headers: { Accept: "text/html" } });
      if (mine !== latest) return;
      if (!response.ok) throw new Error(String(response.status));
      const focused = document.activeElement && document.activeElement.id;
      const opened = [...answer.querySelectorAll("details[open]")].map((each) => each.id);
      answer.innerHTML = await response.text();
      for (const id of opened) if (id) document.getElementById(id)?.setAttribute("open", "");
      if (focused && answer.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused).focus();
      ready();
    } catch {
      if (mine === latest) answer.textContent = "The service did not answer. What you typed is kept: try again.";
    } finally {
      if (mine === latest) answer.removeAttribute("aria-busy");
    }
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(show, WAIT_MS);
  }

  function ready() {
    const copy = document.getElementById("copy");
    if (!copy || !navigator.clipboard) return;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById("letter").textContent);
      document.getElementById("copied").textContent = "Copied.";
    });
  }

  document.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    const shown = event.target.type === "range" && event.target.labels[0]?.querySelector("output");
    if (shown) shown.textContent = event.target.value;
    soon();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  ready();
})();
