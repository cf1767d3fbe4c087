"""The hand-made records, for tests of the record."""

from doubles.handmade_records import lines as lines
from doubles.handmade_records import parts as parts
from doubles.handmade_records import record as record
from doubles.handmade_records import written as written
