"""The page of a mind map: style and the few lines that fold a branch. `@TITLE@` and `@TREE@` are filled in by `render`."""

PAGE = """<!doctype html>
<html lang="zh-Hans">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>@TITLE@</title>
<style>
:root { --line: #b8c2cc; --ink: #1f2933; --soft: #52606d; --paper: #fbfcfd; --card: #fff; --root: #1f4e79; --bad: #b42318; --warn: #b54708 }
@media (prefers-color-scheme: dark) {
  :root { --line: #4a5560; --ink: #e4e7eb; --soft: #a5b0bb; --paper: #161a1f; --card: #20262d; --root: #2d6da8; --bad: #ff8a7a; --warn: #f5b36a }
}
* { box-sizing: border-box }
body { margin: 0; padding: 2rem; min-width: max-content; background: var(--paper); color: var(--ink);
  font: 15px/1.45 "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif }
main { display: flex; align-items: center }
h1 { flex: none; max-width: 15em; margin: 0; padding: .7em 1em; border-radius: .6em; background: var(--root); color: #fff; font-size: 1.05rem; line-height: 1.4 }
ul { position: relative; margin: 0 0 0 2.2rem; padding: 0; list-style: none }
ul::before { content: ""; position: absolute; left: -2.2rem; top: 50%; width: 1.1rem; border-top: 1.5px solid var(--line) }
li { position: relative; display: flex; align-items: center; padding: .22rem 0 }
li::before { content: ""; position: absolute; left: -1.1rem; top: 50%; width: 1.1rem; border-top: 1.5px solid var(--line) }
li::after { content: ""; position: absolute; left: -1.1rem; top: 0; bottom: 0; border-left: 1.5px solid var(--line) }
li:first-child::after { top: 50% }
li:last-child::after { bottom: 50% }
li:only-child::after { display: none }
li > button, li > span { flex: none; max-width: 24em; padding: .3em .75em; border: 1.5px solid var(--line); border-radius: .5em;
  background: var(--card); color: inherit; font: inherit; text-align: left }
main > ul > li > button, main > ul > li > span { border-color: var(--root); font-weight: 600 }
button { cursor: pointer }
button:focus-visible { outline: 3px solid var(--root); outline-offset: 2px }
button[aria-expanded=false]::after { content: " +"; color: var(--soft); font-weight: 700 }
button[aria-expanded=false] + ul { display: none }
b { font-weight: 600; color: var(--soft) }
i { font-size: .78em; font-style: normal; font-weight: 600; padding: .1em .5em; border-radius: 1em; border: 1px solid; white-space: nowrap }
.partial > :first-child { border-color: var(--warn) } .partial > :first-child > i { color: var(--warn) }
.missing > :first-child { border-color: var(--bad); border-style: dashed; color: var(--soft) } .missing > :first-child > i { color: var(--bad) }
@media print { body { padding: 0 } }
</style>
<main><h1>@TITLE@</h1>@TREE@</main>
<script>
document.addEventListener("click", (event) => {
  const branch = event.target.closest("button")
  if (branch) branch.setAttribute("aria-expanded", branch.getAttribute("aria-expanded") === "false")
})
</script>
</html>
"""
