"""The commented project file that `damjang init` writes."""

from __future__ import annotations

TEMPLATE = """\
# Damjang project file. Paths are relative to this folder. `damjang run project.yaml` does the whole road;
# it stops at *proposed*, and officers publish with `damjang sign`.
damjang: 1
name: {name}
purpose: pretraining            # pretraining | fine-tuning | evaluation | research
jurisdictions: [KR]             # where clusters may train
as_of: {as_of}               # the date that grounds, consents and the law are judged by (or --as-of); never the clock
policy: pretraining-public      # a shipped policy, or a .yaml file of your own

release:
  name: {name}
  valid_days: 180
  # builds_on: NAME@1           # only what that release has not already; this one then needs a name of its own

sources:
  - id: example                 # lower case, digits, hyphens
    provider: 예시기관           # who gave it to you
    licence:
      id: KOGL-1                # KOGL-0..4 (-AI), CC-…, CONTRACT, PUBLIC-WORK; UNKNOWN is never certified
      # terms: terms/example.txt     # a snapshot of the terms; its digest goes into the ledger
      # expires: 2027-12-31
      # recipients: [cluster-1]      # clusters that the terms allow; every enrolled one if none is named
    ground:
      id: statute               # consent, statute, public_task, contract, legitimate_interest, compatible_use, …
      evidence: 공공데이터법 제17조  # a reference, or file:PATH; its digest goes into the ledger
    jurisdiction: KR
    custody: ours               # ours | provider (then its copy is not covered by our destruction)
    paths: ["data/*.jsonl"]     # globs; .jsonl .jsonl.gz .jsonl.zst .parquet .csv .txt
    format: jsonl               # jsonl | parquet | csv | text
    record_key: id              # a stable key makes a stable document id
    text: text
    # accessibility: public     # public | restricted | private: 15①6 rests on public information only
    # mydata: false             # received by a transfer request (35-2): needs consent to AI training
    # cross_controller: false   # joined with another controller's data (28-3): refused
    # subjects: [author]        # columns with the provider's user ids: needed for consent and withdrawal

# consents: [data/consents.csv] # source_id, subject, purpose, ground, notice_sha256, method, given_at, …

output: out
ledger: sqlite:///ledger.db     # or postgresql://USER@HOST/DATABASE
vault: vault/vault.db           # keys and subject map: back it up apart from the ledger
vault_key: file:vault/vault.key # or env:NAME
# openlineage: https://lineage.example.org/api/v1/lineage  # events go there too; $OPENLINEAGE_API_KEY is sent if set
unit_bytes: 4MiB
shard_bytes: 64MiB
max_record_bytes: 16MiB
workers: 1
"""

GITIGNORE = """\
# Keys, personal data and everything that a run writes stay out of version control.
keys/
vault/
data/
out/
*.key
ledger.db*
"""
