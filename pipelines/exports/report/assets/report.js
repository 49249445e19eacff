"use strict";
// Theme and language, kept where the browser allows it; the form of the front page.
(() => {
  const root = document.documentElement;
  const kept = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch { /* a page from disk may have no storage */ }
    return value;
  };
  const show = (theme, language) => {
    if (theme) root.dataset.theme = theme;
    root.dataset.ui = language === "en" ? "en" : "zh";
  };
  show(kept("harvest-theme"), kept("harvest-language"));
  addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme").addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      show(kept("harvest-theme", dark ? "light" : "dark"), root.dataset.ui);
    });
    document.getElementById("language").addEventListener("click", () => {
      show(root.dataset.theme, kept("harvest-language", root.dataset.ui === "en" ? "zh" : "en"));
      dispatchEvent(new Event("languagechange"));
    });
    const ask = document.getElementById("ask");
    if (ask && !ask.dataset.parts) {
      ask.addEventListener("submit", (event) => {
        event.preventDefault();
        location.href = "search.html#q=" + encodeURIComponent(ask.q.value);
      });
    }
  });
})();
