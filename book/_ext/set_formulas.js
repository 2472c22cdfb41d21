// Sets formulas, as MathJax does in a browser: reads {options, formulas: [{tex, display}]} from
// standard input and writes {html: [...], css}. Run by formulas.py with Node.js.

const path = require("node:path");

const EM = 19; // px, of the book's text (book/_static/tokens.css)

/** Everything from standard input. */
const input = () => JSON.parse(require("node:fs").readFileSync(0, "utf8"));

async function main() {
  const { es5, options, fonts, formulas } = input();
  const MathJax = await require(path.join(es5, "node-main.js")).init({
    loader: {
      paths: { mathjax: es5 },
      load: ["input/tex-full", "output/chtml", "adaptors/liteDOM", "a11y/assistive-mml"],
    },
    tex: {
      ...options,
      packages: ["base", "ams", "newcommand", "configmacros", "html", "boldsymbol", "textmacros"],
    },
    chtml: { fontURL: fonts },
  });
  const adaptor = MathJax.startup.adaptor;
  const html = [];
  for (const { tex, display } of formulas) {
    const node = await MathJax.tex2chtmlPromise(tex, { display, em: EM, ex: EM / 2 });
    html.push(adaptor.outerHTML(node));
  }
  const css = adaptor.textContent(MathJax.chtmlStylesheet());
  process.stdout.write(JSON.stringify({ html, css }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
