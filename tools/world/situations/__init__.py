"""One module per topic, one function per situation; `registry` finds them."""
