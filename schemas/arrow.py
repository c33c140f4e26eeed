"""Arrow schemas of everything that is staged or shipped (design.md, Contracts that several rooms share).

Ids are 16 bytes. Scores and thresholds are parts per million in int32 (-1: not scored), so that files are
byte-identical on any machine. Offsets are code points, end exclusive.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

ID: Final = pa.binary(16)

TEXT: Final = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("offset", pa.int64(), nullable=False),  # byte offset (or row number) of the record in its file
        pa.field("flags", pa.int32(), nullable=False),  # FLAG_* bits
        pa.field("text", pa.string(), nullable=False),
    ]
)
"""A staged document. The source is the same for a whole file and stands in the manifest."""

FLAG_SENSITIVE_CONSENT: Final = 1  # separate consent to Art. 23 information is on record for every subject
FLAG_GUARDIAN_CONSENT: Final = 2  # a guardian's verified consent is on record (PIPA 22-2)
FLAG_CHILD_MENTION: Final = 4  # a child under 14 is spoken of; set by anonymize, from there to the shards' rows files
FLAG_CHILD_AUTHOR: Final = 8  # the text reads as a child's own (under 14), kept by consent or by a policy that tags
TAGS: Final = {FLAG_CHILD_MENTION: "child_mention", FLAG_CHILD_AUTHOR: "child_author"}
"""Flags that say something of the text, by the name they are shown under."""

DECISIONS: Final = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("action", pa.string(), nullable=False),  # one of ACTIONS
        pa.field("reason", pa.string(), nullable=False),  # a short code, never text of the document
        pa.field("score_ppm", pa.int32(), nullable=False),
        pa.field("threshold_ppm", pa.int32(), nullable=False),
        pa.field("policy_digest", pa.string(), nullable=False),
    ]
)
ACTIONS: Final = ("kept", "changed", "dropped", "quarantined")

SCORES: Final = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("score_ppm", pa.int32(), nullable=False),
    ]
)

EDGES: Final = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("survivor_id", ID, nullable=False),
        pa.field("jaccard_ppm", pa.int32(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),  # exact | near | same (ADR 40)
    ]
)

SPANS: Final = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("operator", pa.string(), nullable=False),
        pa.field("out_start", pa.int32(), nullable=False),
        pa.field("out_end", pa.int32(), nullable=False),
    ]
)

QUARANTINE: Final = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("path", pa.string(), nullable=False),  # relative to the project; never the record's bytes
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("length", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)

SUBJECTS: Final = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("subject_token", ID, nullable=False),  # keyed; the vault maps it to a random subject id
    ]
)

SHARD: Final = pa.schema(
    [
        pa.field("row_id", ID, nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
    ]
)
