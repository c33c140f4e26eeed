"""The trainer's side: pull a release, load its shards. Imports only damjang.certificates."""
