"""The hand-made records, for tests of reports."""

from doubles.handmade_records import evil as evil
from doubles.handmade_records import hostile as hostile
from doubles.handmade_records import huge as huge
from doubles.handmade_records import lines as lines
from doubles.handmade_records import parts as parts
from doubles.handmade_records import record as record
from doubles.handmade_records import written as written
