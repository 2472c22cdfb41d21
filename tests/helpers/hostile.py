"""Strings that do harm where something takes text for markup or code. They hold no spaces."""

#: Each sets ``window.pwned`` where it is run, or names what every object has.
HOSTILE = (
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    '"><img/src=x/onerror="window.pwned=1">',
    "'><svg/onload='window.pwned=1'>",
    '"onmouseover="window.pwned=1',
    "<iframe/srcdoc='<script>parent.pwned=1</script>'>",
    "<!--<script>",
    "]]>",
    "javascript:window.pwned=1",
    "&lt;img/src=x&gt;",
    "&quot;",
    "${window.pwned=1}",
    "{{window.pwned=1}}",
    "$\\frac$",
    "\\u003cscript>",
    "\u202egnp.exe",
    "\u2028",
    "__proto__",
    "constructor",
)
