"""The generated demo corpus and its gold. Imports nothing of ours."""
