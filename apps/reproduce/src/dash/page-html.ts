/** The page without anything of a run: that comes as events, and is put in as text. */
export const PAGE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>d3pm dash</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/uplot.css">
<link rel="stylesheet" href="/page.css">
<script src="/uplot.js" defer></script>
<script type="module" src="/page/main.js"></script>
</head>
<body>
<a class="skip" href="#samples-heading">Skip the charts</a>
<header>
<h1 id="name">d3pm dash</h1>
<p class="state"><span id="state" class="badge" data-state="waiting" role="status">connecting</span> <span id="words"></span></p>
<div class="progress">
<progress id="progress" max="1" value="0" aria-label="Steps done"></progress>
<dl>
<div><dt>step</dt><dd id="step">–</dd></div>
<div><dt>left</dt><dd id="left">–</dd></div>
<div><dt>per step</dt><dd id="pace">–</dd></div>
<div><dt>loss</dt><dd id="loss">–</dd></div>
<div><dt>bound</dt><dd id="bound">–</dd></div>
</dl>
</div>
<ul id="notes" class="notes"></ul>
<p id="connection" class="notes" role="alert" hidden></p>
</header>
<main>
<noscript><p>The charts need JavaScript, which comes from this machine.</p></noscript>
<section aria-labelledby="charts-heading">
<div class="row">
<h2 id="charts-heading">Curves</h2>
<fieldset>
<legend class="hidden">Scales</legend>
<label><input type="checkbox" id="log-steps"> log steps</label>
<label><input type="checkbox" id="log-values"> log values</label>
</fieldset>
</div>
<div id="charts" class="charts"></div>
<details>
<summary>The last numbers as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="The last numbers">
<table><thead><tr><th scope="col">step</th><th scope="col">loss</th><th scope="col">smoothed</th><th scope="col">gradient norm</th><th scope="col">learning rate</th></tr></thead>
<tbody id="numbers"></tbody></table>
</div>
</details>
</section>
<section aria-labelledby="samples-heading">
<div class="row">
<h2 id="samples-heading" tabindex="-1">Samples</h2>
<p id="sample-choice" class="choice" hidden>of <select id="sample" aria-label="Which samples"></select></p>
</div>
<p id="no-samples" class="muted">None yet.</p>
<pre id="sample-text" tabindex="0" aria-label="Sample" hidden></pre>
<img id="sample-picture" alt="" hidden>
</section>
<div class="columns">
<section aria-labelledby="config-heading">
<h2 id="config-heading">Config</h2>
<p id="checkpoint" class="muted">It comes with the first checkpoint.</p>
<div class="scroll"><table class="fields"><tbody id="config"></tbody></table></div>
</section>
<section aria-labelledby="environment-heading">
<h2 id="environment-heading">Computed by</h2>
<div class="scroll"><table class="fields"><tbody id="environment"></tbody></table></div>
</section>
</div>
<section aria-labelledby="log-heading">
<h2 id="log-heading">run.log</h2>
<pre id="log" tabindex="0" aria-label="The end of run.log"></pre>
</section>
</main>
<footer class="muted"><span id="folder"></span></footer>
</body>
</html>
`;
