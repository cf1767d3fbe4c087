"""Contract tests and conformance reports for implementations of AWS APIs.

Imports point strictly down this picture, and rooms on one floor do not import each other:

    F8  cli/                                one file a command
    F7  settings.py                         what the configuration file says
    F6  compare/                            two records held against each other
    F5  run/  reports/                      plan + target -> rows of a record; record -> reports
    F4  verdicts/  planning/                what an answer contradicts, and how sure that is; what a run is to do
    F3  exchanges/                          a case as sent, and what came back
    F2  cases/  wire/                       what to send; how a protocol writes and reads it
    F1  specs/  regexes/  record/           what is known of a service; AWS's patterns; the rows of a run
    F0  values/  errors.py                  paths and conditions; what can go wrong

pytest imports this package at every start of a host that has the plugin, so nothing is imported here.
"""
