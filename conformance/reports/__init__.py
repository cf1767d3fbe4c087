"""Reports: what people and CI systems read of a record, one module a format.

    record.jsonl --record.file.read--> Record ---> summary.py             totals, services, root causes
                                          |        scenario_view.py       steps of a scenario, decisive exchanges
    baseline --baselines.py--> Options ---+        state_histories.py     states of each resource over time
                                          |        excerpts.py            the part of a body that a finding is about
                                          v        reproduce/             boto3, AWS CLI and curl scripts
                                     formats.py
                                          |
          html.py  markdown.py  junit.py  summary_json.py      terminal.py (what `conformance run` prints)

A report reads a record and nothing else; nothing here sends, judges or prints. A record is hostile, because it has
the answers of a target: values/text.py and record/bodies.py make them harmless, and record/redaction.py keeps
credentials out of the record in the first place.
"""
