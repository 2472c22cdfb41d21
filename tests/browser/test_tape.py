"""encdec_lib/web/engine/tape: the matrix product of either kind, and the memory, in Chromium."""

import numpy as np
import pytest

from encdec_lib.web.bundle import bundle
from tests.browser.engine_page import ENGINE, load

pytestmark = pytest.mark.browser

# (m, n, k): what fills whole blocks of 4 × 8, what is left at the right and below, and single rows
SIZES = [(1, 1, 1), (4, 8, 3), (5, 13, 7), (3, 4, 2), (7, 11, 1), (1, 23, 5), (9, 3, 17)]

PRODUCTS = """([kind, m, n, k, A, B, C, options]) => {
  const place = new tape.Tape({ megabytes: 1, product: kind });
  if (kind === "simd" && options.fused === false) {
    const memory = new WebAssembly.Memory({ initial: 16 });
    const module = new WebAssembly.Module(wasm.productModule(false));
    const { exports } = new WebAssembly.Instance(module, { tape: { memory } });
    place.heap = new Float32Array(memory.buffer);
    place.multiply = exports.product;
  }
  const put = (numbers) => { const x = place.numbers(numbers.length); x.set(numbers); return x };
  const a = put(A), b = put(B), plain = put(C), added = put(C), turned = put(C);
  place.mul(m, n, k, a, k, b, n, plain, n, false);
  place.mul(m, n, k, a, k, b, n, added, n, true);
  const at = place.transposed(a, m, k);
  place.addTransposedMul(m, n, k, at, m, b, n, turned, n);
  return [[...plain], [...added], [...turned]];
}"""


@pytest.mark.parametrize("kind", ["simd", "simd, not fused", "js"])
def test_products_equal_those_of_numpy(page, kind):
    load(page, "tape", "wasm", folder=ENGINE / "tape")
    rng = np.random.default_rng(0)
    name, _, unfused = kind.partition(", ")
    for m, n, k in SIZES:
        A, B, C = (rng.normal(size=shape) for shape in ((m, k), (k, n), (m, n)))
        lists = [x.ravel().tolist() for x in (A, B, C)]
        options = {"fused": not unfused}
        plain, added, turned = page.evaluate(PRODUCTS, [name, m, n, k, *lists, options])
        np.testing.assert_allclose(np.reshape(plain, (m, n)), A @ B, rtol=0, atol=1e-5)
        np.testing.assert_allclose(np.reshape(added, (m, n)), C + A @ B, rtol=0, atol=1e-5)
        np.testing.assert_allclose(np.reshape(turned, (m, n)), C + A @ B, rtol=0, atol=1e-5)


def test_the_fused_product_is_a_module_of_its_own(page):
    load(page, "wasm", folder=ENGINE / "tape")
    one, other = page.evaluate("[true, false].map((fused) => [...wasm.productModule(fused)])")
    assert one != other
    assert page.evaluate("WebAssembly.validate(wasm.productModule(false))")


@pytest.mark.parametrize("without", ["WebAssembly", "SIMD", "compiling"])
def test_a_browser_without_webassembly_computes_in_javascript(page, without):
    load(page, "tape", folder=ENGINE / "tape")
    found = page.evaluate(
        """(without) => {
             if (without === "WebAssembly") WebAssembly = undefined;
             else if (without === "SIMD") WebAssembly.validate = () => false;
             else WebAssembly.Module = function () { throw new EvalError("refused") };
             const place = new tape.Tape({ megabytes: 1 });
             const x = place.numbers(4), y = place.numbers(4);
             x.set([1, 2, 3, 4]);
             place.mul(2, 2, 2, x, 2, x, 2, y, 2, false);
             let said = "";
             try { new tape.Tape({ product: "simd" }) } catch (e) { said = e.message }
             return { product: place.product, y: [...y], said };
           }""",
        without,
    )
    assert found["product"] == "js"
    assert found["y"] == [7, 10, 15, 22]
    assert "This browser has no WebAssembly with SIMD" in found["said"]


def test_a_page_that_forbids_to_compile_computes_in_javascript(page, tmp_path):
    """Its policy allows scripts of its own, and says nothing of WebAssembly."""
    script = bundle(ENGINE / "tape" / "tape.js").replace("export class", "class")
    policy = "script-src 'unsafe-inline'"
    path = tmp_path / "page.html"
    path.write_text(
        f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<script>{{ {script}; window.product = new Tape({{ megabytes: 1 }}).product }}</script>",
        encoding="utf-8",
    )
    page.goto(path.as_uri())
    assert page.evaluate("window.product") == "js"


def test_memory_that_is_full_is_one_sentence_and_can_be_emptied(page):
    load(page, "tape", folder=ENGINE / "tape")
    found = page.evaluate(
        """() => {
             const place = new tape.Tape({ megabytes: 1 });
             const P = place.parameters({ W: { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] } });
             let said = "";
             try { for (;;) place.zeros(100, 100).data.fill(7) }
             catch (e) { said = `${e.name}: ${e.message}` }
             place.begin();
             const clean = place.zeros(400, 300);
             return { said, zeros: clean.data.every((x) => x === 0), W: [...P.W.data],
               counted: [place.flat.n, place.flat.parameters], rows: P.W.rows };
           }"""
    )
    assert found["said"] == (
        "EngineError: This needs more than the 1 MB set aside for it: choose a smaller batch, "
        "shorter sequences or a narrower model."
    )
    assert found["zeros"]
    assert found["W"] == [1, 2, 3, 4, 5, 6]
    assert (found["counted"], found["rows"]) == ([8, 6], 2)


def test_what_is_released_is_zeros_again(page):
    load(page, "tape", folder=ENGINE / "tape")
    left, again = page.evaluate(
        """() => {
             const place = new tape.Tape({ megabytes: 1, product: "js" });
             place.begin(false);
             const kept = place.constant(1, 4, [1, 2, 3, 4]), mark = place.top;
             place.constant(2, 4, [5, 6, 7, 8, 9, 10, 11, 12]);
             place.release(mark);
             return [[...kept.data], [...place.numbers(8)]];
           }"""
    )
    assert (left, again) == ([1, 2, 3, 4], [0] * 8)


def test_float32_is_read_as_it_is(page):
    load(page, "parameters")
    given = np.array([1.1, -2.7], "<f4")
    found = page.evaluate(
        """(bytes) => [...parameters.readParameters(
             { x: { offset: 4, shape: [2], dtype: "float32" } }, Uint8Array.from(bytes)).x.data]""",
        [0, 0, 0, 0, *given.tobytes()],
    )
    np.testing.assert_array_equal(np.float32(found), given)
