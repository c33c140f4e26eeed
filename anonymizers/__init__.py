"""Korean recognizers, operators and span-exact rewriting."""
